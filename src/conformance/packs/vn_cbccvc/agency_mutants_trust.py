"""Agencies that trust the wrong side of a TLS line, or not the right one; see `agency_mutants`."""

from __future__ import annotations

import ssl
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx

from conformance.packs.vn_cbccvc.agency_delivering import Meaning
from conformance.packs.vn_cbccvc.agency_line import GaveUp, Line, Trouble, distrust
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant
from conformance.packs.vn_cbccvc.agency_outbox import OutgoingMessage

#: OpenSSL's X509_V_ERR_*: no issuer of the certificate is known.
_NO_ISSUER: Final = frozenset({18, 19, 20, 21})
#: X509_V_FLAG_NO_CHECK_TIME; the `ssl` module has no name for it.
_WITHOUT_TIME: Final = 0x200000


def _with(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))


def _without_checks() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class _Believes(Line):
    def trust(self, ca_file: Path | None) -> ssl.SSLContext:  # noqa: ARG002
        return _without_checks()


class VerifiesNothing(AgencyMutant):
    """Takes any certificate, as many examples on the web do."""

    breaks = ("VN-CTLS-001", "VN-CTLS-002", "VN-CTLS-003")
    line_kind = _Believes


class _GivesIn(Line):
    async def transmit(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().transmit(request)
        except httpx.ConnectError as error:
            wrong = distrust(error)
            if wrong is None or wrong.verify_code not in _NO_ISSUER:
                raise
            async with httpx.AsyncClient(verify=_without_checks(), trust_env=False) as anybody:
                return await anybody.send(request)


class TurnsVerificationOffWhenItFails(AgencyMutant):
    """Tries without verification when the issuer of a certificate is unknown."""

    breaks = ("VN-CTLS-001",)
    line_kind = _GivesIn


class _AsksNoName(Line):
    def trust(self, ca_file: Path | None) -> ssl.SSLContext:
        context = _with(ca_file)
        context.check_hostname = False
        return context


class AsksForNoName(AgencyMutant):
    """Checks who signed a certificate, and not whose it is."""

    breaks = ("VN-CTLS-002",)
    line_kind = _AsksNoName


class _KnowsNoDay(Line):
    def trust(self, ca_file: Path | None) -> ssl.SSLContext:
        context = _with(ca_file)
        context.verify_flags |= _WITHOUT_TIME
        return context


class KnowsNoDay(AgencyMutant):
    """Takes a certificate that has expired."""

    breaks = ("VN-CTLS-003",)
    line_kind = _KnowsNoDay


class _SpeaksAnything(Line):
    def trust(self, ca_file: Path | None) -> ssl.SSLContext:
        context = _with(ca_file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context


class SpeaksOldTls(AgencyMutant):
    """Speaks TLS 1.0 and 1.1 with a server that knows no better."""

    breaks = ("VN-CTLS-004",)
    line_kind = _SpeaksAnything


class _LeavesTls(Line):
    async def transmit(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().transmit(request)
        except httpx.ConnectError:
            if request.url.scheme == "https":
                plain = request.url.copy_with(scheme="http")
                with suppress(httpx.TransportError):
                    await self.client.request(
                        request.method, plain, headers=request.headers, content=request.content
                    )
            raise


class FallsBackToPlainHttp(AgencyMutant):
    """Tries plain HTTP when TLS fails."""

    breaks = ("VN-CTLS-005",)
    line_kind = _LeavesTls


class _Pins(Line):
    pinned: bytes | None = None

    async def transmit(self, request: httpx.Request) -> httpx.Response:
        answer = await super().transmit(request)
        stream = answer.extensions.get("network_stream")
        line = stream.get_extra_info("ssl_object") if stream and self.pinned is None else None
        if line is not None:
            self.pinned = line.getpeercert(binary_form=True)
            context = ssl.create_default_context(cadata=self.pinned)
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            await self.client.aclose()
            self.client = httpx.AsyncClient(
                base_url=self.client.base_url, verify=context, timeout=20.0, trust_env=False
            )
        return answer


class PinsTheLeaf(AgencyMutant):
    """Trusts the one certificate that it saw first, and no other of its authority."""

    breaks = ("VN-CTLS-006",)
    line_kind = _Pins

    def meaning(self, message: OutgoingMessage, trouble: Trouble, attempt: int) -> Meaning:
        if trouble.distrusted and attempt > 2:
            raise GaveUp("another certificate")
        return super().meaning(message, trouble, attempt)


class TakesDistrustForARefusal(AgencyMutant):
    """Gives people up when the other side's certificate was wrong."""

    breaks = ("VN-CTLS-007",)

    def meaning(self, message: OutgoingMessage, trouble: Trouble, attempt: int) -> Meaning:
        if trouble.distrusted:
            return Meaning.REFUSED
        return super().meaning(message, trouble, attempt)


class _FollowsOutOfTls(Line):
    async def redirected(self, request: httpx.Request, answer: httpx.Response) -> Trouble:
        location = answer.headers["location"]
        if request.url.scheme == "https" and location.startswith("http:"):
            headers = {"Authorization": request.headers["authorization"]}
            with suppress(httpx.TransportError):
                await self.client.post(location, headers=headers, content=request.content)
        return await super().redirected(request, answer)


class FollowsARedirectOutOfTls(AgencyMutant):
    """Follows a redirect to plain HTTP with its token and its people."""

    breaks = ("VN-CTLS-008",)
    line_kind = _FollowsOutOfTls


TRUST_MUTANTS: tuple[type[AgencyMutant], ...] = (
    VerifiesNothing,
    TurnsVerificationOffWhenItFails,
    AsksForNoName,
    KnowsNoDay,
    SpeaksOldTls,
    FallsBackToPlainHttp,
    PinsTheLeaf,
    TakesDistrustForARefusal,
    FollowsARedirectOutOfTls,
)
