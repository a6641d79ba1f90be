"""A national side of a page, for the agency's own tests: it takes what comes and remembers."""

from __future__ import annotations

import json

import httpx

from conformance.model.pack import AgencySurroundings, Assignment
from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc.agency import build_agency

PEOPLE = [
    {"profileId": f"0980900{n:05}", "managingAgencyCode": "H98", "employingUnitCode": "H98.1"}
    for n in range(12)
]
UNITS = [{"unitCode": "H98.1.1", "parentCode": "H98.1"}, {"unitCode": "H98.1", "parentCode": "H98"}]
TEXT = Text(en="Push.", vi="Đẩy.", id="Kirim.")
ASSIGNMENT = Assignment(id="push", brief=TEXT, material={"units": UNITS, "people": PEOPLE})

#: Scripted steps: an answer, or a cut after (True) or before (False) the work is done.
CUT_AFTER, CUT_BEFORE = object(), object()


class Nation:
    """Answers by script first, then as it should; `seen` holds (path, message) in order."""

    def __init__(self, clock, script=()):
        self._clock = clock
        self.script = list(script)
        self.seen = []
        self.times = []
        self.accepted = []
        self.tokens = 0
        self._receipts = {}

    def __call__(self, request):
        path = request.url.path
        if path == "/oauth2/token":
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": 600})
        if path == "/v1/metadata":
            return httpx.Response(200, json=METADATA)
        self.seen.append((path, request.content))
        self.times.append(self._clock.now())
        step = self.script.pop(0) if self.script else None
        if step is CUT_BEFORE:
            raise httpx.ConnectError("no line")
        if isinstance(step, httpx.Response):
            return step
        answer = self._take(json.loads(request.content))
        if step is CUT_AFTER:
            raise httpx.ReadError("cut")
        return answer

    def _take(self, message):
        identifier = message["header"]["messageId"]
        records = message.get("records", message.get("units"))
        if len(self._receipts.get(identifier, records)) != len(records):
            return httpx.Response(409, json={"type": "urn:x:message-id-reused"})
        if identifier not in self._receipts:
            self.accepted += [r.get("profile", r) for r in records]
            self._receipts[identifier] = [
                {"recordNo": n, "status": "ACCEPTED"} for n in range(1, len(records) + 1)
            ]
        return httpx.Response(200, json={"results": self._receipts[identifier]})


METADATA = {
    "environment": "test",
    "receiverCode": "G09",
    "schemaVersion": "1.0",
    "codeListVersion": "2025-07-01",
}


class Pen:
    """Signs with the record's own text, so that a test can see what was signed."""

    def sign(self, record, *, signer, **_):
        return f"{signer}:{record['profileId']}"


def agency(nation, clock, outbox=":memory:", mutant=None):
    return build_agency(
        AgencySurroundings(
            base_url="http://nation",
            transport=httpx.MockTransport(nation),
            credentials={"primary": {"client_id": "me", "client_secret": "s"}},
            clock=clock,
            signer=Pen(),
            outbox=outbox,
            seed=5,
        ),
        mutant,
    )
