"""What the Data Catalog writes for each way of storing a table: input format, output format, SerDe."""

from typing import NamedTuple


class Storage(NamedTuple):
    """Hive's three class names; an empty SerDe where AWS names none (XML: only Glue jobs read it)."""

    input_format: str
    output_format: str
    serde: str


_TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
_HIVE = "org.apache.hadoop.hive"

STORAGE: dict[str, Storage] = {
    "csv": Storage(*_TEXT, f"{_HIVE}.serde2.lazy.LazySimpleSerDe"),
    "opencsv": Storage(*_TEXT, f"{_HIVE}.serde2.OpenCSVSerde"),
    "json": Storage(*_TEXT, "org.openx.data.jsonserde.JsonSerDe"),
    "grok": Storage(*_TEXT, "com.amazonaws.glue.serde.GrokSerDe"),
    "xml": Storage(*_TEXT, ""),
    "parquet": Storage(
        f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
        f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
        f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "orc": Storage(f"{_HIVE}.ql.io.orc.OrcInputFormat", f"{_HIVE}.ql.io.orc.OrcOutputFormat", f"{_HIVE}.ql.io.orc.OrcSerde"),
    "avro": Storage(
        f"{_HIVE}.ql.io.avro.AvroContainerInputFormat", f"{_HIVE}.ql.io.avro.AvroContainerOutputFormat", f"{_HIVE}.serde2.avro.AvroSerDe"
    ),
    "unknown": Storage("", "", ""),
}
