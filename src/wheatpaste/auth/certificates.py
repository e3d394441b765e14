"""A certificate authority per home: what the PostgreSQL front's TLS is signed with, and what clients are told to trust."""

import os
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

VALID = timedelta(days=3650)


class Certificates:
    """Makes the authority at its first use, and a certificate per host name or address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def authority(self) -> Path:
        """The authority's certificate (PEM), made if need be."""
        with self._lock:
            return self._authority()

    def ssl_context(self, host: str) -> ssl.SSLContext:
        """A server context whose certificate names ``host`` and ``localhost``."""
        with self._lock:
            if host not in self._contexts:
                self._authority()
                certificate, key = self._folder / f"{host}.pem", self._folder / f"{host}.key"
                if not certificate.exists():
                    self._issue(host, certificate, key)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate, key)
                self._contexts[host] = context
            return self._contexts[host]

    def _authority(self) -> Path:
        path, key_path = self._folder / "ca.pem", self._folder / "ca.key"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = _new_key()
            name = _name("wheatpaste local authority")
            _write(key_path, _key_pem(key))
            _write(path, _pem(_builder(name, name, key.public_key(), authority=True), key))
        return path

    def _issue(self, host: str, path: Path, key_path: Path) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        authority = x509.load_pem_x509_certificate((self._folder / "ca.pem").read_bytes())
        authority_key: Any = load_pem_private_key((self._folder / "ca.key").read_bytes(), None)
        key = _new_key()
        names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName("*.localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        try:
            names.append(x509.IPAddress(ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
        builder = _builder(_name(host), authority.subject, key.public_key(), authority=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(list(dict.fromkeys(names))), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        _write(key_path, _key_pem(key))
        _write(path, _pem(builder, authority_key))


def _new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: Any, issuer: Any, public_key: Any, *, authority: bool) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: F401 - registers the key type

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
    )
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + VALID)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = builder.add_extension(usage, critical=True)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _key_pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem


def _pem(builder: Any, key: Any) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    pem: bytes = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    return pem


def _write(path: Path, content: bytes) -> None:
    """Write a file for its owner only, whole or not at all."""
    temporary = path.with_suffix(".tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
