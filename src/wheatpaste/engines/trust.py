"""What a child needs to trust the platform's own certificate authority besides the world's: a PEM bundle and a Java trust store.

redshift_connector and the JDBC drivers verify the server by default; the PostgreSQL front's certificate is signed by the home's
authority. Both files hold the machine's authorities and that one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wheatpaste.engines.once import made_once

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

log = logging.getLogger(__name__)
PASSWORD = "changeit"  # Java's own default for trust stores, which hold nothing secret
PLACES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem")


@dataclass(frozen=True)
class Trust:
    bundle: Path  # PEM
    store: Path  # PKCS #12, as Java wants it

    def environment(self) -> dict[str, str]:
        return {"SSL_CERT_FILE": str(self.bundle), "PGSSLROOTCERT": str(self.bundle)}

    def java_options(self) -> list[str]:
        kind, word = "-Djavax.net.ssl.trustStoreType=PKCS12", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}"
        return [f"-Djavax.net.ssl.trustStore={self.store}", kind, word]


def provide(cache: Path, authority: Path) -> Trust:
    """Made once per authority and set of the machine's."""
    pem = machine_authorities() + b"\n" + authority.read_bytes()

    def make(draft: Path) -> None:
        (draft / "bundle.pem").write_bytes(pem)
        (draft / "store.p12").write_bytes(java_store(pem))

    folder = made_once(cache / "trust" / hashlib.sha256(pem).hexdigest()[:16], make)
    return Trust(folder / "bundle.pem", folder / "store.p12")


def machine_authorities() -> bytes:
    """The machine's own bundle, or the one that comes with botocore."""
    default = ssl.get_default_verify_paths().cafile
    for place in (os.environ.get("SSL_CERT_FILE"), default, *PLACES):
        if place and Path(place).is_file():
            return Path(place).read_bytes()
    import botocore

    return (Path(botocore.__file__).parent / "cacert.pem").read_bytes()


def java_store(pem: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    unique = {certificate.fingerprint(SHA256()): certificate for certificate in readable(pem)}
    entries = [pkcs12.PKCS12Certificate(certificate, name.hex().encode()) for name, certificate in unique.items()]
    return pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD.encode()))


def readable(pem: bytes) -> Iterator[Certificate]:
    """The certificates; old authorities of the machine that the library cannot read are left out, as every later TLS client will do."""
    from cryptography import x509

    for text in re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", pem, re.DOTALL):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of some it says that a future release will not read them
            try:
                yield x509.load_pem_x509_certificate(text)
            except ValueError as error:
                log.info("an authority of this machine is left out of Java's trust store: %s", error)
