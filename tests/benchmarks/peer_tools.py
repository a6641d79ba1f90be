"""The competitors: how each is set up, run against one server, and read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

import yaml

from conformance.crypto.authority import Authority
from tests.benchmarks.peer_service import (
    Service,
    document,
    document_with_examples,
    plain,
)
from tests.benchmarks.schemathesis_cli import reports
from tests.second_implementation.judged import CLASSES, SETTINGS
from tests.second_implementation.server import CLIENTS

Json = Any
#: Distinct failures and the first text of each.
Failures = dict[str, str]
PEER_HOOKS = "tests.benchmarks.peer_hooks"
#: The longest that one run may take.
PATIENCE = 1800


class Missing(Exception):
    """A tool is not there and could not be installed."""


@dataclass
class Bench:
    """
    Where a competitor runs: an empty folder, a server, what its addresses hold.

    `began` is the moment when the clock starts: what a competitor prepares for itself before is not
    its own work.
    """

    folder: Path
    home: Path
    service: Service
    known: dict[str, str]
    signer: Authority
    seed: int
    npm: Path
    began: float = field(default_factory=time.time)

    @property
    def bearer(self) -> str:
        return f"Bearer {next(iter(self.service.tokens.values()))}"

    def write(self, name: str, content: Json) -> Path:
        path = self.folder / name
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return path

    def examples(self) -> Json:
        return document_with_examples(self.known, self.signer)

    def run(self, *command: str | Path, **environment: str) -> str:
        """Start the clock, run the command to its end, and give what it printed."""
        self.service.calls.clear()
        self.began = time.time()
        return self.more(*command, **environment)

    def more(self, *command: str | Path, **environment: str) -> str:
        ended = subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env={**os.environ, "CONFORMANCE_HOME": str(self.home), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
        said = ended.stdout.decode("utf-8", "replace")
        (self.folder / "said.txt").write_text(said, "utf-8")
        return said

    def read(self, name: str) -> Path:
        """A report that must be there. Raises Missing with the end of what was said."""
        path = self.folder / name
        if not path.is_file():
            said = (self.folder / "said.txt").read_text("utf-8")
            raise Missing(f"{name} was not written: {said[-1500:]}")
        return path


class Competitor(ABC):
    """One way to test the server."""

    name: ClassVar[str]
    #: npm packages with their exact versions.
    npm: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def version(self) -> str: ...

    @abstractmethod
    def judge(self, bench: Bench) -> Failures: ...

    def firsts(self, bench: Bench) -> dict[str, float]:
        """When each failure was first known, where the tool tells."""
        del bench
        return {}


class Toolkit(Competitor):
    name = "this toolkit"

    def version(self) -> str:
        return version("api-conformance-toolkit")

    def judge(self, bench: Bench) -> Failures:
        settings = SETTINGS.read_text("utf-8")
        settings = settings.replace("http://127.0.0.1:8097", bench.service.base)
        (bench.folder / "conformance.toml").write_text(settings, "utf-8")
        entry = "from conformance.cli.main import main; main()"
        claimed = [word for name in CLASSES for word in ("--class", name)]
        options = ("--seed", str(bench.seed), *claimed, "--out", "out")
        bench.run(
            *(sys.executable, "-c", entry, "run", "second", *options),
            SECOND_SECRET=next(iter(CLIENTS.values())),
        )
        report = json.loads(bench.read("out/report.json").read_text("utf-8"))
        return {
            each["id"]: next(f["explanation"] for f in each["findings"] if f["verdict"] == "FAIL")
            for each in report["requirements"]
            if each["verdict"] == "FAIL"
        }

    def firsts(self, bench: Bench) -> dict[str, float]:
        """The end of the first scenario in which a requirement failed."""
        found: dict[str, float] = {}
        for path in (bench.folder / "out/allure-results").glob("*-result.json"):
            told = json.loads(path.read_text("utf-8"))
            if told["status"] == "failed":
                key, stop = told["fullName"].rpartition("/")[2], told["stop"] / 1000
                found[key] = min(stop, found.get(key, stop))
        return found


class Schemathesis(Competitor):
    """The command line as it comes, with a token."""

    name = "Schemathesis, defaults"

    def version(self) -> str:
        return f"Schemathesis {version('schemathesis')}"

    def judge(self, bench: Bench) -> Failures:
        published = bench.write("openapi.json", document())
        return self._run(bench, published, "--header", f"Authorization: {bench.bearer}")

    def _run(self, bench: Bench, published: Path, *options: str) -> Failures:
        command = Path(sysconfig.get_path("scripts")) / "schemathesis"
        bench.run(
            *(command, "run", published, "--url", bench.service.base, "--no-color"),
            *("--seed", str(bench.seed), "--output-truncate", "false"),
            *("--report", "junit", "--report-junit-path", "found.xml", *options),
            PYTHONPATH=os.pathsep.join(sys.path),
        )
        failures: Failures = {}
        for operation, text in reports(bench.read("found.xml")):
            for code in re.findall(r"\bST\d+ .*", text):
                status = re.search(r"^\[(\d+)\]", text, re.MULTILINE)
                failures.setdefault(f"{operation}: {code} [{status[1] if status else ''}]", text)
        return failures


class TunedSchemathesis(Schemathesis):
    """
    All checks and phases, no stop at the first failure of an operation, examples that are granted,
    signed people while it fuzzes (`peer_hooks`), and two identities.
    """

    name = "Schemathesis, tuned"

    def judge(self, bench: Bench) -> Failures:
        peers = ["first", "second"]
        known = zip(peers, bench.service.tokens.values(), strict=True)
        bench.write(
            "wfc.json",
            {
                "auth": [
                    {
                        "name": name,
                        "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}],
                    }
                    for name, token in known
                ]
            },
        )
        (bench.folder / "schemathesis.toml").write_text(
            f'hooks = "{PEER_HOOKS}"\n[auth.wfc]\npath = "wfc.json"\npeers = {peers}\n',
            "utf-8",
        )
        published = bench.write("openapi.json", bench.examples())
        return self._run(bench, published, "--checks", "all", "--continue-on-failure")


class Npm(Competitor):
    """A tool that npm installs; its package is the first."""

    def version(self) -> str:
        return ", ".join(self.npm)

    def tool(self, bench: Bench, name: str) -> Path:
        return bench.npm / "node_modules/.bin" / name


class Dredd(Npm):
    name = "Dredd"
    npm = ("dredd@14.1.0",)

    def judge(self, bench: Bench) -> Failures:
        published = bench.write("openapi.json", plain(bench.examples()))
        bench.run(
            *(self.tool(bench, "dredd"), published, bench.service.base, "--no-color"),
            *("--header", f"Authorization: {bench.bearer}", "--loglevel", "error"),
            *("--reporter", "xunit", "--output", "found.xml"),
        )
        failures: Failures = {}
        for case in ElementTree.parse(bench.read("found.xml")).iter("testcase"):
            for failure in case.iter("failure"):
                text = (failure.text or "").partition("Request:")[0]
                wrong = re.findall(r"(\w+: (?:At '[^']*' .*|Expected .*))", text) or [text]
                for each in wrong:
                    where = masked(case.attrib["name"].partition("?")[0], bench)
                    failures[f"{where}: {re.sub('/[0-9]+', '/N', each)}"] = each
        return failures


class Portman(Npm):
    name = "Portman and Newman"
    npm = ("@apideck/portman@1.33.0", "newman@6.2.2")

    def judge(self, bench: Bench) -> Failures:
        published = bench.write("openapi.json", plain(bench.examples()))
        where = ("-l", published, "-b", bench.service.base, "-o", "made.json")
        bench.run(self.tool(bench, "portman"), *where)
        collection = json.loads(bench.read("made.json").read_text("utf-8"))
        _without_auth(collection["item"])
        token = {"key": "token", "value": bench.bearer.partition(" ")[2], "type": "string"}
        bench.write("made.json", {**collection, "auth": {"type": "bearer", "bearer": [token]}})
        bench.more(
            *(self.tool(bench, "newman"), "run", "made.json", "--reporters", "json"),
            *("--reporter-json-export", "found.json"),
        )
        told = json.loads(bench.read("found.json").read_text("utf-8"))["run"]["failures"]
        return {
            f"{each['source']['name']}: {each['error']['test']}": each["error"]["message"]
            for each in told
        }


def _without_auth(items: Json) -> None:
    """Drop what each request would ask a person for, so that the collection's own token counts."""
    for item in items:
        item.get("request", {}).pop("auth", None)
        _without_auth(item.get("item", []))


