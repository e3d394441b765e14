"""The crawler and classifier operations: what goes in comes back, and every refusal."""

import json

import pytest
from botocore.exceptions import ClientError

TARGETS = {"S3Targets": [{"Path": "s3://somewhere/x/"}]}
OTHERS = ("JdbcTargets", "MongoDBTargets", "DynamoDBTargets", "CatalogTargets", "DeltaTargets", "IcebergTargets", "HudiTargets")
NONE = {kind: [] for kind in OTHERS}


@pytest.fixture
def glue(client):
    return client("glue")


def refused(code, operation, **members):
    with pytest.raises(ClientError) as error:
        operation(**members)
    assert error.value.response["Error"]["Code"] == code, error.value
    return error.value.response["Error"]["Message"]


def make(glue, name, **members):
    glue.create_crawler(**{"Name": name, "Role": "R", "DatabaseName": "d", "Targets": TARGETS, **members})


def test_defaults(glue, unique):
    make(glue, unique)
    crawler = glue.get_crawler(Name=unique)["Crawler"]
    times = {crawler.pop("CreationTime"), crawler.pop("LastUpdated")}
    assert len(times) == 1
    assert crawler == {
        "Name": unique,
        "Role": "R",
        "DatabaseName": "d",
        "Targets": {"S3Targets": [{"Path": "s3://somewhere/x/", "Exclusions": []}], **NONE},
        "Classifiers": [],
        "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
        "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"},
        "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
        "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
        "State": "READY",
        "CrawlElapsedTime": 0,
        "Version": 1,
    }


def test_everything_given_comes_back(glue, unique):
    given = {
        "Description": "x",
        "Schedule": "cron(15 12 * * ? *)",
        "TablePrefix": "p_",
        "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
        "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"},
        "LineageConfiguration": {"CrawlerLineageSettings": "ENABLE"},
        "Configuration": json.dumps({"Version": 1.0, "Grouping": {"TableLevelConfiguration": 2}}),
        "CrawlerSecurityConfiguration": "sec",
        "Targets": {"S3Targets": [{"Path": "s3://b/x", "Exclusions": ["*.tmp"], "SampleSize": 3, "ConnectionName": "c"}]},
    }
    make(glue, unique, **given)
    crawler = glue.get_crawler(Name=unique)["Crawler"]
    assert crawler["Schedule"] == {"ScheduleExpression": given.pop("Schedule"), "State": "SCHEDULED"}
    assert {name: crawler[name] for name in given} == {**given, "Targets": {**given["Targets"], **NONE}}


def test_update_delete_and_lists(glue, unique):
    make(glue, unique, Tags={"team": unique})
    make(glue, f"{unique}2")
    glue.update_crawler(Name=unique, Description="new")
    crawler = glue.get_crawler(Name=unique)["Crawler"]
    assert (crawler["Description"], crawler["Version"], crawler["Role"]) == ("new", 2, "R")
    assert glue.list_crawlers(Tags={"team": unique})["CrawlerNames"] == [unique]
    found = glue.batch_get_crawlers(CrawlerNames=[unique, "no-such"])
    assert ([c["Name"] for c in found["Crawlers"]], found["CrawlersNotFound"]) == ([unique], ["no-such"])
    names = [c["Name"] for page in glue.get_paginator("get_crawlers").paginate(PaginationConfig={"PageSize": 1}) for c in page["Crawlers"]]
    assert {unique, f"{unique}2"} <= set(names)
    assert names == sorted(names)
    metrics = glue.get_crawler_metrics(CrawlerNameList=[unique])["CrawlerMetricsList"]
    assert [(m["CrawlerName"], m["TablesCreated"], m["StillEstimating"]) for m in metrics] == [(unique, 0, False)]
    glue.delete_crawler(Name=unique)
    refused("EntityNotFoundException", glue.get_crawler, Name=unique)
    refused("EntityNotFoundException", glue.delete_crawler, Name=unique)


def test_states(glue, unique):
    refused("EntityNotFoundException", glue.start_crawler, Name=unique)
    make(glue, unique)
    refused("AlreadyExistsException", glue.create_crawler, Name=unique, Role="R", DatabaseName="d", Targets=TARGETS)
    refused("CrawlerNotRunningException", glue.stop_crawler, Name=unique)
    assert glue.list_crawls(CrawlerName=unique)["Crawls"] == []


def test_schedules_are_kept(glue, unique):
    make(glue, unique)
    refused("NoScheduleException", glue.start_crawler_schedule, CrawlerName=unique)
    glue.update_crawler_schedule(CrawlerName=unique, Schedule="cron(0 1 * * ? *)")
    refused("SchedulerRunningException", glue.start_crawler_schedule, CrawlerName=unique)
    glue.stop_crawler_schedule(CrawlerName=unique)
    assert glue.get_crawler(Name=unique)["Crawler"]["Schedule"]["State"] == "NOT_SCHEDULED"
    refused("SchedulerNotRunningException", glue.stop_crawler_schedule, CrawlerName=unique)
    refused("InvalidInputException", glue.update_crawler_schedule, CrawlerName=unique, Schedule="every day")


