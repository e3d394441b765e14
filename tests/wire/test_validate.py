"""Validation: AWS's words for what breaks the model."""

from typing import Any

import pytest
from botocore.model import ServiceModel
from tests.wire.values import Values

from wheatpaste.wire import errors
from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.models import operation_model, service_model
from wheatpaste.wire.patterns import Untranslatable, compile_pattern
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.validate import validate, violations


def complaint(service: str, operation: str, shape: dict[str, Any]) -> errors.AwsError:
    """The error for a shape."""
    with pytest.raises(errors.AwsError) as caught:
        validate(operation_model(service, operation), shape)
    return caught.value


GLUE_NAME = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*"


@pytest.mark.parametrize(
    ("operation", "shape", "words"),
    [
        ("GetDatabase", {}, "1 validation error detected: Value null at 'name' ✗ Member must not be null"),
        (
            "GetDatabase",
            {"Name": ""},
            "1 validation error detected: Value '' at 'name' ✗ Member must have length greater than or equal to 1",
        ),
        (
            "CreateDatabase",
            {"DatabaseInput": {"Name": "x" * 256}},
            f"1 validation error detected: Value '{'x' * 256}' at 'databaseInput.name' ✗ Member must have length less than or equal to 255",
        ),
        (
            "CreateDatabase",
            {"DatabaseInput": {"Name": "a\nb"}},
            "1 validation error detected: Value 'a\nb' at 'databaseInput.name' ✗ "
            f"Member must satisfy regular expression pattern: {GLUE_NAME}",
        ),
        (
            "GetDatabases",
            {"MaxResults": 101, "ResourceShareType": "NONE"},
            "2 validation errors detected: Value '101' at 'maxResults' ✗ Member must have value less than or equal to 100; "
            "Value 'NONE' at 'resourceShareType' ✗ Member must satisfy enum value set: [FOREIGN, ALL, FEDERATED]",
        ),
        (
            "CreateTable",
            {"DatabaseName": "d", "TableInput": {"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "a"}, {"Name": ""}]}}},
            "1 validation error detected: Value '' at 'tableInput.storageDescriptor.columns.2.member.name' ✗ "
            "Member must have length greater than or equal to 1",
        ),
        (
            "BatchGetPartition",
            {"DatabaseName": "d", "TableName": "t", "PartitionsToGet": [{}]},
            "1 validation error detected: Value null at 'partitionsToGet.1.member.values' ✗ Member must not be null",
        ),
        (
            "BatchDeletePartition",
            {"DatabaseName": "d", "TableName": "t", "PartitionsToDelete": [{"Values": ["2016", "5"]}] * 26},
            f"1 validation error detected: Value '[{', '.join(['PartitionValueList(values=[2016, 5])'] * 26)}]' at 'partitionsToDelete' ✗ "
            "Member must have length less than or equal to 25",
        ),
        (
            "TagResource",
            {"ResourceArn": "arn:aws:glue:us-east-1:1:job/a", "TagsToAdd": {"k": "v" * 257}},
            f"1 validation error detected: Value '{{k={'v' * 257}}}' at 'tagsToAdd' ✗ Map value must satisfy constraint: "
            "[Member must have length less than or equal to 256]",
        ),
    ],
)
def test_glues_words(operation: str, shape: dict[str, Any], words: str) -> None:
    error = complaint("glue", operation, shape)
    assert error.message == words.replace("✗", "failed to satisfy constraint:")
    assert error.variant("json") == ("ValidationException", 400)


@pytest.mark.parametrize(
    ("service", "operation", "shape", "code"),
    [
        ("athena", "GetWorkGroup", {}, "InvalidRequestException"),
        ("logs", "CreateLogGroup", {"logGroupName": "a b"}, "InvalidParameterException"),
        ("iam", "GetRole", {}, "ValidationError"),
        ("sts", "AssumeRole", {"RoleArn": "x", "RoleSessionName": "a"}, "ValidationError"),
        ("redshift", "DeleteCluster", {}, "MissingParameter"),
        ("s3", "PutBucketVersioning", {"Bucket": "b"}, "MalformedXML"),
        ("s3", "CompleteMultipartUpload", {"Bucket": "b", "Key": "k"}, "InvalidArgument"),
        ("s3", "PutBucketCors", {"Bucket": "b", "CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["GET"]}]}}, "MalformedXML"),
    ],
)
def test_every_service_has_its_code(service: str, operation: str, shape: dict[str, Any], code: str) -> None:
    error = complaint(service, operation, shape)
    protocol = SERVICES[service].protocols[0]
    response = PROTOCOLS[protocol].render_error(service_model(service), None, error, "rid", None)
    assert (response.status, code in response.body.decode()) == (400, True), response.body


def test_secrets_are_not_repeated() -> None:
    error = complaint("secretsmanager", "CreateSecret", {"Name": "n", "SecretString": "hush" * 20000})
    assert "hush" not in error.message and error.message.startswith("1 validation error detected: Value at 'secretString' failed")


def test_none_is_not_given() -> None:
    validate(operation_model("glue", "GetDatabase"), {"Name": "x", "CatalogId": None})


@pytest.mark.parametrize("service", [name for name in SERVICES if name not in ("ec2", "quicksight", "sagemaker")])
def test_what_fits_the_model_passes(service: str) -> None:
    """But for patterns, which the values do not follow."""
    model = service_model(service)
    for name in model.operation_names:
        op = model.operation_model(name)
        if op.input_shape is None:
            continue
        broken = violations(op, Values(f"{service}{name}").of(op.input_shape))
        assert [found for found in broken if "regular expression" not in found.constraint] == []


def patterns(model: ServiceModel) -> set[str]:
    """The patterns of a model's strings."""
    return {p for shape in model.shape_names if (p := model.shape_for(shape).metadata.get("pattern"))}


UNTRANSLATABLE = {
    r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}",  # a quantifier on nothing: Java takes it, AWS meant something else
    r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,256}",
    r"[\P{C}\n\r\t\f\v\p{Cf}]*",  # a negated property inside a class
}


def test_patterns_that_cannot_be_said_in_python_are_these() -> None:
    found = set()
    for service in SERVICES:
        for pattern in patterns(service_model(service)):
            try:
                compile_pattern(pattern)
            except Untranslatable:
                found.add(pattern)
    assert found == UNTRANSLATABLE


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (GLUE_NAME, "flüge \U0001f600", "a\nb"),
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 日本 1", "a#b"),
        (r"[^\r\n]", "a", "\n"),
        (r"[a-z]+", "abc", "abc1"),
        (r"\p{Alpha}+", "abc", "é"),
        (r"[\w-_]*", "a-b_c", "a b"),
        (r"^[\w+=,.@-]+$", "a+b@c", "é"),
    ],
)
def test_patterns_mean_what_java_means(pattern: str, yes: str, no: str) -> None:
    assert compile_pattern(pattern).fullmatch(yes)
    assert not compile_pattern(pattern).fullmatch(no)