class StepCi(Npm):
    name = "Step CI"
    npm = ("stepci@2.8.2",)

    def judge(self, bench: Bench) -> Failures:
        published = bench.write("openapi.json", plain(bench.examples()))
        quiet = {"STEPCI_DISABLE_ANALYTICS": "1"}
        bench.run(self.tool(bench, "stepci"), "generate", published, "made.yml", **quiet)
        # Written again as JSON: as YAML 1.1 a text of digits would come back as a number.
        flow = yaml.safe_load(bench.read("made.yml").read_text("utf-8"))
        flow["config"] = {"http": {"baseURL": bench.service.base}, "continueOnFail": True}
        for test in flow["tests"].values():
            for step in test["steps"]:
                step["http"].setdefault("headers", {})["Authorization"] = bench.bearer
        said = bench.more(self.tool(bench, "stepci"), "run", bench.write("flow.yml", flow), **quiet)
        if "Tests:" not in said:
            raise Missing(f"Step CI did not end: {said[-1500:]}")
        failures: Failures = {}
        step = ""
        for line in said.splitlines():
            if line.startswith("● "):
                step = line[2:]
            elif line.startswith("✕ ") and step:
                failures.setdefault(f"{step}: {line[2:]}", line[2:])
        return failures


def masked(text: str, bench: Bench) -> str:
    """Without what is another in each run."""
    for name, value in bench.known.items():
        text = text.replace(value, f"{{{name}}}") if value else text
    return text


def install(competitors: list[Competitor], folder: Path) -> None:
    """Put the tools of npm into the folder, once. Raises Missing."""
    wanted = sorted({package for each in competitors for package in each.npm})
    note = folder / "installed.json"
    if not wanted or (note.is_file() and set(wanted) <= set(json.loads(note.read_text("utf-8")))):
        return
    npm = shutil.which("npm")
    if not npm:
        raise Missing("npm is not on the PATH: leave its tools out with --only")
    folder.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        [npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise Missing(f"npm install {' '.join(wanted)}: {ended.stderr.strip()[-1500:]}")
    note.write_text(json.dumps(wanted), "utf-8")


COMPETITORS: list[Competitor] = [
    Toolkit(),
    Schemathesis(),
    TunedSchemathesis(),
    Dredd(),
    Portman(),
    StepCi(),
]
