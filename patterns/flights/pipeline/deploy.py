"""Everything that has to exist before data flows."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.names import Names

JOBS = Path(__file__).resolve().parent.parent / "jobs"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["glue.amazonaws.com", "redshift.amazonaws.com"]}, "Action": "sts:AssumeRole"}
    ],
}
Client = Callable[[str], Any]


def deploy(client: Client, names: Names) -> None:
    """Buckets, role, databases, classifier, crawler, warehouse, connection and job."""
    s3, glue = client("s3"), client("glue")
    for bucket in (names.raw_bucket, names.lake_bucket, names.tmp_bucket):
        s3.create_bucket(Bucket=bucket)
    role = client("iam").create_role(RoleName=names.role, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    for database in (names.raw_database, names.lake_database):
        glue.create_database(DatabaseInput={"Name": database})
    # airlines.csv holds only text: no classifier can tell its header from its data, so it is told.
    glue.create_classifier(CsvClassifier={"Name": "with-header", "Delimiter": ",", "QuoteSymbol": '"', "ContainsHeader": "PRESENT"})
    glue.create_crawler(
        Name=names.crawler,
        Role=role,
        DatabaseName=names.raw_database,
        Classifiers=["with-header"],
        Targets={"S3Targets": [{"Path": f"s3://{names.raw_bucket}/"}]},
    )
    endpoint = warehouse(client, names)
    properties = {
        "JDBC_CONNECTION_URL": f"jdbc:redshift://{endpoint['Address']}:{endpoint['Port']}/dev",
        "USERNAME": names.user,
        "PASSWORD": names.password,
    }
    glue.create_connection(ConnectionInput={"Name": names.connection, "ConnectionType": "JDBC", "ConnectionProperties": properties})
    job(client, names, role)


def warehouse(client: Client, names: Names) -> Any:
    """A Redshift cluster, available; its endpoint."""
    redshift = client("redshift")
    redshift.create_cluster(
        ClusterIdentifier=names.cluster,
        NodeType="ra3.large",
        ClusterType="single-node",
        MasterUsername=names.user,
        MasterUserPassword=names.password,
        DBName="dev",
    )
    while True:
        cluster = redshift.describe_clusters(ClusterIdentifier=names.cluster)["Clusters"][0]
        if cluster["ClusterStatus"] == "available":
            return cluster["Endpoint"]
        time.sleep(0.2)


def job(client: Client, names: Names, role: str) -> None:
    """The script and its modules in S3, and the job that runs them."""
    s3 = client("s3")
    s3.put_object(Bucket=names.tmp_bucket, Key="scripts/flights_job.py", Body=(JOBS / "flights_job.py").read_bytes())
    s3.put_object(Bucket=names.tmp_bucket, Key="scripts/flights.zip", Body=modules())
    arguments = {
        "--extra-py-files": f"s3://{names.tmp_bucket}/scripts/flights.zip",
        "--job-bookmark-option": "job-bookmark-enable",
        "--TempDir": f"s3://{names.tmp_bucket}/temp/",
        "--raw_database": names.raw_database,
        "--lake_database": names.lake_database,
        "--lake_path": f"s3://{names.lake_bucket}/flights/",
        "--connection": names.connection,
        "--redshift_tmp": f"s3://{names.tmp_bucket}/redshift/",
        "--metrics_path": f"s3://{names.tmp_bucket}/{names.metrics_key}",
    }
    client("glue").create_job(
        Name=names.job,
        Role=role,
        GlueVersion="6.0",
        WorkerType="G.1X",
        NumberOfWorkers=2,
        Command={"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": f"s3://{names.tmp_bucket}/scripts/flights_job.py"},
        Connections={"Connections": [names.connection]},
        DefaultArguments=arguments,
    )


def modules() -> bytes:
    """The package ``flights`` as a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((JOBS / "flights").glob("*.py")):
            archive.write(file, f"flights/{file.name}")
    return buffer.getvalue()
