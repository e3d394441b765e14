"""Interactive sessions on real drivers, through boto3."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import wait_for

pytestmark = pytest.mark.spark
ROLE = "arn:aws:iam::123456789012:role/GlueSessions"
SMALL = {"WorkerType": "G.1X", "NumberOfWorkers": 2}
OVER = ("AVAILABLE", "CANCELLED", "ERROR")


class Notebook:
    """A session and its cells."""

    def __init__(self, glue: Any, name: str, **members: Any) -> None:
        self.glue, self.name = glue, name
        command = {"Name": "glueetl", "PythonVersion": "3"}
        self.created = glue.create_session(**{"Id": name, "Role": ROLE, "Command": command, **SMALL, **members})["Session"]

    def session(self) -> dict[str, Any]:
        found: dict[str, Any] = self.glue.get_session(Id=self.name)["Session"]
        return found

    def until(self, status: str, seconds: float = 150.0) -> dict[str, Any]:
        """Wait until the session is in this status; fails when it ends in another."""

        def look() -> dict[str, Any] | None:
            found = self.session()
            assert found["Status"] in (status, "PROVISIONING", "READY", "STOPPING"), found
            return found if found["Status"] == status else None

        found: dict[str, Any] = wait_for(look, seconds=seconds)
        return found

    def start(self, code: str) -> int:
        return int(self.glue.run_statement(SessionId=self.name, Code=code)["Id"])

    def statement(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.glue.get_statement(SessionId=self.name, Id=number)["Statement"]
        return found

    def ended(self, number: int, seconds: float = 90.0) -> dict[str, Any]:
        """Wait for a statement's end."""

        def look() -> dict[str, Any] | None:
            found = self.statement(number)
            return found if found["State"] in OVER else None

        found: dict[str, Any] = wait_for(look, seconds=seconds)
        return found

    def running(self, number: int) -> None:
        wait_for(lambda: self.statement(number)["State"] == "RUNNING", seconds=30)

    def cell(self, code: str) -> str:
        """Run it; what it said. Fails when it did not end well."""
        ended = self.ended(self.start(code))
        assert (ended["State"], ended["Output"]["Status"]) == ("AVAILABLE", "ok"), ended
        return str(ended["Output"]["Data"]["TextPlain"])


def refused(call: Callable[..., Any], **members: Any) -> tuple[str, str]:
    """Code and message of the call's error."""
    with pytest.raises(ClientError) as error:
        call(**members)
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


@pytest.fixture(scope="module")
def book(client: Callable[..., Any]) -> Iterator[Notebook]:
    """One session for all tests that leave it whole."""
    made = Notebook(client("glue"), f"shared/{time.time_ns()}", Tags={"team": "data"}, IdleTimeout=30)
    assert made.created["Status"] == "PROVISIONING"
    made.until("READY")
    yield made
    made.glue.stop_session(Id=made.name)
    assert made.until("STOPPED")["DPUSeconds"] > 0
    made.glue.delete_session(Id=made.name)
    assert refused(made.glue.get_session, Id=made.name)[0] == "EntityNotFoundException"


def test_one_namespace(book: Notebook) -> None:
    assert book.cell("import math\nx = 20\ndef double(n): return 2 * n") == ""
    assert book.cell("print('said')\ndouble(x) + 2") == "said\n42"
    assert book.cell("_ + 1") == "43"
    assert book.cell("import sys\nprint('to stderr', file=sys.stderr)\nNone") == "to stderr"
    assert book.cell("__name__, sc is spark.sparkContext") == "('__main__', True)"


def test_a_dynamic_frame_and_a_lambda(book: Notebook) -> None:
    book.cell(
        "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\nfrom pyspark.context import SparkContext\n"
        "glueContext = GlueContext(SparkContext.getOrCreate())\nspark = glueContext.spark_session"
    )
    book.cell("factor = 3\ndef times(n): return n * factor")
    book.cell("frame = DynamicFrame.fromDF(spark.createDataFrame([(1, 'a'), (2, 'b')], ['id', 'name']), glueContext, 'f')")
    assert book.cell("frame.count()") == "2"
    assert '"name": "b"' in book.cell("frame.show()")
    assert book.cell("sorted(spark.sparkContext.parallelize([1, 2]).map(times).collect())") == "[3, 6]"


