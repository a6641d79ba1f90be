"""Each thing that reaches out of the program has one door."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.tree import PACKAGE, ROOT, at, home, imports, modules, parsed

#: What is imported -> where alone it may be.
DOORS = {
    "pytest": {"pytest_plugin"},
    "_pytest": {"pytest_plugin"},
    # Packs play other people's software; the test bed is a server that may call back.
    "httpx": {"wire", "packs", "testbed"},
    "requests": set(),
    "urllib3": set(),
    "urllib.request": set(),
    "http.client": set(),
    "cryptography": {"crypto"},
    "joserfc": {"crypto"},
}

#: Calls that read the wall clock or global chance; time is a parameter and so are seeds.
AMBIENT = re.compile(
    r"""^(
        (datetime\.)?datetime\.(now|utcnow|today)
      | (datetime\.)?date\.today
      | time\.(time|time_ns|localtime|gmtime|ctime|strftime|sleep)
      | random\.(?!Random$|Random\.)\w+
      | uuid\.(uuid1|uuid4|uuid6|uuid7)
      | uuid[1467]
      | os\.urandom
    )$""",
    re.VERBOSE,
)
#: Where the real clock is made, before it is handed down; `app` is the composition root.
AMBIENT_ALLOWED = {PACKAGE / "reference" / "clock.py"}
AMBIENT_HOMES = {"app"}


def dotted(node):
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
        case _:
            return "?"


def ambient(path, tree):
    """Uses of the wall clock and of global chance, called or handed on as a function."""
    bare = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"time", "random", "uuid", "os"}
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and node.id in bare):
            name = dotted(node)
            name = bare.get(name, name)
            if AMBIENT.match(name):
                yield at(path, node.lineno, name)


def test_each_library_is_imported_behind_its_door_only():
    assert [
        at(path, line, name)
        for path in modules()
        for line, name in imports(path)
        for library, doors in DOORS.items()
        if (name == library or name.startswith(f"{library}.")) and home(path) not in doors
    ] == []


def test_nobody_reads_the_wall_clock_or_draws_from_the_global_state():
    assert [
        hit
        for path in modules()
        if path not in AMBIENT_ALLOWED and home(path) not in AMBIENT_HOMES
        for hit in ambient(path, parsed(path))
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.time()",
        "from time import time as t\nt()",
        "from datetime import datetime\ndatetime.now(tz=None)",
        "import datetime\ndatetime.datetime.utcnow()",
        "import random\nrandom.choice([1])",
        "from random import choice\nchoice([1])",
        "import uuid\nfield(default_factory=uuid.uuid4)",
    ],
)
def test_ambient_uses_are_recognised(source):
    assert list(ambient(PACKAGE / "x.py", ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "import random\nr = random.Random(7)\nr.choice([1])",
        "import time\ntime.monotonic()",
        "clock.now()",
        "import uuid\nuuid.uuid5(a, b)",
    ],
)
def test_parameters_are_left_alone(source):
    assert not list(ambient(PACKAGE / "x.py", ast.parse(source)))


def test_only_commands_print_and_exit():
    banned = {"print", "sys.exit", "exit", "quit", "os._exit"}
    assert [
        at(path, node.lineno, dotted(node.func))
        for path in modules()
        if home(path) != "cli"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and dotted(node.func) in banned
        # A renderer may print to the stream it was given.
        if not any(keyword.arg == "file" for keyword in node.keywords)
    ] == []


def test_what_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {normal(re.split(r"[\[<>=~! ;]", line)[0]) for line in project["dependencies"]}
    owners = packages_distributions()
    # Released in step with what is declared, and pinned by it.
    declared |= {"pluggy", "allure-python-commons"}
    assert [
        at(path, line, name)
        for path in modules()
        for line, name in imports(path)
        if (top := name.split(".")[0]) not in {*sys.stdlib_module_names, "conformance"}
        and not declared & {normal(owner) for owner in owners.get(top, ())}
    ] == []


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
