"""Whether an answer keeps personal ids to itself."""

from __future__ import annotations

import pytest

from conformance.errors import Deviation
from conformance.oracles.privacy import mask, masks

ID = "098090123456"


def test_a_masked_id_passes(answered):
    masks(answered(200, {"errors": [{"value": mask(ID)}]}), [ID])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"errors":[{"value":"098090123456"}]}', "/errors/0/value"),
        (b'{"errors":[{"value":"id 098090123456 is known"}]}', "/errors/0/value"),
        (b'{"098090123456":1}', "/098090123456"),
        (b'{"id":98090123456,"x":"\\u0030\\u0039\\u0038090123456"}', "/x"),
        (b"<p>098090123456</p>", ""),
    ],
)
def test_an_id_in_clear_is_found_wherever_it_hides(answered, body, pointer):
    with pytest.raises(Deviation) as caught:
        masks(answered(422, body=body), ["097000000000", ID])
    assert (caught.value.code, caught.value.pointer) == ("not-masked", pointer)
    assert ID not in caught.value.observed


def test_an_id_in_a_header_is_found(answered):
    with pytest.raises(Deviation) as caught:
        masks(answered(404, {}, headers=(("Location", f"/profiles/{ID}"),)), [ID])
    assert caught.value.code == "not-masked"


def test_our_own_messages_show_three_and_three():
    assert mask(ID) == "098******456"
    assert mask("12345") == "***"
