"""What can be done about a run that failed: causes as patterns of the error's class and message, and advice (pure)."""

import re
from collections.abc import Mapping
from typing import Any

CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"OutOfMemoryError|Java heap space|GC overhead limit",
        "Memory ran out. Take a larger --worker-type, or hold less at once: no collect() or toPandas() of whole tables, more partitions "
        "(repartition), groupFiles for many small files, no cache() that is not needed.",
    ),
    (
        r"killed \(SIGKILL\)|\bMemoryError|Python worker exited unexpectedly",
        "The system killed the process, most likely for want of memory. Take a larger --worker-type, run fewer jobs at once, or hold less "
        "in Python: a collect() or toPandas() brings everything into one process.",
    ),
    (
        r"TABLE_OR_VIEW_NOT_FOUND|There is no table |NoSuchTable|[Tt]able .*not found|EntityNotFoundException.*[Tt]able",
        "The Data Catalog has no such table. `wheatpaste aws glue get-tables --database-name DATABASE` lists those that there are; run the "
        "crawler that makes it first, and look at upper and lower case: the catalog's names are lower case.",
    ),
    (
        r"SCHEMA_NOT_FOUND|NoSuchDatabase|Database .* not found|EntityNotFoundException.*[Dd]atabase",
        "The Data Catalog has no such database. `wheatpaste aws glue get-databases` lists those that there are; create it first.",
    ),
    (
        r"AccessDenied|is not authorized to perform|Access Denied|\b403\b.*Forbidden",
        "The job's role may not do this. Give the role a policy that allows the action and the resource which the message names, and see "
        "whether the bucket's own policy denies it.",
    ),
    (
        r"UNRESOLVED_COLUMN|cannot resolve|There is no field|no such struct field",
        "A column that the script names is not in the data. printSchema() just before that line shows what is there: names are spelt as in "
        "the files, a choice is a struct, and ApplyMapping drops what it does not list.",
    ),
    (
        r"AMBIGUOUS_REFERENCE",
        "Two columns have one name, or names that differ only in case, which are one to Spark: both sides of a join, or the source itself. "
        'Rename one of them, or read one side\'s by its frame: df["name"].',
    ),
    (
        r"NoSuchKey|NoSuchBucket|PATH_NOT_FOUND|Path does not exist|FileNotFoundException|The specified (?:key|bucket) does not exist",
        "There is no such object or bucket. `wheatpaste aws s3 ls s3://BUCKET/PREFIX` shows what is there: prefixes end with a slash, and "
        "keys are told apart by case.",
    ),
    (
        r"UNABLE_TO_INFER_SCHEMA|Unable to infer schema",
        "No data files were found where the script reads: a wrong prefix, an empty folder, or a bookmark that left nothing. The sources "
        "in this report say what was listed.",
    ),
    (
        r"--additional-python-modules .* cannot be installed",
        "Look at the module's name and version. The machine's own package settings (uv.toml, UV_* variables) say where modules come "
        "from; a wheel in S3 (s3://BUCKET/NAME.whl) needs no package index.",
    ),
    (
        r"No module named 'pyspark'",
        "A Python shell job has no Spark, and of awsglue only awsglue.utils. What needs Spark is a job with Command.Name=glueetl.",
    ),
    (
        r"ModuleNotFoundError|ImportError|No module named",
        "A module is not in the job's environment. Name it in --additional-python-modules, or give your own by --extra-py-files.",
    ),
    (
        r"the following arguments are required",
        "The script asks getResolvedOptions for an argument that the run was not given: pass it as --NAME VALUE, or in the job's "
        "DefaultArguments.",
    ),
    (
        r"Py4JNetworkError|JavaEnded|Answer from Java side is empty",
        "Spark's JVM ended under the script. The run's error log has its last words; the usual cause is memory: take a larger "
        "--worker-type.",
    ),
    (
        r"ClassNotFoundException|NoClassDefFoundError|DATA_SOURCE_NOT_FOUND|Failed to find data source|No suitable driver",
        "A class is not on Spark's class path. Lake formats need --datalake-formats (iceberg, delta, hudi); drivers and other libraries go "
        "into --extra-jars.",
    ),
    (
        r"NoSuchMethodError|AbstractMethodError|IncompatibleClassChangeError",
        "Two versions of one library are on the class path. Leave out jars of --extra-jars that Spark or a lake format brings itself.",
    ),
    (
        r"CAST_INVALID_INPUT|NUMBER_FORMAT|ARITHMETIC_OVERFLOW|DIVIDE_BY_ZERO|SparkArithmeticException|SparkNumberFormatException",
        "A value does not fit its type: Spark 4 (Glue 6.0) computes by ANSI SQL and raises where Spark 3 gave null. Use try_cast or "
        "try_divide for such columns, or --conf spark.sql.ansi.enabled=false to have the old way.",
    ),
    (
        r"PATH_ALREADY_EXISTS|already exists",
        'Something is there already. mode("append") or mode("overwrite") says what to do with it; AWS\'s own sinks always append.',
    ),
    (
        r"VersionMismatchException",
        "Another run of this job moved the bookmark meanwhile. Set MaxConcurrentRuns to 1 for jobs with bookmarks.",
    ),
    (
        r"SchemaColumnConvertNotSupported|CANNOT_MERGE|FAILED_READ_FILE|COLUMN_DATA_TYPE_MISMATCH|Parquet column cannot be converted",
        "Files of one source have different types for a column. Read each kind of them by a source of its own, cast the column "
        "(ApplyMapping, resolveChoice) and union them, or write the old ones anew: Parquet is read by one schema.",
    ),
    (
        r"Connection refused|Communications link failure|UnknownHostException|Connection timed out|password authentication failed",
        "The database cannot be reached or does not know the user. Test its connection with `wheatpaste aws glue test-connection`, or look "
        "at host, port, user and password.",
    ),
    (
        r"PicklingError|cannot pickle|CONTEXT_ONLY_VALID_ON_DRIVER",
        "A function that runs in Spark's workers uses something of the driver (the SparkContext, a client, a connection). Make it inside "
        "the function, or once per partition.",
    ),
    (r"^timed out|timed out after", "The run reached its Timeout. Give the job a longer one (minutes), or more workers."),
    (r"control plane restarted", "Start the run again: the server that ran it was stopped. MaxRetries does so by itself."),
    (r"SyntaxError|IndentationError", "The script is no valid Python; the line is the one above."),
)


_SOURCE = re.compile(r" \(\S+, line \d+: .*\)$", re.MULTILINE)
"""The script's line in a run's message: its words are no cause."""


def advice(message: str, error: Mapping[str, Any] | None = None) -> list[str]:
    """What to do about a failure, by its message; at most two."""
    text = f"{(error or {}).get('error_class', '')}: {(error or {}).get('message', '')}\n{_SOURCE.sub('', message)}"
    return [told for pattern, told in CAUSES if re.search(pattern, text)][:2]
