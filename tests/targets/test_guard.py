"""A conformance run creates records: not on a system in use."""

from __future__ import annotations

import pytest

from conformance.errors import UsageError
from conformance.targets.guard import guard, is_loopback

NATIONAL = (r"(?i)(?:^|\.)gov\.example$",)


def refused(host, *acknowledged):
    """Whether the host is refused, and if so with a remedy that names it."""
    try:
        guard(host, refused=NATIONAL, acknowledged=acknowledged)
    except UsageError as error:
        return error.value == host and f"--acknowledge-host {host}" in error.remedy
    return False


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1.2.3", "::1", "0:0:0:0:0:0:0:1", "localhost", "LocalHost", "localhost."],
)
def test_this_machine_is_always_allowed(host):
    assert is_loopback(host)
    assert not refused(host)


@pytest.mark.parametrize(
    "host",
    ["128.0.0.1", "10.0.0.1", "::2", "localhost.example", "127.0.0.1.example", "0.0.0.0", "", "x"],
)
def test_nothing_else_is_this_machine(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "prod.vendor.example",
        "api-prod.vendor.example",
        "api.production.example",
        "PRD.example",
        "hr-live.example",
        "live.hr.example",
        "prod2.example",
        "api_prod.example",
        "ｐｒｏｄ.example",
    ],
)
def test_what_looks_like_production_is_refused(host):
    assert refused(host)


@pytest.mark.parametrize(
    "host", ["gov.example", "api.gov.example", "API.GOV.EXAMPLE", "gov.example."]
)
def test_a_national_host_is_refused_however_it_is_written(host):
    assert refused(host)


@pytest.mark.parametrize(
    "host",
    [
        "test.vendor.example",
        "products.example",
        "delivery.example",
        "olive.example",
        "reprod.example",
        "gov.example.test",
        "notgov.example",
        "10.0.0.1",
        "hr-uat.example",
    ],
)
def test_other_hosts_are_not_in_the_way(host):
    assert not refused(host)


def test_the_operator_may_say_that_it_is_none():
    assert not refused("prod.example", "other.example", "PROD.example")
    assert not refused("prod.example.", "prod.example")
    assert refused("prod.example", "test.prod.example", "example", "")
