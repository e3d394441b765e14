"""From the text of a Spark error to its cause."""

import pytest

from wheatpaste_driver.report import cause, first_paragraph, java_cause, python_cause

JOB_ABORTED = """An error occurred while calling o91.parquet.
: org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing rows to s3://b/x. SQLSTATE: 58030
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.taskFailedWhileWritingRowsError(QueryExecutionErrors.scala:776)
Caused by: org.apache.spark.SparkArithmeticException: [DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.lang.ArithmeticException: by zero
\t... 1 more
"""
UDF = """An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "/tmp/job.py", line 4, in f
    return {}[x]
           ~~^^^
KeyError: 7

"""
ANALYSIS = """[TABLE_OR_VIEW_NOT_FOUND] The table or view `a`.`b` cannot be found. SQLSTATE: 42P01; line 1 pos 14;
'Project [*]
+- 'UnresolvedRelation [a, b], [], false
"""

HEADERS = """An error occurred while calling o9.count.
: org.apache.spark.SparkException: Job aborted due to stage failure: Lost task 0.3 in stage 1.0: java.lang.IllegalArgumentException: x
\tat org.apache.spark.scheduler.DAGScheduler.abortStage(DAGScheduler.scala:1)
Caused by: java.lang.IllegalArgumentException: Number of column in CSV header is not equal to number of fields in the schema:
 Header length: 2, schema size: 3
CSV file: s3://b/ch/1.csv
\tat org.apache.spark.sql.catalyst.csv.CSVHeaderChecker.checkHeaderColumnNames(CSVHeaderChecker.scala:1)
\t... 1 more
"""
MISMATCH = """An error occurred while calling o9.showString.
: org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error while reading file s3://b/il/2.parquet.  SQLSTATE: KD001
\tat org.apache.spark.sql.X.y(X.scala:1)
Caused by: org.apache.spark.sql.SchemaColumnConvertNotSupportedException: column: [a], physicalType: INT64, logicalType: int
\tat org.apache.spark.sql.X.z(X.scala:2)
"""

CRASHED = """An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.spark.SparkException: Job aborted due to stage failure
\tat org.apache.spark.X.y(X.scala:1)
Caused by: org.apache.spark.SparkException: Python worker exited unexpectedly (crashed). Consider x
\tat org.apache.spark.X.z(X.scala:2)
Caused by: java.io.EOFException
\tat java.base/java.io.DataInputStream.readInt(Unknown Source)
"""

IN_A_BATCH = f"""[STREAM_FAILED] Query [id = a, runId = b] terminated with exception: An exception was raised by the Python Proxy.
Traceback (most recent call last):
  File "/x/awsglue/_batches.py", line 62, in run
    if not batch.isEmpty():
           ^^^^^^^^^^^^^^^
py4j.protocol.Py4JJavaError: {JOB_ABORTED}"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (JOB_ABORTED, ("ArithmeticException", "by zero")),
        (": java.lang.OutOfMemoryError: Java heap space\n\tat x", ("OutOfMemoryError", "Java heap space")),
        ("An error\n: java.lang.NullPointerException\n\tat x", ("NullPointerException", "java.lang.NullPointerException")),
        (UDF, ("KeyError", "7")),
        (CRASHED, ("SparkException", "Python worker exited unexpectedly (crashed). Consider x")),
        (
            HEADERS,
            (
                "IllegalArgumentException",
                "Number of column in CSV header is not equal to number of fields in the schema: Header length: 2, schema size: 3 "
                "CSV file: s3://b/ch/1.csv",
            ),
        ),
        (
            MISMATCH,
            (
                "SchemaColumnConvertNotSupportedException",
                "column: [a], physicalType: INT64, logicalType: int (in the file s3://b/il/2.parquet)",
            ),
        ),
    ],
)
def test_java_cause(text: str, expected: tuple[str, str]) -> None:
    assert java_cause(text) == expected


def test_python_cause() -> None:
    assert python_cause(UDF) == ("KeyError", "7")
    assert python_cause(IN_A_BATCH) == ("ArithmeticException", "by zero")
    assert python_cause(ANALYSIS) is None


def test_what_hides_behind_a_context_that_was_never_made() -> None:
    try:
        try:
            raise ValueError("no such plugin")
        except ValueError:
            None._jsc  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        assert cause(error) == ("ValueError", "no such plugin")


def test_first_paragraph_has_no_plan() -> None:
    expected = "[TABLE_OR_VIEW_NOT_FOUND] The table or view `a`.`b` cannot be found. SQLSTATE: 42P01; line 1 pos 14"
    assert first_paragraph(ANALYSIS) == expected
