"""conformance.toml: every mistake is named with its line, and no secret stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.model.report import Implementation
from conformance.model.requirement import Role
from conformance.targets.bed_settings import BedSettings
from conformance.targets.settings import claim, target
from conformance.targets.tables import line_of

WHOLE = """\
# Ours.
[target.staging]
locator = "https://staging.example/api"
environment = "test"
timeout = 20
requests_per_second = 4.5
ca_file = "ca.pem"

[target.staging.implementation]
organisation = "Vendor"
name = "HR"
version = "4.2.1"

[target.staging.credentials.primary]
client_id = "H98"
client_secret = { env = "THE_SECRET" }

[target.staging.credentials.second]
client_id = "H99"
client_secret = { command = "COMMAND" }

[target.staging.grants]
subtree_root = "H98"
since = 2026-01-01
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "conformance.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(act):
    with pytest.raises(UsageError) as caught:
        act()
    return caught.value


def test_a_whole_table_is_read(written, monkeypatch):
    monkeypatch.setenv("THE_SECRET", "from the environment")
    found = target("staging", written(WHOLE.replace("COMMAND", "echo from a command")))
    assert found.locator == "https://staging.example/api"
    assert (found.environment, found.timeout, found.pace) == ("test", 20.0, 4.5)
    assert found.implementation == Implementation(organisation="Vendor", name="HR", version="4.2.1")
    assert found.credentials == {
        "primary": {"client_id": "H98", "client_secret": "from the environment"},
        "second": {"client_id": "H99", "client_secret": "from a command"},
    }
    assert found.grants == {"subtree_root": "H98", "since": "2026-01-01"}


def test_little_is_needed(written):
    found = target("a", written('target.a.locator = "reference"'))
    assert (found.locator, found.timeout, found.pace) == ("reference", 10.0, 0.0)
    assert (found.credentials, found.grants, found.implementation) == ({}, {}, None)


TESTBED = """\
[target.pushing]
locator = "listen:8099"

[target.pushing.testbed]
host = "127.0.0.2"
names = ["bed.example"]
port = 8443
https = true
client_ca_file = "CA"
base_url = "https://platform.example/nation/"
ignored_headers = ["X-Hop"]
deadline = 120
quiet = 2.5
page_port = 8100
time_hook = "./set-clock {instant}"

[target.pushing.testbed.required_headers]
X-Platform = "p1"
X-Trace = ""
"""


def test_the_test_beds_own_part_is_read(written, tmp_path):
    ca = tmp_path / "ca.pem"
    ca.write_text("a certificate")

    found = target("pushing", written(TESTBED.replace("CA", str(ca)))).testbed

    assert found == BedSettings(
        host="127.0.0.2",
        port=8443,
        names=("bed.example",),
        https=True,
        client_certificate=True,
        client_ca_file=str(ca),
        base_url="https://platform.example/nation",
        required_headers={"x-platform": "p1", "x-trace": ""},
        ignored_headers=frozenset({"x-hop"}),
        deadline=120.0,
        quiet=2.5,
        page_port=8100,
        time_hook="./set-clock {instant}",
    )


@pytest.mark.parametrize("guide", ["testbed.md", "vi/testbed.md"])
def test_the_settings_in_the_guide_are_read(written, guide):
    text = (Path(__file__).parents[2] / "docs" / guide).read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]

    found = target("pushing", written(block))

    assert found.implementation.name == "Example HR"
    assert (found.testbed.host, found.testbed.page_port) == ("0.0.0.0", 8100)


