"""Whatever a stranger hands in, the answer is a verification and never a traceback."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.certification import credential, strict, token
from conformance.certification.checks import Outcome
from conformance.certification.verification import verify
from conformance.model.requirement import Language
from tests.certification.examples import AT, ROOT, desk


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return desk(tmp_path_factory.mktemp("office"))


def looked_at(office, content):
    made = verify(
        content,
        folder=office.folder,
        at=AT,
        evidence_root_of=lambda _folder: ROOT,
        packs=office.packs,
        rejudge=lambda _folder: (),
    )
    for check in made.checks:
        for language in Language:
            assert check.reason.within(language).isprintable()
    return made.outcome


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=10,
)


@given(data=st.data())
def test_any_changed_byte_is_noticed(office, data):
    raw = bytearray(office.token.encode())
    position = data.draw(st.integers(0, len(raw) - 1))
    changed = data.draw(st.integers(1, 255))
    raw[position] ^= changed
    assert looked_at(office, bytes(raw)) is Outcome.INVALID


def test_every_last_character_counts(office):
    # The lowest bits of the last character stand for no byte: lax decoders ignore them.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    others = [office.token[:-1] + character for character in alphabet]
    valid = [other for other in others if looked_at(office, other) is Outcome.VALID]
    assert valid == [office.token]


@given(length=st.integers(0, 10_000))
def test_any_truncation_is_noticed(office, length):
    shorter = office.token[: length % len(office.token)]
    assert looked_at(office, shorter) is Outcome.INVALID


@given(content=st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_answered(office, content):
    assert looked_at(office, content) is Outcome.INVALID


@given(parts=st.lists(st.binary(max_size=60).map(strict.encode), min_size=3, max_size=3))
def test_any_three_parts_are_answered(office, parts):
    assert looked_at(office, ".".join(parts)) is Outcome.INVALID


@given(header=json_values, payload=json_values)
def test_any_json_in_the_parts_is_answered(office, header, payload):
    parts = [strict.encode(json.dumps(part).encode()) for part in (header, payload)]
    assert looked_at(office, ".".join([*parts, "AAAA"])) is Outcome.INVALID


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, member in value.items():
            yield from places(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from places(member, (*path, index))


@given(data=st.data(), odd=json_values)
def test_anything_signed_in_the_place_of_anything_is_answered(office, data, odd):
    payload = json.loads(json.dumps(token.read(office.token).payload))
    *path, last = data.draw(st.sampled_from([p for p in places(payload) if p]))
    inner = payload
    for step in path:
        inner = inner[step]
    if inner[last] == odd:
        return
    inner[last] = odd
    signed = office.key.sign_jwt(json.dumps(payload).encode(), header={"cty": "vc"})
    assert looked_at(office, signed) is Outcome.INVALID


@given(data=st.data(), odd=json_values)
def test_any_report_that_was_bound_is_answered(office, data, odd):
    held = json.loads((office.folder / "report.json").read_bytes())
    *path, last = data.draw(st.sampled_from([p for p in places(held) if p]))
    inner = held
    for step in path:
        inner = inner[step]
    inner[last] = odd
    content = json.dumps(held).encode()
    payload = json.loads(json.dumps(token.read(office.token).payload))
    payload["relatedResource"][0]["digestSRI"] = credential.sri(content)
    signed = office.key.sign_jwt(json.dumps(payload).encode(), header={"cty": "vc"})
    original = (office.folder / "report.json").read_bytes()
    (office.folder / "report.json").write_bytes(content)
    try:
        assert looked_at(office, signed) in (Outcome.INVALID, Outcome.VALID)
    finally:
        (office.folder / "report.json").write_bytes(original)
