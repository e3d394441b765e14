"""ALTER TABLE … PARTITION and MSCK REPAIR TABLE."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from wheatpaste.engines.scan import HIDDEN, NULL_PARTITION, partitions, split_url
from wheatpaste.service import Shape
from wheatpaste.services.athena.ddl.answer import NOTHING, TASK, Answer, failed, glue
from wheatpaste.services.athena.ddl.statements import AddPartitions, DropPartitions, PartitionSpec, RenamePartition, Repair
from wheatpaste.services.athena.ddl.tables import existing
from wheatpaste.services.athena.running import Running

BATCH = 100


def keys_of(table: Mapping[str, Any]) -> list[str]:
    """The names of a table's partition keys; raises Hive's error when it has none."""
    keys = [each["Name"].lower() for each in table.get("PartitionKeys") or []]
    if not keys:
        raise failed(f"SemanticException table is not partitioned but partition spec exists: {table['Name']}")
    return keys


def values_of(table: Mapping[str, Any], spec: PartitionSpec) -> list[str]:
    """A full spec's values in the order of the keys."""
    given = {name: value for name, operator, value in spec.conditions if operator == "="}
    keys = keys_of(table)
    if sorted(given) != sorted(keys) or len(given) != len(spec.conditions):
        raise failed(f"SemanticException [Error 10006]: Partition spec {given} is not that of the table's keys {keys}")
    return [given[key] for key in keys]


def path_name(keys: Sequence[str], values: Sequence[str]) -> str:
    """``k=v/k2=v2``."""
    return "/".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))


def _input(table: Mapping[str, Any], values: Sequence[str], location: str | None) -> Shape:
    descriptor = dict(table["StorageDescriptor"])
    descriptor["Location"] = location or f"{descriptor['Location'].rstrip('/')}/{path_name(keys_of(table), values)}"
    return {"Values": list(values), "StorageDescriptor": descriptor}


def add(running: Running, statement: AddPartitions) -> Answer:
    """``ADD [IF NOT EXISTS] PARTITION …``."""
    table = existing(running, statement.table)
    wanted = [_input(table, values_of(table, spec), spec.location) for spec in statement.partitions]
    for each in wanted:
        split_url(each["StorageDescriptor"]["Location"])
    errors = _create(running, table, wanted)
    real = [error for error in errors if not (statement.if_not_exists and error["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException")]
    if real:
        detail = real[0]["ErrorDetail"]
        raise failed(f"{TASK} {detail['ErrorCode']}(message:{detail['ErrorMessage']})")
    return NOTHING


def _create(running: Running, table: Mapping[str, Any], wanted: Sequence[Mapping[str, Any]]) -> list[Shape]:
    errors: list[Shape] = []
    for start in range(0, len(wanted), BATCH):
        batch = list(wanted[start : start + BATCH])
        answer = glue(
            running, "BatchCreatePartition", DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionInputList=batch
        )
        errors += answer.get("Errors") or []
    return errors


def drop(running: Running, statement: DropPartitions) -> Answer:
    """``DROP [IF EXISTS] PARTITION …``; a partial spec, or one with comparisons, drops all that fit."""
    table = existing(running, statement.table)
    for spec in statement.partitions:
        found = [each["Values"] for each in partitions(running.aws, table, _expression(table, spec))]
        if not found and not statement.if_exists:
            raise failed(f"SemanticException [Error 10006]: Partition not found {spec.conditions}")
        for values in found:
            glue(running, "DeletePartition", DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionValues=values)
    return NOTHING


def _expression(table: Mapping[str, Any], spec: PartitionSpec) -> str:
    types = {each["Name"].lower(): each.get("Type", "string") for each in table.get("PartitionKeys") or []}
    parts = []
    for name, operator, value in spec.conditions:
        if name not in types:
            raise failed(f"SemanticException [Error 10006]: {name} is no partition key of {keys_of(table)}")
        plain = types[name] in ("tinyint", "smallint", "int", "bigint")
        parts.append(f"{name} {operator} {value}" if plain else f"{name} {operator} '{value.replace(chr(39), chr(39) * 2)}'")
    return " AND ".join(parts)


def rename(running: Running, statement: RenamePartition) -> Answer:
    """``PARTITION (…) RENAME TO PARTITION (…)``: new values, the same place."""
    table = existing(running, statement.table)
    old, new = values_of(table, statement.old), values_of(table, statement.new)
    found = glue(running, "GetPartition", DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionValues=old)["Partition"]
    _update(running, table, old, {**_kept(found), "Values": new})
    return NOTHING


def relocate(running: Running, table: Mapping[str, Any], spec: PartitionSpec, location: str) -> Answer:
    """``PARTITION (…) SET LOCATION``."""
    values = values_of(table, spec)
    found = glue(running, "GetPartition", DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionValues=values)["Partition"]
    kept = _kept(found)
    kept["StorageDescriptor"] = {**(kept.get("StorageDescriptor") or table["StorageDescriptor"]), "Location": location}
    _update(running, table, values, {**kept, "Values": values})
    return NOTHING


def _kept(found: Mapping[str, Any]) -> Shape:
    return {
        name: found[name]
        for name in ("StorageDescriptor", "Parameters", "LastAccessTime", "LastAnalyzedTime")
        if found.get(name) is not None
    }


def _update(running: Running, table: Mapping[str, Any], values: Sequence[str], wanted: Mapping[str, Any]) -> None:
    glue(
        running,
        "UpdatePartition",
        DatabaseName=table["DatabaseName"],
        TableName=table["Name"],
        PartitionValueList=list(values),
        PartitionInput=wanted,
    )


# -- MSCK REPAIR TABLE


def repair(running: Running, statement: Repair) -> Answer:
    """Add the partitions whose folders (``k=v/…``) are in the store and not in the catalog."""
    table = existing(running, statement.table)
    keys = keys_of(table)
    known = {tuple(each["Values"]) for each in partitions(running.aws, table)}
    bucket, prefix = split_url(table["StorageDescriptor"]["Location"])
    if prefix and not prefix.endswith("/"):
        prefix += "/"
    missing = {values: folder for values, folder in _folders(running, bucket, prefix, keys) if values not in known}
    wanted = [_input(table, values, f"s3://{bucket}/{folder.rstrip('/')}") for values, folder in missing.items()]
    errors = [error for error in _create(running, table, wanted) if error["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
    if errors:
        raise failed(f"{TASK} {errors[0]['ErrorDetail']['ErrorMessage']}")
    names = [f"{table['Name']}:{path_name(keys, values)}" for values in missing]
    added = [f"Repair: Added partition to metastore {name}" for name in names]
    return Answer(("\t".join(["Partitions not in metastore:", *names]), *added) if names else (), ())


def _folders(running: Running, bucket: str, prefix: str, keys: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Partition values and prefix of every folder that is ``k=v`` for each key, in order."""
    if not keys:
        yield (), prefix
        return
    for folder in _subfolders(running, bucket, prefix):
        name, mark, value = folder[len(prefix) : -1].partition("=")
        if mark and name.lower() == keys[0] and not name.startswith(HIDDEN):
            for rest, place in _folders(running, bucket, folder, keys[1:]):
                yield (unquote(value) or NULL_PARTITION, *rest), place


def _subfolders(running: Running, bucket: str, prefix: str) -> Iterator[str]:
    request = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/"}
    while True:
        answer = running.aws.call("s3", "ListObjectsV2", request)
        yield from (each["Prefix"] for each in answer.get("CommonPrefixes") or [])
        if not answer.get("NextContinuationToken"):
            return
        request["ContinuationToken"] = answer["NextContinuationToken"]
