"""What shows the faults of messages, judging and batches of the sixth set."""

from __future__ import annotations

import uuid
from typing import Any

from tests.second_implementation import contract
from tests.second_implementation.probes import probe
from tests.second_implementation.probes.client import (
    FULL,
    Client,
    header,
    person,
    rules,
    sign,
    unit,
)


def _id() -> dict[str, str]:
    return {"messageId": str(uuid.uuid4())}


@probe
def v6_repeat_refused(client: Client) -> Any:
    record = {"profile": person(), "signature": sign(person())}
    message = {"header": header("M51"), "records": [record]}
    answers = [client.post("/v1/trial-sync", message) for _ in range(2)]
    return [each.status_code for each in answers], answers[0].get_json() == answers[1].get_json()


@probe
def v6_reuse_gets_first_answer(client: Client) -> Any:
    same = _id()
    return client.trial(person(), **same).status_code, client.trial(person(1), **same).status_code


@probe
def v6_sent_at_is_content(client: Client) -> Any:
    same = _id()
    return [client.trial(person(), **same).status_code for _ in range(2)]


@probe
def v6_refused_message_keeps_its_id(client: Client) -> Any:
    same = _id()
    return client.trial(**same).status_code, client.trial(person(), **same).status_code


@probe
def v6_missing_signature_refuses_message(client: Client) -> Any:
    records = [{"profile": person()}, {"profile": person(1), "signature": sign(person(1))}]
    answer = client.post("/v1/trial-sync", {"header": header("M51"), "records": records})
    return answer.status_code, answer.get_json().get("accepted")


@probe
def v6_body_limit_one_megabyte(client: Client) -> Any:
    signature = sign(person(), note="x" * 11_000)
    record = {"profile": {**person(), "strength": "x"}, "signature": signature}
    message = {"header": header("M52"), "records": [record] * 80}
    return client.post("/v1/profile-batches", message).status_code


@probe
def v6_batch_repeat_gets_new_job(client: Client) -> Any:
    record = {"profile": person(), "signature": sign(person())}
    message = {"header": header("M52"), "records": [record]}
    answers = [client.post("/v1/profile-batches", message) for _ in range(2)]
    return len({each.get_json()["jobId"] for each in answers})


@probe
def v6_first_error_only(client: Client) -> Any:
    return client.sent(person(heightCm=20, weightKg=20))


@probe
def v6_unknown_members_dropped(client: Client) -> Any:
    return client.sent(person(nickname="Tí"))


@probe
def v6_personal_id_quoted(client: Client) -> Any:
    answer = client.trial(person(personalId=person(1)["profileId"]))
    return person(1)["profileId"] in answer.text, rules(answer)


@probe
def v6_closed_unit_employs(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return client.sent(person(employingUnitCode="H98.1"))


@probe
def v6_retirement_at_final_age(client: Client) -> Any:
    born = str(int(contract.today()[:4]) - 58)
    own = FULL["profileId"][:4] + born[2:] + FULL["profileId"][6:]
    return client.sent(person(profileId=own, personalId=own, birthDate=f"{born}-01-26"))
