"""The storage descriptor that a CREATE TABLE asks for."""

from wheatpaste.service import Shape
from wheatpaste.services.athena.ddl.statements import ColumnSpec, CreateTable
from wheatpaste.services.athena.dialect.errors import SqlError

HIVE = "org.apache.hadoop.hive"
TEXT_IN, TEXT_OUT = "org.apache.hadoop.mapred.TextInputFormat", f"{HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
LAZY = f"{HIVE}.serde2.lazy.LazySimpleSerDe"
STORED = {
    "TEXTFILE": (TEXT_IN, TEXT_OUT, LAZY),
    "PARQUET": (
        f"{HIVE}.ql.io.parquet.MapredParquetInputFormat",
        f"{HIVE}.ql.io.parquet.MapredParquetOutputFormat",
        f"{HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "ORC": (f"{HIVE}.ql.io.orc.OrcInputFormat", f"{HIVE}.ql.io.orc.OrcOutputFormat", f"{HIVE}.ql.io.orc.OrcSerde"),
    "AVRO": (
        f"{HIVE}.ql.io.avro.AvroContainerInputFormat",
        f"{HIVE}.ql.io.avro.AvroContainerOutputFormat",
        f"{HIVE}.serde2.avro.AvroSerDe",
    ),
    "JSONFILE": (TEXT_IN, TEXT_OUT, "org.apache.hive.hcatalog.data.JsonSerDe"),
    "SEQUENCEFILE": ("org.apache.hadoop.mapred.SequenceFileInputFormat", "org.apache.hadoop.mapred.SequenceFileOutputFormat", LAZY),
    "RCFILE": (f"{HIVE}.ql.io.RCFileInputFormat", f"{HIVE}.ql.io.RCFileOutputFormat", f"{HIVE}.serde2.columnar.LazyBinaryColumnarSerDe"),
}


def column(spec: ColumnSpec) -> Shape:
    """A column as the catalog keeps it."""
    return {"Name": spec.name, "Type": spec.type, **({"Comment": spec.comment} if spec.comment is not None else {})}


def descriptor(statement: CreateTable) -> Shape:
    """``StorageDescriptor`` of a CREATE EXTERNAL TABLE."""
    stored = statement.stored_as or "TEXTFILE"
    if stored not in STORED:
        raise SqlError("FAILED", f"SemanticException Unrecognized file format in STORED AS clause: '{stored}'")
    reader, writer, serde = STORED[stored]
    if statement.serde == OPENX and statement.stored_as is None:
        writer = f"{HIVE}.ql.io.IgnoreKeyTextOutputFormat"  # so Athena keeps it
    parameters = dict(statement.serde_properties)
    if statement.serde is None or "field.delim" not in parameters:
        parameters.setdefault("serialization.format", "1")
    return {
        "Columns": [column(each) for each in statement.columns],
        "Location": (statement.location or "").rstrip("/"),  # so Athena keeps it
        "InputFormat": statement.input_format or reader,
        "OutputFormat": statement.output_format or writer,
        "SerdeInfo": {"SerializationLibrary": statement.serde or serde, "Parameters": parameters},
        "Compressed": False,
        "NumberOfBuckets": statement.buckets[1],
        **({"BucketColumns": list(statement.buckets[0])} if statement.buckets[0] else {}),
        "StoredAsSubDirectories": False,
    }
