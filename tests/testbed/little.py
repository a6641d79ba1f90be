"""A little pack of no nation: a contract of two operations and a national side of ten lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qs

from conformance.model.exchange import Request
from conformance.model.pack import Assignment, Surroundings
from conformance.model.requirement import Text
from conformance.reference.clock import ManualClock
from conformance.testbed.bed import Bed

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CREDENTIALS = {"primary": {"client_id": "me", "client_secret": "s3cret-word"}}
TOKEN = "t0ken-word"
TEXT = Text(en="Do it.", vi="Hãy làm.", id="Lakukan.")
ASSIGNMENT = Assignment(id="little", brief=TEXT, material={"orders": [1]})

CONTRACT = """
openapi: 3.1.0
info: {title: Little, version: '1'}
paths:
  /token:
    post: {operationId: issueToken, responses: {'200': {description: A token.}}}
  /orders/{number}:
    put:
      operationId: putOrder
      security: [{token: []}]
      parameters: [{name: number, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: Taken.}}
"""


class LittleNation:
    """Issues one token, keeps orders, and breaks when an order says so."""

    def __init__(self):
        self.orders = {}

    async def __call__(self, scope, receive, send):
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, answer = self.answer(scope, body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(self, scope, body):
        if scope["path"] == "/token":
            right = parse_qs(body.decode()).get("client_secret") == ["s3cret-word"]
            return (200, {"access_token": TOKEN}) if right else (401, {"error": "invalid"})
        if dict(scope["headers"]).get(b"authorization") != f"Bearer {TOKEN}".encode():
            return 401, {}
        if body == b"burst":
            raise RuntimeError("the little nation burst")
        number = scope["path"].rpartition("/")[2]
        self.orders[number] = self.orders.get(number, 0) + 1
        return 200, {"orders": self.orders}


def authorise(send, secret):
    """One token request, as a dialect makes it."""
    form = f"client_secret={secret('client_secret')}".encode()
    answer = send(Request(method="POST", target="/token", body=form)).json()
    return {"Authorization": f"Bearer {answer.get('access_token')}"}


def little_pack(folder, agency=None):
    (folder / "little.yaml").write_text(CONTRACT, encoding="utf-8")

    def facts(_pack, request, _surroundings):
        if request.body == b"baffling":
            raise ValueError("cannot measure")
        return {"size": str(len(request.body or b""))}

    plugin = SimpleNamespace(
        dialect=SimpleNamespace(secret_members=frozenset({"access_token"}), authorise=authorise),
        vocabulary=SimpleNamespace(demonstration_credentials=CREDENTIALS),
        reference=lambda _pack, _surroundings: LittleNation(),
        facts=facts,
        agency=agency,
    )
    # What bed and drivers look at; the rest of a pack is the catalogue's.
    return SimpleNamespace(
        id="little",
        root=folder,
        digest=f"sha256:{folder}",
        documents=("little.yaml",),
        plugin=plugin,
    )


def little_bed(folder, clock=None, redact=lambda text: text):
    surroundings = Surroundings(clock=clock or ManualClock(START), seed=1, trust_anchors=())
    return Bed(little_pack(folder), surroundings, redact=redact)
