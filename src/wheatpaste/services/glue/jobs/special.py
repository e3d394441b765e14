"""AWS's special job parameters: what each of them does here.

docs/services/glue-jobs.md has the same table, and a test compares them.
"""

HONOURED = {
    "--additional-python-modules": "installed by uv, once per list: names; wheels, `requirements.txt` and `*.gluewheels.zip` in S3",
    "--class": "for Scala, which is refused; of no meaning in Python",
    "--conf": "Spark's settings, several as `a=1 --conf b=2`",
    "--continuous-log-conversionPattern": "the layout of Spark's log",
    "--continuous-log-logGroup": "where the continuous log goes",
    "--continuous-log-logStreamPrefix": "the beginning of its stream's name",
    "--customer-driver-env-vars": "variables of the script's process and its JVM: those that begin with `CUSTOMER_`",
    "--customer-executor-env-vars": "variables of Spark's Python workers: those that begin with `CUSTOMER_`",
    "--datalake-formats": "the jars of iceberg, delta (with its Python package), hudi (not with 6.0) in AWS's versions; `--conf` as on AWS",
    "--enable-continuous-cloudwatch-log": "Spark's log also in `/aws-glue/jobs/logs-v2`, stream `<run>-driver`, while the script runs",
    "--enable-glue-datacatalog": "on unless it is `false`",
    "--enable-metrics": "job metrics in CloudWatch every 30 seconds, whatever its value: see Metrics",
    "--enable-observability-metrics": "errors, memory, disk and throughput in CloudWatch; skewness and worker utilization not: see Metrics",
    "--enable-spark-ui": "Spark's UI while the script runs, which `wheatpaste runs` shows; with `--spark-event-logs-path` its event log",
    "--executor-cores": "tasks at once = these × workers, as far as the machine has cores",
    "--extra-files": "copied into the working directory",
    "--extra-jars": "on the class path, behind Spark's own",
    "--extra-py-files": "modules, zip files, wheels and eggs on the import path, of workers too",
    "--job-bookmark-from": "see bookmarks",
    "--job-bookmark-option": "see bookmarks",
    "--job-bookmark-to": "see bookmarks",
    "--job-language": "`python`; `scala` is refused",
    "--python-modules-installer-option": "passed on to uv",
    "--scriptLocation": "instead of the command's script",
    "--spark-event-logs-path": "where Spark's event log goes, for `wheatpaste ui RUN_ID` and any other history server",
    "--TempDir": "given to the script, and to the connections that stage there",
    "--user-jars-first": "`--extra-jars` before Spark's own (such a run starts without the class archive)",
}
"""Acted on by the platform (the script sees them too)."""

ACCEPTED = {
    "--auto-scale-within-microbatch": "one machine: nothing to scale",
    "--continuation-option": "of Glue 0.9",
    "--disable-proxy-v2": "there is no proxy",
    "--enable-auto-scaling": "one machine: nothing to scale",
    "--enable-continuous-log-filter": "the log has no heartbeats that could be left out",
    "--enable-data-lineage": "reports to DataZone",
    "--enable-insights-analysis": "reports to the console",
    "--enable-job-insights": "reports to the console; ErrorMessage names the cause anyway",
    "--enable-rename-algorithm-v2": "of Glue 1.0; the algorithm is 2",
    "--enable-s3-parquet-optimized-committer": "Hadoop's committer, algorithm 2, for every format",
    "--encryption-type": "of old; what is written is encrypted as the bucket says",
    "--library-set": "Python shell jobs have the analytics set, without avro, awscli, elasticsearch, pyodbc, pyorc",
    "--python-virtual-env-storage-prefix": "the environment of a set of modules is kept anyway, on the machine",
    "--spark-ui-event-logs-legacy": "event logs are single files, as this asks for",
    "--use-postgres-driver": "there is one driver, a new one",
    "--write-shuffle-files-to-s3": "shuffle files stay on the machine",
    "--write-shuffle-spills-to-s3": "shuffle files stay on the machine",
}
"""Say where it runs or what it reports, not what it computes: accepted, and why they have no effect here."""

REFUSED = {
    "--enable-lakeformation-fine-grained-access": "filters what a script may read: not built",
    "--python-virtual-env": "another environment than the runtime's: not built",
}
"""Would change what the script computes or may read, and are not built yet: refused by StartJobRun unless empty or `false`."""

INTERNAL = {"--debug", "--JOB_NAME", "--endpoint"}
"""AWS: "never set these". It says so of `--mode` too, and hands it on all the same: its own migration utility for Hive metastores
(aws-glue-samples, 2026-06) is told by it what to do."""