@pytest.mark.parametrize(
    ("members", "code", "why"),
    [
        ({"Targets": {}}, "InvalidInputException", "at least one target"),
        ({"DatabaseName": ""}, "InvalidInputException", "Database name"),
        ({"Targets": {"S3Targets": [{"Path": "hdfs://x/y"}]}}, "InvalidInputException", "include path"),
        ({"Targets": {"S3Targets": [{"Path": "s3://b/", "Exclusions": ["{a"]}]}}, "InvalidInputException", "braces"),
        ({"Targets": {"S3Targets": [{"Path": "s3://b/", "SampleSize": 250}]}}, "InvalidInputException", "SampleSize"),
        ({"Configuration": "{"}, "InvalidInputException", "not valid JSON"),
        ({"Configuration": "{}"}, "InvalidInputException", "Version 1.0"),
        ({"Configuration": '{"Version": 1.0, "Nope": 1}'}, "InvalidInputException", "Nope is not supported"),
        ({"Schedule": "rate(5 minutes)"}, "InvalidInputException", "cron"),
        ({"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}}, "InvalidInputException", "only LOG"),
        ({"Classifiers": ["no-such-classifier"]}, "EntityNotFoundException", "no-such-classifier"),
        ({"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVENT_MODE"}}, "NotImplementedException", "CRAWL_EVENT_MODE"),
        ({"Targets": {"JdbcTargets": [{"ConnectionName": "c", "Path": "db/%"}]}}, "NotImplementedException", "Targets.JdbcTargets"),
        ({"Targets": {"DynamoDBTargets": [{"Path": "t"}]}}, "NotImplementedException", "Targets.DynamoDBTargets"),
        ({"Targets": {"MongoDBTargets": [{"ConnectionName": "c", "Path": "db/%"}]}}, "NotImplementedException", "Targets.MongoDBTargets"),
        ({"Targets": {"DeltaTargets": [{"DeltaTables": ["s3://b/"]}]}}, "NotImplementedException", "Targets.DeltaTargets"),
        ({"Targets": {"IcebergTargets": [{}]}}, "InvalidInputException", "needs Paths"),
        ({"Targets": {"HudiTargets": [{"Paths": ["s3://b/"]}]}}, "NotImplementedException", "Targets.HudiTargets"),
        ({"Targets": {"S3Targets": [{"Path": "s3://b/", "EventQueueArn": "arn:x"}]}}, "NotImplementedException", "EventQueueArn"),
    ],
)
def test_what_cannot_be_is_refused_by_name(glue, unique, members, code, why):
    given = {"Name": unique, "Role": "R", "DatabaseName": "d", "Targets": TARGETS, **members}
    assert why in refused(code, glue.create_crawler, **given)
    refused("EntityNotFoundException", glue.get_crawler, Name=unique)


CLASSIFIERS = {
    "GrokClassifier": {"Classification": "app", "GrokPattern": "%{LEVEL:level} %{GREEDYDATA:text}", "CustomPatterns": "LEVEL [A-Z]+"},
    "XMLClassifier": {"Classification": "books", "RowTag": "book"},
    "JsonClassifier": {"JsonPath": "$.rows[*]"},
    "CsvClassifier": {
        "Delimiter": ";",
        "QuoteSymbol": "'",
        "ContainsHeader": "ABSENT",
        "Header": ["a", "b"],
        "DisableValueTrimming": True,
        "AllowSingleColumn": False,
        "CustomDatatypeConfigured": True,
        "CustomDatatypes": ["INT", "STRING"],
        "Serde": "OpenCSVSerDe",
    },
}


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_classifiers(glue, unique, kind):
    given = {"Name": unique, **CLASSIFIERS[kind]}
    glue.create_classifier(**{kind: given})
    refused("AlreadyExistsException", glue.create_classifier, **{kind: given})
    found = glue.get_classifier(Name=unique)["Classifier"][kind]
    assert {name: found[name] for name in given} == given
    assert found["Version"] == 1
    glue.update_classifier(**{kind: {"Name": unique}})
    assert glue.get_classifier(Name=unique)["Classifier"][kind]["Version"] == 2
    listed = [c for page in glue.get_paginator("get_classifiers").paginate() for c in page["Classifiers"]]
    assert unique in {next(iter(c.values()))["Name"] for c in listed}
    glue.delete_classifier(Name=unique)
    refused("EntityNotFoundException", glue.get_classifier, Name=unique)
    refused("EntityNotFoundException", glue.delete_classifier, Name=unique)


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"JsonClassifier": {"Name": "n", "JsonPath": "$"}, "XMLClassifier": {"Name": "n", "Classification": "x", "RowTag": "r"}},
        {"JsonClassifier": {"Name": "n", "JsonPath": "$..a"}},
        {"GrokClassifier": {"Name": "n", "Classification": "c", "GrokPattern": "%{NOPE}"}},
        {"XMLClassifier": {"Name": "n", "Classification": "c"}},
        {"CsvClassifier": {"Name": "n", "Delimiter": ",", "QuoteSymbol": ","}},
        {"CsvClassifier": {"Name": "n", "CustomDatatypeConfigured": True, "CustomDatatypes": ["MONEY"]}},
    ],
)
def test_malformed_classifiers(glue, shape):
    refused("InvalidInputException", glue.create_classifier, **shape)