@pytest.mark.parametrize(
    ("body", "line", "named"),
    [
        ("", 2, "locator: is missing"),
        ("locator = 3", 3, "locator: must be a text"),
        ('locator = "x"\ntimeuot = 3', 4, "timeuot: no such key"),
        ('locator = "x"\nenvironment = "production"', 4, "environment: a run creates records"),
        ('locator = "x"\ntimeout = "3"', 4, "timeout: must be a number"),
        ('locator = "x"\ntimeout = 0', 4, "timeout: must be a number above 0"),
        ('locator = "x"\ntimeout = true', 4, "timeout: must be a number"),
        ('locator = "x"\ntimeout = nan', 4, "timeout: must be a number"),
        ('locator = "x"\ntimeout = inf', 4, "timeout: must be a number"),
        ('locator = "x"\nrequests_per_second = -1', 4, "must be a number, 0 or more"),
        ('locator = "x"\nrequests_per_second = nan', 4, "must be a number, 0 or more"),
        ('locator = "x"\nca_file = []', 4, "ca_file: must be a text"),
        ('locator = "x"\ngrants = "all"', 4, "[target.a.grants] must be a table"),
        ('locator = "x"\ncredentials = 3', 4, "[target.a.credentials] must be a table"),
        ('locator = "x"\n[target.a.implementation]\nname = "n"', 4, "organisation: is missing"),
        ('locator = "x"\nimplementation = { name = 3, organisation = "o" }', 4, "name: must be"),
        ('locator = "x"\nimplementation.nmae = "n"', 4, "nmae: no such key"),
        ('locator = "x"\n[target.a.credentials]\nprimary = "x"', 5, "must be a table"),
        ('locator = "x"\n[target.a.testbed]\nhttsp = true', 5, "httsp: no such key"),
        ('locator = "x"\n[target.a.testbed]\nhttps = 1', 5, "https: must be true or false"),
        ('locator = "x"\n[target.a.testbed]\nquiet = 0', 5, "quiet: must be a number above 0"),
        ('locator = "x"\n[target.a.testbed]\npage_port = 70000', 5, "page_port: must be a port"),
        ('locator = "x"\n[target.a.testbed]\nport = 1.5', 5, "port: must be a port"),
        ('locator = "x"\n[target.a.testbed]\nbase_url = "bed"', 5, "base_url: must be an address"),
        ('locator = "x"\n[target.a.testbed]\nclient_ca_file = "no"', 5, "no such file"),
        ('locator = "x"\n[target.a.testbed]\nclient_certificate = true', 5, "needs TLS"),
        ('locator = "x"\n[target.a.testbed]\ntime_hook = "./set"', 5, "names no {instant}"),
        ('locator = "x"\n[target.a.testbed.required_headers]\nx-a = 3', 5, "x-a: must be a text"),
        (
            'locator = "x"\n[target.a.credentials.primary] # ours\nclient_id = 3',
            5,
            "client_id: must be a text, { env = … }",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(written, body, line, named):
    path = written(f"# a\n[target.a]\n{body}\n")
    error = refused(lambda: target("a", path))
    assert error.where == f"{path}:{line}"
    assert named in error.what
    assert error.remedy


@pytest.mark.parametrize(
    "field",
    ["client_secret", "clientSecret", "PASSWORD", "api_key", "access_token", "ClientKey"],
)
def test_a_secret_in_clear_is_refused_and_not_repeated(written, field):
    path = written(f'[target.a]\nlocator = "x"\n[target.a.credentials.primary]\n{field} = "canary"')
    error = refused(lambda: target("a", path))
    assert error.where == f"{path}:4"
    assert "may not be written into a file" in error.what
    assert "canary" not in str(error)
    assert 'env = "NAME"' in error.remedy


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_holds_nothing_is_named(written, monkeypatch, value):
    monkeypatch.delenv("THE_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("THE_SECRET", value)
    path = written(WHOLE)
    error = refused(lambda: target("staging", path))
    assert (error.where, error.value) == (f"{path}:16", "THE_SECRET")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("no-such-command-at-all", "FileNotFoundError"),
        ("false", "CalledProcessError"),
        ("true", "nothing printed"),
        ("", "IndexError"),
        ("echo 'unclosed", "ValueError"),
        ("a\\u0000b", "ValueError"),
    ],
)
def test_a_command_that_gives_no_secret_is_named(written, monkeypatch, command, why):
    monkeypatch.setenv("THE_SECRET", "x")
    path = written(WHOLE.replace("COMMAND", command))
    error = refused(lambda: target("staging", path))
    assert error.where == f"{path}:20"
    assert f"the command gave no secret ({why})" in error.what


@pytest.mark.parametrize(
    ("text", "line"), [("[target.a\n", 1), ("a = 1\nb = \n", 2), ('a = 1\nb = """x', 2)]
)
def test_what_is_not_toml_is_named_with_its_line(written, text, line):
    path = written(text)
    error = refused(lambda: target("a", path))
    assert error.where == f"{path}:{line}"
    assert "this is not TOML" in error.what


def test_the_tables_that_there_are_are_listed(written):
    path = written('[target.a]\nlocator = "x"\n[target.b]\nlocator = "y"\n')
    assert "(found: a, b)" in refused(lambda: target("c", path)).what
    assert "(found: none)" in refused(lambda: target("c", written("x = 1"))).what
    assert "(found: none)" in refused(lambda: target("c", written("[[target]]\nc = 1"))).what


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    assert refused(lambda: target("a", tmp_path / "none")).what == "no such file"
    assert "cannot be read" in refused(lambda: target("a", tmp_path)).what
    (tmp_path / "binary").write_bytes(b"\xff")
    assert "cannot be read" in refused(lambda: target("a", tmp_path / "binary")).what


# ── the claim ────────────────────────────────────────────────────────────────
def test_a_claim_is_read(written):
    path = written(
        '[implementation]\norganisation = "V"\nname = "HR"\nversion = "1"\n'
        '[claim]\nroles = ["provider", "consumer"]\nclasses = ["access"]\n'
    )
    found = claim(path)
    assert found.implementation.name == "HR"
    assert found.roles == (Role.PROVIDER, Role.CONSUMER)
    assert found.classes == ("access",)


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ('[claim]\nroles = ["provder"]', 2, "no such role"),
        ('[claim]\nroles = "provider"', 2, "must be a list of texts"),
        ("[claim]\nclasses = [1]", 2, "must be a list of texts"),
        ("[claim]\nexcuses = []", 2, "no such key"),
        ("claims = 1", 1, "no such key"),
        ("\nclaim = 1", 2, "must be a table"),
        ('[claim]\n[implementation]\nname = "x"', 2, "organisation: is missing"),
    ],
)
def test_a_mistake_in_a_claim_is_named_with_its_line(written, text, line, named):
    path = written(text)
    error = refused(lambda: claim(path))
    assert error.where == f"{path}:{line}"
    assert named in error.what


def test_lines_are_found_as_people_write_toml():
    text = '[ target . "a" ]  # x\n"key" = 1\ninner.deep = 2\n[[list]]\nkey = 3\n'
    assert line_of(text, "key", "target.a") == 2
    assert line_of(text, "inner", "target.a") == 3
    assert line_of(text, "deep", "target.a.inner") == 3
    assert line_of(text, "key", "list") == 5
    assert line_of(text, "absent", "target.a") == 1
    assert line_of(text, "absent", "nowhere.at.all") == 1
