"""
The test CA and its signers: made in the operator's state folder, trusted for tests alone.

On disk, below the state folder; each signer is made when it is first asked for:

    test-ca/1/ca.crt  ca.key              the CA whose certificate a target is asked to trust
    test-ca/1/ca.crl  ca.crl.pem          what it has revoked, as DER and as PEM
    test-ca/1/stranger.crt  stranger.key  a CA that nobody is asked to trust
    test-ca/1/tls-server.pem  tls-client.pem  key, certificate and CA of the two ends of a TLS line
    test-ca/1/tls-server-KIND.pem         a server's that a client must refuse, or that is `renewed`
    test-ca/1/NAME/authorised.pem         key, certificate and CA of a signer of organisation NAME

A new number is added when the CA has expired; signers close to expiry are replaced. All of it
stands in one place: which key, certificate and chain make a signer believable or not is one table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.crypto import certificates as make
from conformance.crypto.canonical import canonical
from conformance.crypto.jws import SigningKey, sign_detached
from conformance.crypto.state import publish_folder, replace_file
from conformance.model.json import Json

CA_NAME: Final = "Conformance Test CA - not for production"
STRANGER_NAME: Final = "Conformance Stranger CA - not for production"
#: The organisations that signers belong to when the caller names none.
ORGANISATION: Final = "Conformance Test Agency"
OTHER_ORGANISATION: Final = "Conformance Other Agency"
#: Nobody can be called by it (RFC 6761, section 6.4).
NOBODYS_NAME: Final = "somebody-else.invalid"
#: The roles that a certificate states in OU: who may approve, and who may not.
APPROVER: Final = "Approver"
CLERK: Final = "Clerk"

_CA_LIFE: Final = timedelta(days=3650)
#: Virtual clocks may stand before the day on which the CA was made.
_CA_HEAD_START: Final = timedelta(days=3650)
_LEAF_LIFE: Final = timedelta(days=30)
_LEAF_HEAD_START: Final = timedelta(days=1)
_RENEW_BEFORE: Final = timedelta(days=7)
#: How long ago the signer `expired` ended.
_LONG_OVER: Final = timedelta(days=60)
#: When the signer `future` begins.
_LONG_AHEAD: Final = timedelta(days=60)
#: From the beginning of the CA to what its list revokes; no virtual clock stands before.
_REVOKED_AFTER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """
    What sets a signer apart from `authorised`.

    Attributes:
        file: whose key and certificate it uses, "" for its own.
        issuer: `ca`, `stranger`, `impostor`, who bears the CA's name and has the stranger's key, or
            `authorised`, who is a signer and no CA.
        life: `current`, `over`, `ahead`, or `long` for the CA's own life.
        roles: the OUs of its certificate, in their order.
        part: what its organisation is called beyond the others' name.
        called: CN; `{organisation}` stands for that of the other signers.
        in_time: whether it says that it signed while its certificate lived, and was not revoked.
        offset: whether the time of signing says of which clock it is.
        demand: an extension that its header tells every verifier to know (`crit`), "" for none.
    """

    file: str = ""
    issuer: str = "ca"
    key: str = "ec"
    algorithm: str = "ES256"
    life: str = "current"
    roles: tuple[str, ...] = (APPROVER,)
    foreign: bool = False
    sha1: bool = False
    part: str = ""
    called: str = "Conformance test signer"
    timed: bool = True
    in_time: bool = False
    offset: bool = True
    demand: str = ""


#: Every signer but the first two is what its name says, and in nothing else differs from them.
_SIGNERS: Final[Mapping[str, _Kind]] = {
    "authorised": _Kind(),
    "authorised-ps256": _Kind(key="rsa-2048", algorithm="PS256"),
    "untrusted": _Kind(issuer="stranger"),
    "expired": _Kind(life="over"),
    # Its certificate lives as long as the CA, so that the list which names it need not change.
    "revoked": _Kind(life="long"),
    "other-unit": _Kind(foreign=True),
    "clerk": _Kind(roles=(CLERK,)),
    "untimed": _Kind(file="authorised", timed=False),
    "none": _Kind(file="authorised", algorithm="none"),
    "rs256": _Kind(file="authorised-ps256", key="rsa-2048", algorithm="RS256"),
    "short-key": _Kind(key="rsa-1024", algorithm="PS256"),
    "sha1": _Kind(sha1=True),
    "impostor": _Kind(issuer="impostor"),
    "backdated": _Kind(file="expired", life="over", in_time=True),
    "clockless": _Kind(file="authorised", offset=False),
    # `.1` is neither `.10` nor above it, and `.10.1` is below it.
    "like-named": _Kind(part=".1"),
    "subordinate": _Kind(part=".10.1"),
    "appointed": _Kind(issuer="authorised"),
    "future": _Kind(life="ahead"),
    "revoked-since": _Kind(file="revoked", life="long", in_time=True),
    # Names the agency of those below `.10`, and belongs to another one.
    "go-between": _Kind(foreign=True, called="Partner of {organisation}.10"),
    "assistant": _Kind(roles=(f"Not an {APPROVER}",)),
    "demanding": _Kind(file="authorised", demand="urn:conformance:unheard-of"),
    # May approve, which its certificate says behind the office to which it belongs.
    "secretary": _Kind(roles=("Office", APPROVER)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    chain: tuple[x509.Certificate, ...]
    key: SigningKey


class Authority:
    """The test CA and its signers; fulfils `model.pack.Signer`."""

    def __init__(self, *, home: Path, now: datetime, organisation: str, other: str) -> None:
        self._home = home
        self._folder = home / _folder_name(organisation)
        self._now = now
        self._organisation = organisation
        self._other = other
        self._leaves: dict[str, _Leaf] = {}
        self._anchors = (_issuer(home, "ca").certificate.public_bytes(Encoding.PEM),)
        self._revocations = (self._list(),)

    @classmethod
    def open(
        cls,
        folder: Path,
        now: datetime,
        *,
        organisation: str = ORGANISATION,
        other: str = OTHER_ORGANISATION,
    ) -> Authority:
        """
        The CA of a state folder, made there when it is missing or expired.

        Two processes that race get the same CA.

        Args:
            folder: the state folder (`state.state_folder`); created when missing.
            organisation: O of the signers' certificates.
            other: O of the signer `other-unit`, who speaks for somebody else.

        Raises:
            OSError: the folder cannot be read or written.
            ValueError: a file in it is not what this class wrote.
        """
        home = _current(folder / "test-ca", now)
        return cls(home=home, now=now, organisation=organisation, other=other)

    @property
    def trust_anchors(self) -> tuple[bytes, ...]:
        """PEM certificates that vouch for every signer but those of whom the CA knows nothing."""
        return self._anchors

    @property
    def revocations(self) -> tuple[bytes, ...]:
        """PEM revocation lists of the test CA; they name the signer `revoked`, and no other."""
        return self._revocations

    @property
    def certificate(self) -> Path:
        """The CA's certificate as a PEM file, for targets that are asked to trust it."""
        return self._home / "ca.crt"

    @property
    def crl(self) -> Path:
        """The revocation list as a DER file, for targets that read one."""
        return self._home / "ca.crl"

    @property
    def signers(self) -> tuple[str, ...]:
        """The names that `sign` knows."""
        return tuple(_SIGNERS)

    def file_of(self, signer: str) -> Path:
        """
        The PEM file (key, certificate, CA) with which software under test may sign as `signer`.

        Raises:
            KeyError: no signer of that name.
        """
        name = _SIGNERS[signer].file or signer
        self._leaf(name)
        return self._folder / f"{name}.pem"

    def tls_server(self, names: Sequence[str], kind: str = "") -> Path:
        """
        The PEM file (key, certificate, CA) of a server that answers to `names`.

        Args:
            kind: "" for the usual one; `renewed` for its successor; `unknown-authority`,
                `other-name` or `expired` for one that nobody may trust.
        """
        match kind:
            case "other-name":
                return self._tls("server-other-name", (NOBODYS_NAME,))
            case "":
                return self._tls("server", tuple(names))
            case _:
                return self._tls(f"server-{kind}", tuple(names), kind)

    def tls_client(self) -> Path:
        """The PEM file (key, certificate, CA) with which software under test may show itself."""
        return self._tls("client", ())

    def _tls(self, part: str, names: tuple[str, ...], kind: str = "") -> Path:
        path = self._home / f"tls-{part}.pem"
        begin, end = self._now - _LEAF_HEAD_START, self._now + _LEAF_LIFE
        if kind == "expired":
            begin, end = begin - _LONG_OVER, end - _LONG_OVER
        if path.exists():
            held = x509.load_pem_x509_certificate(path.read_bytes())
            if make.names_of(held) == names and self._fresh_tls(held, over=kind == "expired"):
                return path
        issuer = _issuer(self._home, "stranger" if kind == "unknown-authority" else "ca")
        key = make.new_key("ec")
        leaf = make.new_tls_leaf(
            issuer,
            key,
            common_name=f"Conformance test {part}",
            names=names,
            begin=begin,
            end=end,
        )
        chain = leaf.public_bytes(Encoding.PEM) + issuer.certificate.public_bytes(Encoding.PEM)
        replace_file(path, make.pem(key) + chain)
        return path

    def _fresh_tls(self, leaf: x509.Certificate, *, over: bool) -> bool:
        if over:
            return leaf.not_valid_after_utc < self._now
        return leaf.not_valid_before_utc <= self._now < leaf.not_valid_after_utc - _RENEW_BEFORE

    def sign(self, record: Json, *, signer: str, at: datetime) -> str:
        """
        A detached JWS with `x5c` and `sigT` over the canonical form of `record`.

        Raises:
            KeyError: no signer of that name.
            ValueError: the record has no canonical form.
        """
        kind = _SIGNERS[signer]
        leaf = self._leaf(kind.file or signer)
        if kind.in_time:
            at = self._end(leaf.chain[0]) - _LEAF_HEAD_START
        return sign_detached(
            canonical(record),
            key=leaf.key,
            chain=leaf.chain,
            at=at if kind.timed else None,
            offset=kind.offset,
            algorithm=kind.algorithm,
            demand=kind.demand,
        )

    def _end(self, leaf: x509.Certificate) -> datetime:
        """When the certificate was revoked, or else when it ends."""
        (content,) = self._revocations
        entry = x509.load_pem_x509_crl(content).get_revoked_certificate_by_serial_number(
            leaf.serial_number
        )
        return leaf.not_valid_after_utc if entry is None else entry.revocation_date_utc

    def _leaf(self, name: str) -> _Leaf:
        """A signer's key and chain; made when they are missing or close to expiry."""
        if name not in self._leaves:
            kind, path = _SIGNERS[name], self._folder / f"{name}.pem"
            content = path.read_bytes() if path.exists() else b""
            if not content or not self._fresh(kind, x509.load_pem_x509_certificate(content)):
                content = self._new_leaf(kind)
                replace_file(path, content)
            self._leaves[name] = _Leaf(
                chain=tuple(x509.load_pem_x509_certificates(content)), key=make.load_key(content)
            )
        return self._leaves[name]

    def _fresh(self, kind: _Kind, leaf: x509.Certificate) -> bool:
        begin, end = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        owners = [o.value for o in leaf.subject.get_attributes_for_oid(_O)]
        if owners != [self._owner(kind)]:
            return False
        match kind.life:
            case "over":
                return end < self._now
            case "ahead":
                return begin > self._now + _RENEW_BEFORE
            case "long":
                return True
            case _:
                return begin <= self._now < end - _RENEW_BEFORE

    def _new_leaf(self, kind: _Kind) -> bytes:
        (issuer, above), key = self._issuing(kind), make.new_key(kind.key)
        ca = issuer.certificate
        match kind.life:
            case "over":
                end = self._now - _LONG_OVER
                begin = end - _LEAF_LIFE
            case "ahead":
                begin = self._now + _LONG_AHEAD
                end = begin + _LEAF_LIFE
            case "long":
                begin, end = ca.not_valid_before_utc, ca.not_valid_after_utc
            case _:
                begin, end = self._now - _LEAF_HEAD_START, self._now + _LEAF_LIFE
        leaf = make.new_leaf(
            issuer,
            key,
            organisation=self._owner(kind),
            roles=kind.roles,
            common_name=kind.called.format(organisation=self._organisation),
            begin=begin,
            end=end,
        )
        if kind.sha1:
            leaf = make.over_sha1(leaf, issuer)
        chain = (leaf, *above)
        return make.pem(key) + b"".join(each.public_bytes(Encoding.PEM) for each in chain)

    def _issuing(self, kind: _Kind) -> tuple[make.Issuer, tuple[x509.Certificate, ...]]:
        """Who issues a signer's certificate, and the chain above it."""
        if kind.issuer == "authorised":
            signer = self._leaf(kind.issuer)
            assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
            return make.Issuer(certificate=signer.chain[0], key=signer.key), signer.chain
        issuer = _issuer(self._home, kind.issuer)
        return issuer, (issuer.certificate,)

    def _owner(self, kind: _Kind) -> str:
        return f"{self._other if kind.foreign else self._organisation}{kind.part}"

    def _list(self) -> bytes:
        """The CA's revocation list: the revoked signers of every organisation, this one's too."""
        path = self._folder / "revoked.pem"
        if not path.exists():
            # The folder comes with its revoked signer, so that of two who race one has made it.
            publish_folder(self._folder, {path.name: self._new_leaf(_SIGNERS["revoked"])})
        named = [
            x509.load_pem_x509_certificate(found.read_bytes())
            # A folder behind a dot is somebody's draft.
            for found in sorted(self._home.glob(f"[!.]*/{path.name}"))
        ]
        pem_file = self._home / "ca.crl.pem"
        content = pem_file.read_bytes() if pem_file.exists() else b""
        if content:
            held = {entry.serial_number for entry in x509.load_pem_x509_crl(content)}
            if held == {leaf.serial_number for leaf in named}:
                return content
        issuer = _issuer(self._home, "ca")
        ca = issuer.certificate
        begin, end = ca.not_valid_before_utc, ca.not_valid_after_utc
        crl = make.new_list(issuer, named, begin, end, revoked=begin + _REVOKED_AFTER)
        content = crl.public_bytes(Encoding.PEM)
        replace_file(self._home / "ca.crl", crl.public_bytes(Encoding.DER))
        replace_file(pem_file, content)
        return content


