"""The code lists: which there are, and what a code meant in which version."""

from __future__ import annotations

from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.code_list_oracles import names_versions, serves
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.pytest_plugin import verifies

OLD, NEW = "2004-11-26", "2025-07-01"
#: Communes, wards and special zones after July 2025.
COMMUNES = 3321


@verifies("VN-ACC-014", "VN-ACC-015", "VN-ACC-016")
def test_a_code_is_looked_up_in_the_version_of_its_day(registry, refused, judge):
    """
    An agency asks for the provinces as they were and as they are, for more communes than a page
    holds, and for lists that nobody has.

    Seven provinces bear a code today that was another's before July 2025. An agency that is
    served the wrong version sends people's birth places to the other end of the country.
    """
    lists = registry.code_lists()
    old = registry.code_list("provinces", version=OLD, limit=40)
    new = registry.code_list("provinces", version=NEW, limit=25)
    long = registry.code_list("communes", version=NEW, limit=1000, pages=2)
    no_list = registry.code_list("khong-co-danh-muc", version=NEW, limit=25)
    no_version = registry.code_list("provinces", version="1999-09-09", limit=25)
    # A day on which the newest version holds, and on which none began.
    between = registry.code_list("provinces", version="2025-12-31", limit=25)

    with judge("VN-ACC-014", lists):
        names_versions(lists, "provinces", [OLD, NEW])

    with judge("VN-ACC-015", *old, *new, *long):
        serves(old, rows=63, named={"52": "Bình Định", "64": "Gia Lai"})
        serves(new, rows=34, named={"52": "Gia Lai", "01": "Hà Nội"})
        # Two pages are not the list, unless the server says that nothing comes behind them.
        ended = answer_object(long[-1]).get("nextCursor") is None
        serves(long, rows=COMMUNES, named={}, whole=ended)

    with judge("VN-ACC-016", *no_list, *no_version, *between, new[0]):
        for pages in (no_list, no_version, between):
            refused(pages[0], status=404, name="not-found")
        status_is(new[0], 200)
