"""Files that were listed already, as a Spark relation: exactly those that were chosen, and none is listed or looked at again.

On Spark's own way from 100,000 paths to a relation each path is asked for at the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as st

from awsglue._bookmarks.window import File
from awsglue._read import older_xml
from awsglue._read.files import Attached, PartitionedFiles
from awsglue._read.made_statuses import made
from awsglue._read.relation import BINARY_FILE, format_reader, nothing, python_schema, relation, scala_map, some
from awsglue._read.spellings import telling_apart
from awsglue._read.statuses import Statuses, as_glob, is_glob

_AS_GLOBS = ("csv", "json", "xml")
_CACHE = 1 << 40  # bytes; it lives as long as the index that is made of it, and must not forget any


class LostFilesError(RuntimeError):
    """Spark's index does not hold exactly the files that were chosen."""


@dataclass
class Chosen:
    """Of the files below one root those at some positions."""

    below: Statuses
    positions: Sequence[int]


@dataclass
class ListedFiles(Attached):
    """Chosen files below roots. Not `recursive`, Spark finds partitions in the names of folders below `base`, or below the roots; with
    `places` they are the catalog's."""

    spark: SparkSession
    chosen: Sequence[Chosen]
    recursive: bool = True
    timestamp: str = ""
    places: PartitionedFiles | None = None
    base: str = ""

    def __post_init__(self) -> None:
        self._own_columns: set[str] = set()  # of the files themselves, not of folder names
        self._index = self._made()

    @property
    def files(self) -> list[File]:
        """The files that were chosen."""
        return [each.below.files[n] for each in self.chosen for n in each.positions]

    @property
    def partition_columns(self) -> list[str]:
        return list(self.places.keys) if self.places else []

    def infer(self, format: str, options: Mapping[str, str]) -> st.StructType:
        files = self._largest() if format == "csv" else self  # the first line of one file names the columns
        lines = format in ("csv", "json") and options.get("multiLine") != "true"
        find = files._of_lines if lines else files._of_files
        if format == "json":
            with telling_apart(self.spark) as session:
                own = find(session, format, options)
        else:
            own = find(self.spark._jsparkSession, format, options)
        self._own_columns = {f.name for f in own.fields}
        names = {f.name.lower() for f in own.fields}
        return st.StructType([*own.fields, *(f for f in self._folders().fields if f.name.lower() not in names)])

    def beginnings(self, most: int, length: int) -> Iterator[str]:
        held = [(each.below, n) for each in self.chosen for n in each.positions]
        for below, n in held[:: -(-len(held) // most)]:
            yield below.beginning(n, length).decode(errors="replace")

    def load(self, format: str, schema: st.StructType, options: Mapping[str, str]) -> DataFrame:
        folders = {f.name for f in self._folders().fields} - self._own_columns
        own = st.StructType([f for f in schema.fields if f.name not in folders])
        if format == "xml" and older_xml.is_needed():
            return older_xml.load(self, own, options, self._facts())
        keys = self._index.partitionSchema()
        return self._attach(relation(self.spark, self._index, format, keys, own, options))

    def _facts(self) -> DataFrame:
        """What is known of each file beside its path: partition columns, and what is attached."""
        keys = self._index.partitionSchema()
        return self._attach(relation(self.spark, self._index, "binaryFile", keys, BINARY_FILE, {})).drop(*BINARY_FILE.names[1:])

    def _largest(self) -> ListedFiles:
        """The one file that Spark would read first."""
        each, n = max(((each, n) for each in self.chosen for n in each.positions), key=lambda found: found[0].below.files[found[1]].size)
        return ListedFiles(self.spark, [Chosen(each.below, [n])])

    def _folders(self) -> st.StructType:
        """The columns that Spark finds in folder names."""
        return st.StructType([]) if self.places or self.recursive else python_schema(self._index.partitionSchema())

    def _of_files(self, session: Any, format: str, options: Mapping[str, str]) -> st.StructType:
        if format == "xml" and older_xml.is_needed():
            return older_xml.infer(self, options)
        reader, given = format_reader(self.spark, format), scala_map(self.spark, options)
        found = reader.inferSchema(session, given, self._statuses(format))
        return st.StructType([]) if found.isEmpty() else python_schema(found.get())

    def _statuses(self, format: str) -> Any:
        """The files for Spark's inference, which takes those of some formats for globs."""
        if format not in _AS_GLOBS or not any(is_glob(file.path) for file in self.files):
            return self._index.allFiles()
        jvm: Any = self.spark._jvm
        statuses = jvm.java.util.ArrayList()
        for status in made(self.spark, (file._replace(path=as_glob(file.path)) for file in self.files), 0):
            statuses.append(status)
        return jvm.org.apache.spark.api.python.PythonUtils.toSeq(statuses)

    def _of_lines(self, session: Any, format: str, options: Mapping[str, str]) -> st.StructType:
        """The schema of text: Spark's own way lists every file again."""
        line = st.StructType([st.StructField("value", st.StringType())])
        rows = relation(self.spark, self._index, "text", self._index.partitionSchema(), line, {}).select("value")
        strings = rows._jdf.__getattr__("as")(self.spark._jvm.org.apache.spark.sql.Encoders.STRING())  # type: ignore[union-attr]
        reader = session.read()
        for name, value in options.items():
            reader = reader.option(name, value)
        return python_schema((reader.csv(strings) if format == "csv" else reader.json(strings)).schema())

    def _made(self) -> Any:
        """Spark's index, of nothing but the chosen files: it takes them from a cache as if it had listed the roots before."""
        jvm: Any = self.spark._jvm
        sources = jvm.org.apache.spark.sql.execution.datasources
        cache = sources.SharedInMemoryCache(_CACHE, -1).createForNewClient()
        roots = jvm.java.util.ArrayList()
        for each in self.chosen:
            cache.putLeafFiles(each.below.root, each.below.chosen(each.positions))
            roots.append(each.below.root)
        paths, none = jvm.org.apache.spark.api.python.PythonUtils.toSeq(roots), nothing(self.spark)
        spec = some(self.spark, self.places.spec) if self.places else none
        found = {"recursiveFileLookup": str(self.recursive).lower(), **({"basePath": self.base} if self.base else {})}
        given = scala_map(self.spark, {} if self.places else found)
        index = sources.InMemoryFileIndex(self.spark._jsparkSession, paths, given, none, cache, spec, none)
        held, wanted = index.allFiles().size(), sum(len(each.positions) for each in self.chosen)
        if held != wanted:
            raise LostFilesError(f"Spark's index holds {held} files instead of the {wanted} that were chosen")
        return index