_O: Final = x509.NameOID.ORGANIZATION_NAME


def _current(home: Path, now: datetime) -> Path:
    """The folder of the newest generation that is valid at `now`, made when there is none."""
    while True:
        numbers = sorted(int(entry.name) for entry in home.glob("[0-9]*") if entry.name.isdecimal())
        for number in reversed(numbers):
            ca = _issuer(home / str(number), "ca").certificate
            if ca.not_valid_before_utc <= now < ca.not_valid_after_utc - _LEAF_LIFE:
                return home / str(number)
        # Losing the race is as good as winning it: the next turn finds the winner's.
        publish_folder(home / str(numbers[-1] + 1 if numbers else 1), _generation(now))


def _generation(now: datetime) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, common_name in (("ca", CA_NAME), ("stranger", STRANGER_NAME)):
        issuer = make.new_ca(common_name, now - _CA_HEAD_START, now + _CA_LIFE)
        files[f"{name}.key"] = make.pem(issuer.key)
        files[f"{name}.crt"] = issuer.certificate.public_bytes(Encoding.PEM)
    return files


def _issuer(generation: Path, name: str) -> make.Issuer:
    if name == "impostor":
        ca, stranger = _issuer(generation, "ca"), _issuer(generation, "stranger")
        return make.Issuer(certificate=ca.certificate, key=stranger.key)
    key = make.load_key((generation / f"{name}.key").read_bytes())
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the test CA's key is not an EC key")
    certificate = x509.load_pem_x509_certificate((generation / f"{name}.crt").read_bytes())
    return make.Issuer(certificate=certificate, key=key)


def _folder_name(organisation: str) -> str:
    """The organisation itself where it is a plain word, else a name made of it."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,60}", organisation):
        return organisation
    plain = re.sub(r"[^A-Za-z0-9]+", "-", organisation).strip("-")[:40]
    return f"{plain}-{hashlib.sha256(organisation.encode()).hexdigest()[:8]}"
