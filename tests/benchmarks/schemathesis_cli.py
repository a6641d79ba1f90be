"""
What the Schemathesis command line says of the mock, with a token in hand, and whose fault it is.

A script: `python -m tests.benchmarks.schemathesis_cli [--examples N]` from the repository's root.
It leaves with 1 when a report is none of those that this module explains.

Why the mock answers as it does where Schemathesis expects something else:

- `cursor`: it is opaque, and one that no server gave is refused with 400, which is documented.
  No schema can say "as I gave it to you".
- `future`: `sentAt` of more than five minutes in the future is refused; the contract says so in
  words, and no schema knows what time it is.
- `sender`: an agency compares its own data; that `agencyCode` is the sender's or below it no schema
  can say, and it is refused where it is not.
- `record`: what breaks the schema inside one record condemns this record and not its neighbours:
  the answer is a success whose receipt rejects (`x-judged-per-record` marks those places), or
  a job whose receipt will.

It also warns that the token operation was answered with 401 and 400 only: the credentials that it
makes up are nobody's.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen
from xml.etree import ElementTree

from conformance.app.mocking import reference_app
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.reference.serve import serve_in_thread


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")


def token(base_url: str, credentials: dict[str, str]) -> str:
    form = "&".join(f"{k}={v}" for k, v in credentials.items())
    request = Request(
        f"{base_url}/oauth2/token", data=f"grant_type=client_credentials&{form}".encode()
    )
    with urlopen(request, timeout=30) as answer:
        return str(json.load(answer)["access_token"])


def reports(file: Path) -> list[tuple[str, str]]:
    """Operation and text of each single report."""
    return [
        (case.attrib["name"], text)
        for case in ElementTree.parse(file).iter("testcase")
        for failure in case.iter("failure")
        for text in re.split(r"(?m)^(?=\d+\. Test Case ID: )", failure.text or "")
        if "Test Case ID" in text
    ]


def explained(operation: str, text: str) -> str:
    """Which of the explanations above holds, "" for none of them."""
    if "ST202" in text and "[400]" in text and re.search(r"[?&]cursor=", text):
        return "cursor"
    if "ST202" in text and "[422]" in text and '"pointer": "/header/sentAt"' in text:
        return "future"
    if "ST202" in text and "[422]" in text and '"pointer": "/agencyCode"' in text:
        return "sender"
    message = operation.removeprefix("POST /v1/") in {"trial-sync", "unit-batches"}
    receipt = "[200]" in text and re.search(r'"rejected": [1-9]|"status": "REJECTED"', text)
    job = operation == "POST /v1/profile-batches" and "[202]" in text
    if "ST201" in text and ((message and receipt) or job) and not re.search(HEADER, text):
        return "record"
    return ""


#: What is wrong in the header or with the list of records is the message's own fault.
HEADER = r"Invalid component: .*(?:/properties/header|header ->|/records \(|/units \()"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--examples", type=int, default=20)
    examples = parser.parse_args().examples
    loaded = packs.load(packs.default())
    credentials = dict(loaded.plugin.vocabulary.demonstration_credentials["primary"])
    command = Path(sysconfig.get_path("scripts")) / "schemathesis"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document, found = folder / "openapi.json", folder / "found.xml"
        document.write_text(json.dumps(Contract.load(loaded).document), encoding="utf-8")
        app = reference_app(loaded, home=folder / "home", mutant=None, store=None, seed=1)
        with serve_in_thread(app) as serving:
            bearer = token(serving.base_url, credentials)
            done = subprocess.run(
                [
                    *(str(command), "run", str(document), "--url", serving.base_url),
                    *("--header", f"Authorization: Bearer {bearer}", "--no-color"),
                    *("--max-examples", str(examples), "--generation-deterministic"),
                    *("--continue-on-failure", "--output-truncate", "false"),
                    *("--report", "junit"),
                    *("--report-junit-path", str(found)),
                ],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
        if not found.is_file():
            sys.stderr.write(done.stdout + done.stderr)
            return 1
        say(done.stdout[done.stdout.rfind("= SUMMARY =") :].partition("\n")[2].strip())
        verdicts = [(o, explained(o, text), text) for o, text in reports(found)]
    for operation, why, text in verdicts:
        code = re.search(r"ST\d+ .*", text)
        say(f"{why or 'UNEXPLAINED':12} {operation}: {code.group() if code else text[:80]}")
        if not why:
            say(text)
    say(dict(collections.Counter(why or "UNEXPLAINED" for _, why, _ in verdicts)))
    return 1 if any(not why for _, why, _ in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
