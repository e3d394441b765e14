"""The command line as a person types it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CACHE, CLEAN, Server

ASKING = """
import sys
from pathlib import Path
from wheatpaste.cli import place
print("asking", flush=True)
while True:
    place.held(Path(sys.argv[1]))
"""


def wheatpaste(*words: str, home: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    variables = {
        **CLEAN,
        "WHEATPASTE_CACHE": str(CACHE),
        "COLUMNS": "200",
        **({"WHEATPASTE_HOME": str(home)} if home else {}),
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-m", "wheatpaste", *words], env=variables, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    wheatpaste("down", home=tmp_path / "home")


def test_up_status_env_down(home: Path) -> None:
    up = wheatpaste("up", "--port", "0", "--detach", home=home)
    assert up.returncode == 0 and "is up at http://127.0.0.1:" in up.stdout, up.stderr
    status = json.loads(wheatpaste("status", "--json", home=home).stdout)
    assert status["status"] == "running" and status["home"] == str(home)
    assert home.stat().st_mode & 0o077 == 0, "a home holds credentials and arguments: it is its user's alone"
    exports = wheatpaste("env", home=home).stdout
    assert f"export AWS_ENDPOINT_URL={status['endpoint']}" in exports
    authority = next(line.split("=", 1)[1] for line in exports.splitlines() if line.startswith("export WHEATPASTE_CA="))
    assert Path(authority).read_text().startswith("-----BEGIN CERTIFICATE-----")
    again = wheatpaste("up", "--port", "0", "--detach", home=home)
    assert again.returncode == 1 and "already runs" in again.stderr
    assert "stopped" in wheatpaste("down", home=home).stdout
    assert wheatpaste("status", home=home).returncode == 1
    assert "no server runs" in wheatpaste("down", home=home).stdout


def test_a_killed_servers_process_id_may_be_another_ones(home: Path) -> None:
    assert wheatpaste("up", "--port", "0", "--detach", home=home).returncode == 0
    file = home / "server.json"
    told = json.loads(file.read_text())
    os.kill(told["pid"], signal.SIGKILL)
    with subprocess.Popen(["sleep", "600"]) as innocent:
        file.write_text(json.dumps({**told, "pid": innocent.pid}))
        deadline = time.monotonic() + 10
        while "stopped" not in (status := wheatpaste("status", home=home).stdout):
            assert time.monotonic() < deadline, status
        assert "no server runs" in wheatpaste("down", home=home).stdout
        assert innocent.poll() is None
        up = wheatpaste("up", "--port", "0", "--detach", home=home)
        assert up.returncode == 0, up.stderr
        innocent.kill()
    assert "stopped" in wheatpaste("down", home=home).stdout


def test_a_server_starts_while_others_ask_for_it(home: Path) -> None:
    home.mkdir()
    (home / "server.json").write_text("{}")
    (home / "lock").touch()
    asking = subprocess.Popen([sys.executable, "-c", ASKING, str(home)], stdout=subprocess.PIPE)
    assert asking.stdout is not None and asking.stdout.readline()
    up = wheatpaste("up", "--port", "0", "--detach", home=home)
    asking.kill()
    asking.communicate()
    assert up.returncode == 0, up.stderr


def test_a_signed_server_says_how_the_first_key_is_made(home: Path) -> None:
    up = wheatpaste("up", "--port", "0", "--detach", "--auth", "signed", home=home)
    assert "wheatpaste aws iam create-access-key" in up.stdout, up.stderr
    shown = wheatpaste("env", home=home).stdout
    assert "export AWS_ENDPOINT_URL=" in shown and "AWS_ACCESS_KEY_ID" not in shown and "wheatpaste aws iam create-access-key" in shown


def test_a_second_server_on_the_same_home_is_refused(server: Server) -> None:
    second = wheatpaste("up", "--port", "0", "--home", str(server.home))
    assert second.returncode == 1 and "is in use by the server with process id" in second.stderr


def test_a_newer_home_is_refused(home: Path) -> None:
    home.mkdir()
    (home / "VERSION").write_text("99\n")
    found = wheatpaste("up", "--port", "0", home=home)
    assert found.returncode == 1 and "newer wheatpaste" in found.stderr


def test_a_taken_port_is_named(server: Server, home: Path) -> None:
    port = server.endpoint.rsplit(":", 1)[1]
    found = wheatpaste("up", "--port", port, home=home)
    assert found.returncode == 1 and f":{port} cannot be listened on" in found.stderr


def test_an_open_server_is_refused_on_other_addresses(home: Path) -> None:
    found = wheatpaste("up", "--port", "0", "--host", "0.0.0.0", home=home)
    assert found.returncode == 1 and "--auth signed is required" in found.stderr


@pytest.mark.parametrize("detach", [(), ("--detach",)])
def test_a_home_and_a_port_that_cannot_be_are_named(tmp_path: Path, detach: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("")
    found = wheatpaste("up", "--port", "0", *detach, home=tmp_path / "file" / "home")
    assert (found.returncode, found.stderr) == (
        1,
        f"wheatpaste: {tmp_path}/file/home cannot be the home (Not a directory): choose another --home\n",
    )
    found = wheatpaste("up", "--port", "99999", *detach, home=tmp_path / "home")
    assert found.returncode == 1 and found.stderr.startswith("wheatpaste: --port 99999 is no port: ")
    assert not (tmp_path / "home").exists()


def test_coverage_comes_from_the_registry() -> None:
    found = json.loads(wheatpaste("coverage", "--json").stdout)
    assert found["glue"]["CreateDatabase"]["class"] == "executed"
    assert found["glue"]["CreateBlueprint"] == {"class": "refused", "stored": [], "refused": []}
    assert found["iam"]["PutRolePolicy"]["class"] == "stored"
    assert {entry["class"] for operations in found.values() for entry in operations.values()} == {"executed", "stored", "refused"}
    assert "executed" in wheatpaste("coverage").stdout
    assert wheatpaste("coverage", "nothing").returncode == 1


def test_doctor_says_what_is_there(home: Path) -> None:
    found = wheatpaste("doctor", home=home, WHEATPASTE_PORT="0")
    for what in ("Python", "Java", "Spark runtime", "Spark's jars", "Port", "Disk", "Memory", "awsglue"):
        assert what in found.stdout


def test_letters_that_a_terminal_does_not_know_are_spelt() -> None:
    code = "from wheatpaste.cli import main\ntry:\n    main(['--version'])\nexcept SystemExit:\n    print('na\u00efve')"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**CLEAN, "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[1] == r"na\xefve"


def test_patterns_are_listed() -> None:
    assert "flights" in wheatpaste("patterns").stdout
    assert wheatpaste("patterns", "run", "nothing").returncode == 1


def test_the_aws_cli_works(server: Server, tmp_path: Path, unique: str) -> None:
    def aws(*words: str) -> str:
        found = wheatpaste("aws", "--home", str(server.home), *words)
        assert found.returncode == 0, found.stderr
        return found.stdout

    (tmp_path / "in").mkdir()
    for name in ("a b.txt", "ü.txt", "large.bin"):
        (tmp_path / "in" / name).write_bytes(os.urandom(20_000_000 if name == "large.bin" else 100))
    aws("s3", "mb", f"s3://{unique}")
    aws("s3", "sync", str(tmp_path / "in"), f"s3://{unique}/d/")
    assert {line.split(maxsplit=3)[3] for line in aws("s3", "ls", f"s3://{unique}/d/").splitlines()} == {"a b.txt", "ü.txt", "large.bin"}
    aws("s3", "cp", "--recursive", f"s3://{unique}/d/", str(tmp_path / "out"))
    for file in (tmp_path / "in").iterdir():
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()
    aws("glue", "create-database", "--database-input", f"Name={unique}")
    assert unique in aws("glue", "get-databases", "--query", "DatabaseList[].Name")
    aws("logs", "create-log-group", "--log-group-name", unique)
    aws("logs", "create-log-stream", "--log-group-name", unique, "--log-stream-name", "s")
    aws(
        "logs",
        "put-log-events",
        "--log-group-name",
        unique,
        "--log-stream-name",
        "s",
        "--log-events",
        f"timestamp={int(time.time() * 1000)},message=hello",
    )
    assert aws("logs", "tail", unique).rstrip().endswith(" s hello")
    assert aws("logs", "tail", unique, "--format", "short", "--filter-pattern=-hello") == ""
    aws("s3", "rb", "--force", f"s3://{unique}")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "abc", "port (WHEATPASTE_PORT) is a whole number, not 'abc'"),
        ("AUTH", "sgned", "--auth sgned is neither of open, signed"),
        ("ACCOUNT", "12", "account 12 (WHEATPASTE_ACCOUNT) is no account: it has 12 digits"),
        ("DATABASE_URL", "mysql://h/d", "WHEATPASTE_DATABASE_URL begins with mysql: it must be postgresql://"),
        ("DATABASE_URL", "postgresql://u@127.0.0.1:1/d", "the database of WHEATPASTE_DATABASE_URL cannot be used: connection failed"),
    ],
)
def test_a_wrong_setting_is_named(home: Path, name: str, value: str, said: str) -> None:
    words = ["status"] if name == "PORT" else ["up", "--port", "0"]
    found = wheatpaste(*words, home=home, **{f"WHEATPASTE_{name}": value})
    assert found.returncode == 1 and f"wheatpaste: {said}" in found.stderr, found.stderr
    assert "Traceback" not in found.stderr


def test_a_settings_file_that_is_no_toml_is_named(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("port = ")
    for words in (["status"], ["aws", "s3", "ls"], ["up", "--detach"]):
        found = wheatpaste(*words, home=home)
        assert found.returncode == 1 and f"wheatpaste: {home}/config.toml is not TOML" in found.stderr, found.stderr


@pytest.mark.parametrize("elsewhere", [{}, {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}])
def test_the_aws_cli_goes_nowhere_else(server: Server, elsewhere: dict[str, str]) -> None:
    found = wheatpaste("aws", "--home", str(server.home), "sts", "get-caller-identity", **elsewhere)
    assert json.loads(found.stdout)["Account"] == "123456789012"
    refused = wheatpaste("aws", "--home", str(server.home), "sqs", "list-queues", **elsewhere)  # version 1: own address
    assert "sqs is not implemented by wheatpaste" in refused.stderr, refused.stderr
    shown = wheatpaste("env", "--home", str(server.home), **elsewhere).stdout
    assert f"unset {' '.join(['AWS_PROFILE', 'AWS_SESSION_TOKEN', *elsewhere])}" in shown


def test_the_aws_cli_signs_with_temporary_credentials(server: Server, unique: str) -> None:
    made = server.client("sts").assume_role(RoleArn=f"arn:aws:iam::123456789012:role/{unique}", RoleSessionName="me")["Credentials"]
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
    keys = {name: made[member] for name, member in names.items()}
    found = wheatpaste("aws", "--home", str(server.home), "sts", "get-caller-identity", **keys)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["Arn"].endswith(f":assumed-role/{unique}/me")


def test_the_aws_cli_says_when_nothing_runs(home: Path) -> None:
    found = wheatpaste("aws", "s3", "ls", home=home)
    assert found.returncode == 1 and "wheatpaste up --detach" in found.stderr


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    command = f"{sys.executable} -m wheatpaste coverage --json | head -n 1"
    found = subprocess.run(
        ["bash", "-c", command], env={**CLEAN, "HOME": os.environ["HOME"]}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (found.stdout, found.stderr) == ("{\n", "")
