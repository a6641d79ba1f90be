"""A little pack of no nation, written into a folder; each test spoils one thing of it."""

from __future__ import annotations

from pathlib import Path

from conformance.catalogue import packs
from conformance.model.pack import LoadedPack, MutantInfo

REQUIREMENT = """\
[[requirement]]
id           = "XX-READ-001"
title.en     = "What was written reads back"
title.vi     = "Dữ liệu đã ghi đọc lại được"
title.id     = "Yang ditulis terbaca kembali"
obligation   = "MUST"
role         = "provider"
class        = "reading"
source       = { document = "The Law", article = "1", basis = "known" }
rationale    = "Otherwise it is lost."
falsified_by = "Writing one thing and reading another."
since        = "1.0"

[[requirement]]
id           = "XX-READ-002"
title.en     = "Secrets stay secret"
title.vi     = "Bí mật được giữ kín"
title.id     = "Rahasia tetap rahasia"
obligation   = "SHOULD"
role         = "consumer"
class        = "reading"
source       = { document = "The Law", article = "2", basis = "inferred" }
rationale    = "Obvious."
not_judged   = "Nobody can see it."
since        = "1.0"
"""

MANIFEST = """\
id         = "little"
revision   = "{revision}"
released   = false
provenance = "modelled"
title.en   = "Little"
title.vi   = "Nhỏ"
title.id   = "Kecil"
documents  = ["openapi/api.yaml"]

[preflight]
operation = "readThing"

[[class]]
id       = "reading"
title.en = "Reading"
title.vi = "Đọc"
title.id = "Membaca"

[binding]
no-server-error = "XX-READ-001"
"""

DOCUMENT = """\
openapi: 3.1.0
info:
  title: Little
  version: '1.0'
  x-provenance: modelled
paths:
  /things:
    get:
      operationId: readThing
      responses:
        '200':
          description: A thing.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing'
components:
  schemas:
    Thing:
      type: object
      properties:
        colour:
          type: string
          pattern: '^[a-z]+$'
          x-code-list: colours
"""

CODES = """\
code,name,valid_from,valid_to
red,Red,2020-01-01,
blue,Blue,2020-01-01,2025-07-01
"""

SOURCES = """\
[[list]]
id       = "colours"
title.en = "Colours"
title.vi = "Màu sắc"
title.id = "Warna"
version  = "1"
"""

RULES = """\
[[rule]]
id         = "XX-R-001"
pointer    = "/colour"
title.en   = "Not blue"
title.vi   = "Không phải màu xanh"
title.id   = "Bukan biru"
expression = 'record.colour != "blue"'
source     = { document = "The Law", article = "3", basis = "known" }
message.en = "It is blue."
message.vi = "Đây là màu xanh."
message.id = "Ini biru."
"""

FILES = {
    "openapi/api.yaml": DOCUMENT,
    "requirements/reading.toml": REQUIREMENT,
    "codelists/colours.csv": CODES,
    "codelists/sources.toml": SOURCES,
    "rules.toml": RULES,
}


class LittlePlugin:
    """As much of a plug-in as opening a pack needs."""

    def __init__(self, folder: Path, *breaks: str) -> None:
        self.id = "little"
        self.specs_root = folder / "specs"
        self.suites_root = folder / "suites"
        self.breaks = breaks

    def mutants(self) -> tuple[MutantInfo, ...]:
        return tuple(
            MutantInfo(name="Sinner", role="provider", breaks=(broken,), summary="Sins.")
            for broken in self.breaks
        )


def write(folder: Path, revision: str = "1.0") -> Path:
    """The little pack on disk; returns the folder of the revision."""
    root = folder / "specs" / "little" / revision
    files = {**FILES, "pack.toml": MANIFEST.format(revision=revision)}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return root


def spoil(root: Path, name: str, written: str, instead: str) -> None:
    """Replace one text of one file, which must be there."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert written in text
    path.write_text(text.replace(written, instead, 1), encoding="utf-8", newline="\n")


def opened(folder: Path, reference: str = "little", *breaks: str) -> LoadedPack:
    """The pack as `packs.load` opens it."""
    with packs.register(LittlePlugin(folder, *breaks)):
        return packs.load(reference)
