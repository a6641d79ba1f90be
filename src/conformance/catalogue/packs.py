"""
Which packs are installed, and how one is opened: the only door to a nation.

A pack is a plug-in: an entry point of the group `conformance.packs` whose name is the
pack's id and whose object fulfils `model.pack.PackPlugin`. Its data stand in
`specs/<id>/<revision>` and `suites/<id>` of this toolkit, or, for somebody else's pack, below
the plug-in's own `specs_root` and `suites_root` (paths, laid out alike).
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Final

from conformance import resources
from conformance.catalogue import freeze, quality
from conformance.catalogue import load as loading
from conformance.errors import PackDefect, UsageError
from conformance.model.pack import LoadedPack, PackPlugin

GROUP: Final = "conformance.packs"
#: An entry point of this name repeats the object of the pack that is meant when none is named.
DEFAULT: Final = "default"
#: The environment variable that names folders of specs beside those of the plug-ins.
ADDED: Final = "CONFORMANCE_SPECS"

_registered: dict[str, PackPlugin] = {}


def available() -> tuple[str, ...]:
    """The ids of the installed packs, sorted. No plug-in is imported."""
    return tuple(sorted({*_entry_points(), *_registered} - {DEFAULT}))


def default() -> str:
    """
    The pack that is meant when none is named: the only one, or the one marked `default`.

    Raises:
        UsageError: none is installed, or several and none is marked.
    """
    found = available()
    if len(found) == 1:
        return found[0]
    points = _entry_points()
    if marked := points.get(DEFAULT):
        for name, point in points.items():
            if name != DEFAULT and point.value == marked.value:
                return name
    raise UsageError(
        "several packs are installed and none is the default" if found else "no pack is installed",
        where="--pack",
        value=", ".join(found),
        remedy="Name one." if found else "Install the toolkit with pip, or a pack's distribution.",
    )


def revisions(identifier: str) -> tuple[str, ...]:
    """
    The revisions of one pack that are on disk, oldest first.

    Raises:
        UsageError: no such pack; the near names are listed.
    """
    return _revisions(_specs(_plugin(identifier)) / identifier)


def load(reference: str) -> LoadedPack:
    """
    Open `id` (its newest revision), `id@revision` or a revision's folder, and check it.

    A folder is `…/<id>/<revision>`; it is remembered, in this process and those that it starts,
    as if it stood among the pack's own. Others find it when `CONFORMANCE_SPECS` names the folder
    above `<id>`.

    Raises:
        UsageError: no such pack or revision; the near names are listed.
        PackDefect: what is there breaks a law of packs, or a frozen file was changed.
    """
    if (Path(reference) / loading.MANIFEST).is_file():
        return _open_folder(Path(reference).resolve())
    identifier, at, wanted = reference.partition("@")
    plugin = _plugin(identifier)
    folder = _specs(plugin) / identifier
    found = _revisions(folder)
    if at and wanted not in found:
        for added in _added():
            if wanted in _revisions(added / identifier):
                return open_root(added / identifier / wanted, plugin)
    if at and wanted not in found:
        raise UsageError(
            f"pack {identifier} has no such revision",
            where="--pack",
            value=wanted,
            remedy=f"Use one of {', '.join(found) or '(none is on disk)'}.",
        )
    if not found:
        raise PackDefect(
            "the pack has no revision on disk",
            where=f"{identifier}:1",
            remedy=f"Write {identifier}/<revision>/{loading.MANIFEST} below its specs.",
        )
    return open_root(folder / (wanted or found[-1]), plugin)


def _open_folder(root: Path) -> LoadedPack:
    loaded = open_root(root, _plugin(loading.manifest(root).id))
    above = root.parent.parent
    if above not in _added():
        os.environ[ADDED] = os.pathsep.join(str(path) for path in (*_added(), above))
    return loaded


def _added() -> tuple[Path, ...]:
    return tuple(Path(name) for name in os.environ.get(ADDED, "").split(os.pathsep) if name)


def open_root(root: Path, plugin: PackPlugin) -> LoadedPack:
    """
    Open the revision at `root` (`…/<id>/<revision>`) for `plugin`.

    Raises:
        PackDefect: as `load`.
    """
    said = loading.manifest(root)
    if said.id != plugin.id:
        raise PackDefect(
            "a plug-in and its data bear the same id",
            where=f"{loading.display(root, loading.MANIFEST)}:1",
            value=f"{said.id}, and the plug-in {plugin.id}",
            remedy="Correct one of them.",
        )
    freeze.check_root(root, released=said.released)
    return LoadedPack(
        id=said.id,
        revision=said.revision,
        title=said.title,
        provenance=said.provenance.value,
        root=root,
        digest=freeze.digest(root),
        documents=said.documents,
        suites=Path(getattr(plugin, "suites_root", None) or resources.suites()) / said.id,
        catalogue=loading.catalogue(root, said.classes, quality.read(root)),
        binding=said.binding,
        preflight=said.preflight,
        plugin=plugin,
    )


@contextmanager
def register(plugin: PackPlugin) -> Iterator[None]:
    """Let a plug-in object be found by its id for a while, before any installed one."""
    before = _registered.get(plugin.id)
    _registered[plugin.id] = plugin
    try:
        yield
    finally:
        if before is None:
            del _registered[plugin.id]
        else:
            _registered[plugin.id] = before


def _plugin(identifier: str) -> PackPlugin:
    if identifier in _registered:
        return _registered[identifier]
    point = _entry_points().get(identifier) if identifier != DEFAULT else None
    if point is None:
        raise _unknown(identifier)
    try:
        plugin: PackPlugin = point.load()
    except Exception as error:  # a stranger's module may raise anything on import
        raise PackDefect(
            "the pack's plug-in cannot be imported",
            where=f"{point.module}:1",
            value=f"{type(error).__name__}: {error}",
            remedy="Reinstall or repair its distribution.",
        ) from error
    if getattr(plugin, "id", None) != identifier:
        raise PackDefect(
            "a plug-in bears the name of its entry point",
            where=f"{point.module}:1",
            value=f"{getattr(plugin, 'id', None)}, entered as {identifier}",
            remedy="Correct one of them.",
        )
    return plugin


def _entry_points() -> dict[str, metadata.EntryPoint]:
    found: dict[str, metadata.EntryPoint] = {}
    for point in metadata.entry_points(group=GROUP):
        # The same distribution is seen twice when it stands on the path twice: harmless.
        if (earlier := found.setdefault(point.name, point)).value != point.value:
            raise PackDefect(
                "two distributions bring a pack of the same id",
                where=f"{point.module}:1",
                value=f"{point.name}: {earlier.value} and {point.value}",
                remedy="Uninstall one of them.",
            )
    return found


def _unknown(identifier: str) -> UsageError:
    names = available()
    near = difflib.get_close_matches(identifier, names, n=3, cutoff=0.4)
    if near:
        remedy = f"Did you mean {' or '.join(near)}?"
    elif names:
        remedy = f"Use one of {', '.join(names)}."
    else:
        remedy = "No pack is installed: install the toolkit with pip."
    return UsageError("there is no such pack", where="--pack", value=identifier, remedy=remedy)


def _specs(plugin: PackPlugin) -> Path:
    return Path(getattr(plugin, "specs_root", None) or resources.specs())


def _revisions(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    found = [item.name for item in folder.iterdir() if (item / loading.MANIFEST).is_file()]
    return tuple(sorted(found, key=_age))


def _age(revision: str) -> tuple[tuple[int, str], ...]:
    # 1.10 is newer than 1.9; a folder that is no revision at all sorts first.
    return tuple(
        (int(part), "") if part.isdecimal() else (-1, part) for part in revision.split(".")
    )
