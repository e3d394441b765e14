"""IAM: what is given is given back, and what hangs together cannot be torn apart."""

import json
from collections.abc import Callable
from typing import Any

import pytest

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def iam(client: Callable[..., Any]) -> Any:
    return client("iam")


def test_a_role_comes_back_as_it_was_made(iam: Any, unique: str) -> None:
    iam.create_role(
        RoleName=unique,
        Path="/etl/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Description="d",
        MaxSessionDuration=7200,
        Tags=[{"Key": "team", "Value": "data"}],
    )
    role = iam.get_role(RoleName=unique)["Role"]
    assert role["Arn"] == f"arn:aws:iam::123456789012:role/etl/{unique}"
    assert (role["AssumeRolePolicyDocument"], role["Description"], role["MaxSessionDuration"], role["Tags"]) == (
        TRUST,
        "d",
        7200,
        [{"Key": "team", "Value": "data"}],
    )
    assert unique in [r["RoleName"] for r in iam.list_roles(PathPrefix="/etl/")["Roles"]]


def test_names_are_unique_without_regard_to_case(iam: Any, unique: str) -> None:
    iam.create_role(RoleName=unique, AssumeRolePolicyDocument=json.dumps(TRUST))
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=unique.upper(), AssumeRolePolicyDocument=json.dumps(TRUST))


def test_a_policy_that_is_no_policy_is_refused(iam: Any, unique: str) -> None:
    for document in ("not json", "{}", '{"Statement": [{"Effect": "Maybe"}]}'):
        with pytest.raises(iam.exceptions.MalformedPolicyDocumentException):
            iam.create_role(RoleName=unique, AssumeRolePolicyDocument=document)


def test_inline_and_attached_policies_hold_a_role(iam: Any, unique: str) -> None:
    iam.create_role(RoleName=unique, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=unique, PolicyName="inline", PolicyDocument=json.dumps(POLICY))
    assert iam.get_role_policy(RoleName=unique, PolicyName="inline")["PolicyDocument"] == POLICY
    arn = iam.create_policy(PolicyName=unique, PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    managed = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
    for policy in (arn, arn, managed):
        iam.attach_role_policy(RoleName=unique, PolicyArn=policy)
    assert [p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=unique)["AttachedPolicies"]] == sorted([arn, managed])
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName=unique)
    for policy in (arn, managed):
        iam.detach_role_policy(RoleName=unique, PolicyArn=policy)
    iam.delete_role_policy(RoleName=unique, PolicyName="inline")
    iam.delete_role(RoleName=unique)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=unique)


def test_policy_versions(iam: Any, unique: str) -> None:
    arn = iam.create_policy(PolicyName=unique, PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(POLICY), SetAsDefault=True)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v5"
    with pytest.raises(iam.exceptions.LimitExceededException):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(POLICY))
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == POLICY


def test_groups_and_profiles(iam: Any, unique: str) -> None:
    iam.create_user(UserName=unique)
    iam.create_group(GroupName=unique)
    iam.add_user_to_group(GroupName=unique, UserName=unique)
    assert [u["UserName"] for u in iam.get_group(GroupName=unique)["Users"]] == [unique]
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName=unique)["Groups"]] == [unique]
    iam.create_role(RoleName=unique, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName=unique)
    iam.add_role_to_instance_profile(InstanceProfileName=unique, RoleName=unique)
    assert [r["RoleName"] for r in iam.get_instance_profile(InstanceProfileName=unique)["InstanceProfile"]["Roles"]] == [unique]
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_user(UserName=unique)


def test_paging(iam: Any, unique: str) -> None:
    for i in range(5):
        iam.create_role(RoleName=f"{unique}{i}", Path=f"/{unique}/", AssumeRolePolicyDocument=json.dumps(TRUST))
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix=f"/{unique}/", PaginationConfig={"PageSize": 2}))
    assert [[r["RoleName"][-1] for r in page["Roles"]] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]