def test_the_catalog_and_the_store(book: Notebook, client: Callable[..., Any], unique: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    client("glue").create_database(DatabaseInput={"Name": unique, "LocationUri": f"s3://{unique}/db/"})
    book.cell(f"spark.range(5).write.saveAsTable('{unique}.t')")
    assert client("glue").get_table(DatabaseName=unique, Name="t")["Table"]["StorageDescriptor"]["Location"].startswith(f"s3://{unique}")
    assert "|               5|" in book.cell(f'spark.sql("select count(*) counted_over_all from {unique}.t").show()')


def test_an_error_names_its_cause(book: Notebook) -> None:
    ended = book.ended(book.start("print('before')\ndef f():\n    return {}['missing']\nf()"))
    told = ended["Output"]
    assert (ended["State"], told["Status"], told["ErrorName"], told["ErrorValue"]) == ("AVAILABLE", "error", "KeyError", "'missing'")
    trace = "".join(told["Traceback"])
    assert "return {}['missing']" in trace and "wheatpaste" not in trace
    assert told["Data"]["TextPlain"] == "before"
    bad = book.ended(book.start("x = ("))
    assert bad["Output"]["ErrorName"] == "SyntaxError"
    assert book.ended(book.start("import sys; sys.exit(3)"))["Output"]["ErrorName"] == "SystemExit"
    missing = book.ended(book.start("spark.table('nothing.here')"))["Output"]
    assert missing["ErrorName"] == "AnalysisException" and "TABLE_OR_VIEW_NOT_FOUND" in missing["ErrorValue"]
    assert book.cell("'alive'") == "'alive'"


@pytest.mark.parametrize(
    "code",
    [
        "import time\nwhile True: time.sleep(0.01)",
        "spark.range(10_000).repartition(8).rdd.map(lambda r: __import__('time').sleep(1)).count()",
        "import time\nwhile True:\n    try: time.sleep(60)\n    except Exception: pass",
    ],
)
def test_cancel(book: Notebook, code: str) -> None:
    number = book.start(code)
    behind = book.start("'behind'")
    dropped = book.start("'dropped'")
    book.running(number)
    assert [book.statement(each)["State"] for each in (behind, dropped)] == ["WAITING", "WAITING"]
    time.sleep(1)
    book.glue.cancel_statement(SessionId=book.name, Id=dropped)
    book.glue.cancel_statement(SessionId=book.name, Id=number)
    assert book.ended(number, seconds=20)["State"] == "CANCELLED"
    assert book.ended(behind)["Output"]["Data"]["TextPlain"] == "'behind'"
    assert book.ended(dropped)["State"] == "CANCELLED"
    assert book.cell("spark.range(3).count()") == "3"
    listed = {each["Id"]: each["State"] for each in book.glue.list_statements(SessionId=book.name)["Statements"]}
    assert [listed[each] for each in (number, behind, dropped)] == ["CANCELLED", "AVAILABLE", "CANCELLED"]


def test_much_is_said(book: Notebook) -> None:
    said = book.cell("print('x' * (3 << 20))")
    assert len(said) < 1_100_000 and said.endswith(f"[{(2 << 20) + 1} more characters are in the session's log]")
    assert book.ended(book.start("input()"))["Output"]["ErrorName"] == "EOFError"


def test_any_way_of_saying_it(book: Notebook) -> None:
    assert book.cell(r"print('half \udc80 of it')") == r"half \udc80 of it"
    assert book.cell("import sys\nsys.stdout.buffer.write('ü'.encode())\nsys.stdout.writelines(['b', 'c'])") == "übc"
    assert book.cell("sys.stdout.close()\nsys.stdout = None") == ""
    assert book.cell("print('said all the same')") == "said all the same"
    trace = book.ended(book.start("x = ("))["Output"]["Traceback"]
    assert [line for line in trace if "File " in line] == [trace[0]] and "<statement" in trace[0]


def test_a_handler_of_an_earlier_statement(book: Notebook) -> None:
    book.cell("import logging, sys\nlog = logging.getLogger('mine')\nlog.addHandler(logging.StreamHandler(sys.stdout))\nlog.warning('one')")
    assert book.cell("log.warning('two')") == "two"


def test_errors_that_would_end_it(book: Notebook) -> None:
    told = book.ended(book.start("class E(Exception):\n    def __str__(self): return 1 / 0\nraise E"))["Output"]
    assert told["ErrorName"] == "E" and "__str__ raised ZeroDivisionError" in told["ErrorValue"]
    assert book.ended(book.start("raise ValueError('a \\udc80 b')"))["Output"]["ErrorValue"] == "a ? b"
    assert book.cell("'alive'") == "'alive'"


def test_a_forked_child_answers_nothing(book: Notebook) -> None:
    ends = ("sys.exit(0)", "raise ValueError", "pass")
    code = (
        "import os, sys, time\nif not os.fork():\n    {}\n"
        "else:\n    code = os.waitstatus_to_exitcode(os.wait()[1])\n    time.sleep(1)\n    print(code)"
    )
    told = [book.ended(book.start(code.format(end)))["Output"] for end in ends]
    assert [(each["Status"], each["Data"]["TextPlain"]) for each in told] == [("ok", "0"), ("ok", "1"), ("ok", "0")]


def test_its_output_is_in_the_log(book: Notebook, client: Callable[..., Any]) -> None:
    book.cell("print('for the log too')")
    where = {"logGroupName": "/aws-glue/sessions/output", "logStreamName": book.name, "startFromHead": True}

    def look() -> bool:
        return "for the log too" in [each["message"] for each in client("logs").get_log_events(**where)["events"][-20:]]

    assert wait_for(look, seconds=20)


def test_what_it_shows(book: Notebook) -> None:
    shown = book.session()
    assert ("Timeout" in shown, shown["IdleTimeout"]) == (False, 30)  # the model's Session has no Timeout
    assert (shown["GlueVersion"], shown["MaxCapacity"], shown["Role"]) == ("6.0", 2.0, ROLE)
    assert book.name in book.glue.list_sessions(Tags={"team": "data"})["Ids"]
    assert book.name not in book.glue.list_sessions(Tags={"team": "other"})["Ids"]


def test_refusals(book: Notebook) -> None:
    glue, command = book.glue, {"Name": "glueetl", "PythonVersion": "3"}
    assert refused(glue.get_session, Id="none")[0] == "EntityNotFoundException"
    assert refused(glue.run_statement, SessionId="none", Code="1")[0] == "EntityNotFoundException"
    assert refused(glue.get_statement, SessionId=book.name, Id=9999)[0] == "EntityNotFoundException"
    assert refused(glue.delete_session, Id=book.name)[0] == "IllegalSessionStateException"
    again = {"Id": book.name, "Role": ROLE, "Command": command}
    assert refused(glue.create_session, **again)[0] == "AlreadyExistsException"
    ray = {**again, "Id": "ray", "Command": {"Name": "glueray"}}
    assert "Command.Name=glueray" in refused(glue.create_session, **ray)[1]
    assert "SPARK_CONNECT" in refused(glue.create_session, **{**again, "Id": "connect", "SessionType": "SPARK_CONNECT"})[1]
    scala = {**again, "Id": "scala", "DefaultArguments": {"--session-language": "scala"}}
    assert "--session-language=scala" in refused(glue.create_session, **scala)[1]
    assert refused(glue.create_session, **{**again, "Id": "shell", "Command": {"Name": "pythonshell"}})[0] == "InvalidInputException"
    none = {**again, "Id": "none", "WorkerType": "G.1X", "NumberOfWorkers": 0}
    assert refused(glue.create_session, **none) == ("InvalidInputException", "NumberOfWorkers must be 1 or more, not 0")
    assert refused(glue.get_session, Id="ray")[0] == "EntityNotFoundException"


def test_a_missing_file_fails_it(client: Callable[..., Any], unique: str) -> None:
    book = Notebook(client("glue"), unique, DefaultArguments={"--extra-py-files": f"s3://{unique}/none.py"})
    ended = book.until("FAILED")
    assert f"--extra-py-files s3://{unique}/none.py cannot be read" in ended["ErrorMessage"]
    told = refused(book.glue.run_statement, SessionId=unique, Code="1")
    assert told == ("IllegalSessionStateException", f"Session {unique} is in FAILED status, not READY")
    assert refused(book.glue.stop_session, Id=unique)[0] == "IllegalSessionStateException"


def driver_of(book: Notebook) -> int:
    return int(book.cell("import os\nos.getpid()"))


def test_ends_that_are_no_ones_wish(own_server: Callable[..., Any]) -> None:
    """Idle timeout, kill -9 of a driver, of the server: each ends the session with its reason, and its statements."""
    server = own_server("--warm", "0")
    glue = server.client("glue")
    idle = Notebook(glue, "idle", IdleTimeout=1)
    killed = Notebook(glue, "killed")
    killed.until("READY")
    pid = driver_of(killed)
    running, waiting = killed.start("import time\ntime.sleep(600)"), killed.start("1")
    killed.running(running)
    os.kill(pid, signal.SIGKILL)
    assert "SIGKILL" in killed.until("FAILED", seconds=30)["ErrorMessage"]
    assert [killed.statement(each)["State"] for each in (running, waiting)] == ["ERROR", "CANCELLED"]
    assert "SIGKILL" in killed.statement(running)["Output"]["ErrorValue"]
    assert "idle for 1 minutes" in idle.until("TIMEOUT", seconds=150)["ErrorMessage"]

    marks = server.home / "marks"
    orphan = Notebook(glue, "orphan")
    orphan.until("READY")
    pid = driver_of(orphan)
    number = orphan.start(f"import time\nopen({str(marks)!r}, 'a').write('x')\ntime.sleep(600)")
    wait_for(marks.exists)
    server.kill()
    wait_for(lambda: not Path(f"/proc/{pid}").exists(), seconds=30)
    orphan.glue = server.start().client("glue")
    assert "control plane restarted" in orphan.until("FAILED", seconds=30)["ErrorMessage"]
    assert orphan.statement(number)["State"] == "ERROR"
    assert marks.read_text() == "x"


def test_who_waits_for_a_user_holds_no_core(own_server: Callable[..., Any]) -> None:
    glue = own_server("--warm", "0", WHEATPASTE_CORES="1").client("glue")
    books = [Notebook(glue, name) for name in ("one", "other")]
    for book in books:
        book.until("READY")
    assert [book.session()["Status"] for book in books] == ["READY", "READY"], "at once, on one core"


def test_it_acts_as_its_role(client: Callable[..., Any], unique: str) -> None:
    book = Notebook(client("glue"), unique, Role=f"arn:aws:iam::123456789012:role/{unique}")
    book.until("READY")
    assert f"assumed-role/{unique}/" in book.cell("import boto3\nboto3.client('sts').get_caller_identity()['Arn']")
    book.glue.stop_session(Id=unique)
    book.until("STOPPED")


def test_a_role_that_is_none(client: Callable[..., Any], unique: str) -> None:
    wrong = {"Id": unique, "Role": "arn:aws:iam::123456789012:user/somebody", "Command": {"Name": "glueetl"}}
    code, message = refused(client("glue").create_session, **wrong)
    assert code == "ValidationException" and "role" in message
    assert refused(client("glue").get_session, Id=unique)[0] == "EntityNotFoundException"
