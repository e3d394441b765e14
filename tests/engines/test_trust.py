"""A child that verifies as everybody does trusts the platform's TLS, and still the world's."""

import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wheatpaste.auth.certificates import Certificates
from wheatpaste.engines.trust import PASSWORD, Trust, machine_authorities, provide

CLIENT = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_default_certs()
with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="127.0.0.1") as s:
    print(s.recv(5).decode(), len(context.get_ca_certs()))
"""


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "certificates")


@pytest.fixture
def trust(certificates: Certificates, tmp_path: Path) -> Trust:
    return provide(tmp_path / "cache", certificates.authority)


def test_python_trusts_it(certificates: Certificates, trust: Trust) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with certificates.ssl_context("127.0.0.1").wrap_socket(connection, server_side=True) as client:
            client.sendall(b"hello")

    thread = threading.Thread(target=serve)
    thread.start()
    argv = [sys.executable, "-c", CLIENT, str(listening.getsockname()[1])]
    answer = subprocess.run(argv, env=trust.environment(), capture_output=True, text=True, timeout=20, check=True).stdout.split()
    thread.join()
    listening.close()
    assert answer[0] == "hello"
    assert int(answer[1]) >= machine_authorities().count(b"BEGIN CERTIFICATE") // 2


@pytest.mark.skipif(shutil.which("keytool") is None, reason="no keytool on this machine")
def test_java_reads_the_store(trust: Trust) -> None:
    argv = ["keytool", "-list", "-keystore", str(trust.store), "-storepass", PASSWORD]
    listed = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout
    assert listed.count("trustedCertEntry") > 1


def test_it_is_made_once(certificates: Certificates, trust: Trust, tmp_path: Path) -> None:
    assert provide(tmp_path / "cache", certificates.authority) == trust
