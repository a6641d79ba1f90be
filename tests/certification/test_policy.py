"""A policy is read whole or refused with the line that is wrong."""

from __future__ import annotations

import pytest

from conformance import resources
from conformance.certification import policy
from conformance.certification.policy import AssuranceLevel
from conformance.errors import PackDefect
from conformance.model.requirement import Role
from tests.certification.examples import POLICY


def test_a_policy_is_read():
    read = policy.parse(POLICY)
    assert read.level is AssuranceLevel.L0
    assert read.required[Role.PROVIDER] == ("reading", "writing")
    assert read.required_of_both == ()
    together = policy.parse(POLICY.replace("[classes]", '[classes]\nboth = ["duplex"]'))
    assert together.required_of_both == ("duplex",)
    assert Role.CONSUMER in together.required
    assert [limit.en for limit in read.limits] == ["Nothing is said about security."]


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ('level = "L0"', 'level = "L9"', 1, "assurance level"),
        ('level = "L0"', 'levle = "L0"', 1, "no such key"),
        ("validity_days = 90", "validity_days = 0", 5, "validity_days"),
        ("validity_days = 90", 'validity_days = "90"', 5, "validity_days"),
        ("validity_days = 90", "validity_days = true", 5, "validity_days"),
        ("minimum_judged = 1", "minimum_judged = 0", 6, "minimum_judged"),
        ("minimum_judged = 1", "minimum_judged = ", 6, "not TOML"),
        ('id = "Tidak menyatakan keamanan."', "", 8, "limits"),
        ('id = "Tidak menyatakan keamanan."', 'id = " "', 8, "limits"),
        ('title.id = "Deklarasi kesesuaian pemasok"', "", 2, "title"),
        ('consumer = ["sending"]', 'consumer = ["sending", "sending"]', 15, "different"),
        ('consumer = ["sending"]', "consumer = []", 15, "not an empty one"),
        ('consumer = ["sending"]', 'consumer = "sending"', 15, "list"),
        ('consumer = ["sending"]', 'client = ["sending"]', 15, "role"),
    ],
)
def test_a_mistake_is_named_with_its_line(written, instead, line, said):
    assert written in POLICY
    with pytest.raises(PackDefect) as caught:
        policy.parse(POLICY.replace(written, instead, 1))
    assert caught.value.where == f"policy.toml:{line}"
    assert said in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    "key", ["level", "title", "validity_days", "minimum_judged", "limits", "classes"]
)
def test_every_key_is_needed(key):
    import tomllib

    table = tomllib.loads(POLICY)
    del table[key]
    with pytest.raises(PackDefect, match=key):
        policy._Reader("", "policy.toml", table).policy()


def test_a_missing_policy_is_the_packs_mistake(tmp_path):
    with pytest.raises(PackDefect, match=r"policy\.toml"):
        policy.load(tmp_path)


@pytest.mark.parametrize(
    "path", sorted(resources.specs().glob("*/*/policy.toml")), ids=lambda path: path.parts[-3]
)
def test_the_policies_of_our_packs_can_be_read(path):
    assert policy.load(path.parent).limits
