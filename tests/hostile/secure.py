"""
Targets whose TLS is bad: each certificate has one fault, and its authority is trusted otherwise.

Real handshakes on loopback; the keys live as long as their server.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from tests.hostile.kinds import Gives, Kind, always, answer
from tests.hostile.sockets import Hostile, Line, listening

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_DAY: Final = datetime.timedelta(days=1)
_HERE: Final = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str,
    key: Key,
    issuer: str,
    issuing: Key,
    *,
    days: tuple[int, int] = (-1, 30),
    host: x509.GeneralName = _HERE,
    authority: bool = False,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * _DAY)
        .not_valid_after(now + days[1] * _DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
    )
    return builder.sign(issuing, hashes.SHA256())


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _authority() -> tuple[rsa.RSAPrivateKey, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = _certificate("Test authority", key, "Test authority", key, authority=True)
    return key, made.public_bytes(serialization.Encoding.PEM)


def _right() -> tuple[Key, x509.Certificate]:
    return _key(), _certificate("target", _key(), "Test authority", _authority()[0])


def _expired() -> tuple[Key, x509.Certificate]:
    issuing = _authority()[0]
    return _key(), _certificate("target", _key(), "Test authority", issuing, days=(-30, -1))


def _not_yet_valid() -> tuple[Key, x509.Certificate]:
    issuing = _authority()[0]
    return _key(), _certificate("target", _key(), "Test authority", issuing, days=(1, 30))


def _of_another_host() -> tuple[Key, x509.Certificate]:
    other = x509.DNSName("other.example")
    return _key(), _certificate("target", _key(), "Test authority", _authority()[0], host=other)


def _self_signed() -> tuple[Key, x509.Certificate]:
    return _key(), _certificate("target", _key(), "target", _key())


def _weak_key() -> tuple[Key, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return key, _certificate("target", key, "Test authority", _authority()[0])


def _signed_with_sha1() -> tuple[Key, x509.Certificate]:
    # No builder signs so any more: the right certificate is taken apart, told its other algorithm
    # and signed anew. Both names of it are of one length, and so are both signatures.
    authority = _authority()[0]
    right = _right()[1]
    sha256, sha1 = (bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "05"))
    told = right.tbs_certificate_bytes.replace(sha256, sha1)
    signature = authority.sign(told, padding.PKCS1v15(), hashes.SHA1())
    whole = right.public_bytes(serialization.Encoding.DER)
    whole = whole.replace(right.tbs_certificate_bytes, told).replace(sha256, sha1)
    return _key(), x509.load_der_x509_certificate(whole.replace(right.signature, signature))


def _unknown_authority() -> tuple[Key, x509.Certificate]:
    return _key(), _certificate("target", _key(), "Another authority", _key())


@contextmanager
def _with(
    made: Callable[[], tuple[Key, x509.Certificate]],
    serve: Callable[[ssl.SSLContext], AbstractContextManager[Hostile]],
) -> Iterator[Hostile]:
    key, certificate = made()
    with tempfile.TemporaryDirectory() as folder:
        chain, trusted = Path(folder, "server.pem"), Path(folder, "authority.pem")
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        trusted.write_bytes(_authority()[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A server that minds nothing: who refuses it must be the visitor.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(chain)
        with serve(context) as target:
            target.ca_file = str(trusted)
            yield target


def _empty_object(context: ssl.SSLContext) -> AbstractContextManager[Hostile]:
    return always(answer(b"{}"), secure=context)


def _old_protocol(context: ssl.SSLContext) -> AbstractContextManager[Hostile]:
    with warnings.catch_warnings():
        # That nobody should speak these any more is the point.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return _empty_object(context)


def _weak_cipher(context: ssl.SSLContext) -> AbstractContextManager[Hostile]:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    return _empty_object(context)


def _wants_a_certificate(context: ssl.SSLContext) -> AbstractContextManager[Hostile]:
    context.verify_mode = ssl.CERT_REQUIRED
    return _empty_object(context)


def _cut_after_handshake(context: ssl.SSLContext) -> AbstractContextManager[Hostile]:
    return listening(Line.reset, secure=context)


def _silent_after_handshake(context: ssl.SSLContext) -> AbstractContextManager[Hostile]:
    return listening(Line.hold, secure=context)


@contextmanager
def _as_https(serve: Callable[[], AbstractContextManager[Hostile]]) -> Iterator[Hostile]:
    with serve() as target:
        target.url = target.url.replace("http:", "https:", 1)
        yield target


def _greets(data: bytes) -> AbstractContextManager[Hostile]:
    def misbehave(line: Line) -> None:
        line.send(data)
        line.finish()

    return listening(misbehave, greets_first=True)


#: A handshake record of 16 KB that holds nothing of a handshake.
_GARBAGE: Final = b"\x16\x03\x03\x40\x00" + bytes(range(256)) * 64

_REFUSED: Final = {
    "TLS: expired": partial(_with, _expired, _empty_object),
    "TLS: not yet valid": partial(_with, _not_yet_valid, _empty_object),
    "TLS: wrong host": partial(_with, _of_another_host, _empty_object),
    "TLS: self-signed": partial(_with, _self_signed, _empty_object),
    "TLS: weak key": partial(_with, _weak_key, _empty_object),
    "TLS: signed with SHA-1": partial(_with, _signed_with_sha1, _empty_object),
    "TLS: unknown authority": partial(_with, _unknown_authority, _empty_object),
    "TLS: 1.1 at most": partial(_with, _right, _old_protocol),
    "TLS: weak cipher": partial(_with, _right, _weak_cipher),
    "TLS: wants a certificate": partial(_with, _right, _wants_a_certificate),
    "TLS: cut after the handshake": partial(_with, _right, _cut_after_handshake),
    "TLS: silent after the handshake": partial(_with, _right, _silent_after_handshake),
    "TLS: plain HTTP": partial(_as_https, partial(always, answer(b"{}"))),
    "TLS: garbage": partial(_as_https, partial(_greets, _GARBAGE)),
    "TLS: no handshake": partial(_as_https, partial(listening, Line.hold, greets_first=True)),
    "TLS: handshake cut": partial(_as_https, partial(listening, Line.reset, greets_first=True)),
}

KINDS: Final = (
    *(Kind(name=name, gives=Gives.NOTHING, serve=serve) for name, serve in _REFUSED.items()),
    # Nothing is wrong here: without it, all the others might fail for another reason.
    Kind(
        name="TLS: always {}",
        gives=Gives.ANSWER,
        serve=partial(_with, _right, _empty_object),
    ),
)
