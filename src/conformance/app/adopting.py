"""
An official OpenAPI file dropped in: a revision `<revision>+official` derived from ours.

Beside the derived files stands `adopted.json`: what is tested, what is not and why. Which
requirement needs which operation is not guessed: the suite plays once against the reference, and
the journals tell.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.app.selftest import Laboratory
from conformance.catalogue import packs
from conformance.catalogue.load import MANIFEST
from conformance.contract.adoption import Adoption, Fate, adopt, upgraded
from conformance.contract.bundle import bundle
from conformance.contract.contract import Contract
from conformance.contract.operations import read as read_operations
from conformance.contract.sources import read as read_source
from conformance.errors import PackDefect, UsageError
from conformance.model.json import JsonObject
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Language
from conformance.reporting.adoption import Adopted, document, reason
from conformance.wire import codec

_DOCUMENT: Final = "openapi/official.json"
REPORT: Final = "adopted.json"
#: The generic suite asks every operation that the contract has, and no other.
_GENERIC: Final = "contract/"

Lost = Mapping[str, tuple[str, ...]]


def adopt_file(
    file: Path, *, pack: str, out: Path, home: Path, language: Language = Language.EN
) -> Adopted:
    """
    Derive a revision in which the official `file` stands in the place of our documents.

    Args:
        language: of the sentences in `adopted.json`.

    Raises:
        UsageError: the file or folder is not to be used, or nothing of it is ours.
        PackDefect: the file breaks a law of documents.
    """
    base = packs.load(pack or packs.default())
    adoption = adopt(Contract.load(base).document, _official(file))
    kept = {outcome.ours for outcome in adoption.of(Fate.ADOPTED)}
    if not kept:
        raise UsageError(
            "no operation of the file is one of the contract's, and compatible",
            where="pack adopt",
            value=str(file),
            remedy="See what differs with `conformance pack diff`.",
        )
    root = out / base.id / f"{base.revision}+official"
    if root.exists() and any(root.iterdir()):
        raise UsageError(
            "the folder is not empty",
            where="--out",
            value=str(root),
            remedy="Name another folder; nothing is overwritten.",
        )
    lost = _lost(base, kept, home)
    _write(root, base, adoption, lost, language)
    derived = packs.load(str(root))
    judged = sum(not r.not_judged for r in derived.catalogue.requirements)
    return Adopted(root=root, outcomes=adoption.outcomes, lost=lost, judged=judged)


def _official(file: Path) -> JsonObject:
    if not file.is_file():
        raise UsageError(
            "there is no such file",
            where="pack adopt",
            value=str(file),
            remedy="Name an OpenAPI document in YAML or JSON.",
        )
    document = upgraded(read_source(file.parent, file.name).value)
    if str(document.get("openapi", "")) != "3.1.0":
        return bundle(file.parent, (file.name,))
    # A document in one file is its own bundle; the law of versions was kept by the upgrade.
    return document


def _needs(base: LoadedPack, home: Path) -> Mapping[str, frozenset[str]]:
    """Requirement id -> the operations that its scenarios call."""
    needs: dict[str, set[str]] = {}
    for role in base.plugin.roles:
        name = f"{base.id}@{base.revision}"
        played = Laboratory(home=home, roles=(role,), pack=name, budget=1).play()
        calls: dict[str, set[str]] = {}
        for scenario, journal in played.evidence.closed.items():
            calls[scenario] = {
                operation
                for event in journal.events
                for item in codec.exchanges_of(event.kind, event.ask, event.answer)
                if (operation := str(codec.mapping(item["request"]).get("operation", "")))
            }
        for assessed in played.report.requirements:
            for finding in assessed.findings:
                if not finding.scenario.startswith(_GENERIC):
                    needs.setdefault(assessed.id, set()).update(calls.get(finding.scenario, ()))
    return {name: frozenset(operations) for name, operations in needs.items()}


def _lost(base: LoadedPack, kept: set[str], home: Path) -> dict[str, tuple[str, ...]]:
    """Requirement id -> the operations that it needs and that are gone."""
    known = {operation.id for operation in Contract.load(base).operations.values()}
    needs = _needs(base, home)
    gone = {name: tuple(sorted((needed & known) - kept)) for name, needed in needs.items()}
    return {name: operations for name, operations in gone.items() if operations}


def _write(
    root: Path, base: LoadedPack, adoption: Adoption, lost: Lost, language: Language
) -> None:
    try:
        shutil.copytree(base.root, root, ignore=shutil.ignore_patterns("openapi", "frozen.toml"))
        (root / "openapi").mkdir()
        _dump(root / _DOCUMENT, adoption.document)
        for path in sorted((root / "requirements").glob("*.toml")):
            path.write_text(_excused(path, lost), encoding="utf-8", newline="\n")
        path = root / MANIFEST
        path.write_text(_manifest(path, base, adoption), encoding="utf-8", newline="\n")
        name = f"{base.id}@{base.revision}"
        _dump(root / REPORT, document(name, adoption.outcomes, lost, language))
    except OSError as error:
        raise UsageError(
            f"the revision cannot be written: {error.strerror or error}",
            where="--out",
            value=str(root),
            remedy="Name a folder that you may write.",
        ) from None


def _manifest(path: Path, base: LoadedPack, adoption: Adoption) -> str:
    text = path.read_text(encoding="utf-8")
    said = {
        "revision": json.dumps(f"{base.revision}+official"),
        "released": "false",
        "provenance": '"official"',
    }
    for key, value in said.items():
        text = re.sub(rf"(?m)^({key}\s*=\s*)[^#\n]*?(\s*#.*)?$", rf"\g<1>{value}", text, count=1)
    text = re.sub(r"(?ms)^(documents\s*=\s*)\[.*?\]", rf'\g<1>["{_DOCUMENT}"]', text, count=1)
    kept = {outcome.ours for outcome in adoption.of(Fate.ADOPTED)}
    if base.preflight.operation in kept:
        return text
    knock = _harmless(adoption)
    section = f'[preflight]\noperation = "{knock}"\n'
    return re.sub(r"(?ms)^\[preflight\].*?(?=^\[)", f"{section}\n", text, count=1)


def _harmless(adoption: Adoption) -> str:
    """A read without parameters, for preflight to knock with."""
    for operation in read_operations(adoption.document):
        needed = operation.path_parameters or any(p.required for p in operation.parameters)
        if operation.method == "GET" and not needed:
            return operation.id
    raise UsageError(
        "no adopted operation can be read without parameters",
        where="pack adopt",
        remedy="Preflight needs one to knock with; adopt a document that has it.",
    )


def _excused(path: Path, lost: Lost) -> str:
    """The requirements of a file, with the reason where one can no longer be judged."""
    text = path.read_text(encoding="utf-8")
    head, *blocks = re.split(r"(?m)^(?=\[\[requirement\]\])", text)
    done = [head]
    for block in blocks:
        found = re.search(r'(?m)^id\s*=\s*"([^"]+)"', block)
        gone = lost.get(found[1]) if found else None
        if gone is None:
            done.append(block)
            continue
        line = "\n".join(
            f"not_judged.{each.value} = {json.dumps(reason(gone, each), ensure_ascii=False)}"
            for each in (Language.EN, Language.VI, Language.ID)
        )
        before, judged, after = _judged(block)
        if not judged and "not_judged" not in block:
            raise PackDefect(
                "what falsifies a requirement stands on one line for each language",
                where=f"{path.parent.name}/{path.name}:1",
                value=found[1] if found else "",
                remedy="Join the lines.",
            )
        done.append(f"{before}{line}{after}" if judged else block)
    return "".join(done)


def _judged(block: str) -> tuple[str, str, str]:
    """A requirement's text around its `falsified_by`."""
    line = r'falsified_by(?:\.(?:en|vi|id))?\s*=\s*".*"[ \t]*'
    found = re.search(rf"(?m)^{line}(?:\n{line})*$", block)
    return (block[: found.start()], found[0], block[found.end() :]) if found else (block, "", "")


def _dump(path: Path, value: JsonObject) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
