"""Signatures, keys and sessions."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Server

TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}'


def code(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_an_unknown_key_is_the_root_of_the_default_account(client: Callable[..., Any]) -> None:
    identity = client("sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:root")


def test_a_key_of_twelve_digits_names_the_account(client: Callable[..., Any]) -> None:
    assert client("sts", key="111122223333").get_caller_identity()["Account"] == "111122223333"


def test_a_users_key_signs_as_the_user_and_only_with_its_secret(client: Callable[..., Any], unique: str) -> None:
    client("iam").create_user(UserName=unique)
    key = client("iam").create_access_key(UserName=unique)["AccessKey"]
    caller = client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).get_caller_identity()
    assert caller["Arn"] == f"arn:aws:iam::123456789012:user/{unique}"
    assert code(client("sts", key=key["AccessKeyId"], secret="wrong").get_caller_identity) == "SignatureDoesNotMatch"
    assert code(client("glue", key=key["AccessKeyId"], secret="wrong").get_databases) == "InvalidSignatureException"
    assert code(client("s3", key=key["AccessKeyId"], secret="wrong").list_buckets) == "SignatureDoesNotMatch"


def test_a_deactivated_key_signs_nothing(client: Callable[..., Any], unique: str) -> None:
    client("iam").create_user(UserName=unique)
    key = client("iam").create_access_key(UserName=unique)["AccessKey"]
    client("iam").update_access_key(UserName=unique, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code(client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).get_caller_identity) == "InvalidClientTokenId"


def test_an_assumed_roles_credentials_work_and_need_their_token(client: Callable[..., Any], unique: str) -> None:
    role = client("iam").create_role(RoleName=unique, AssumeRolePolicyDocument=TRUST)["Role"]
    made = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="night")["Credentials"]
    keys = {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}
    identity = client("sts", **keys, token=made["SessionToken"]).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::123456789012:assumed-role/{unique}/night"
    assert identity["UserId"] == f"{role['RoleId']}:night"
    assert code(client("sts", **keys, token="forged").get_caller_identity) == "InvalidClientTokenId"
    assert code(client("s3", **keys, token="forged").list_buckets) == "InvalidToken"
    assert code(client("s3", **keys).list_buckets) == "InvalidAccessKeyId"
    bucket = client("s3", **keys, token=made["SessionToken"])
    bucket.create_bucket(Bucket=unique)
    bucket.put_object(Bucket=unique, Key="k", Body=b"signed in chunks")
    assert bucket.get_object(Bucket=unique, Key="k")["Body"].read() == b"signed in chunks"


def test_signed_mode_knows_only_its_own_keys(own_server: Callable[..., Server]) -> None:
    server = own_server()
    server.client("iam").create_user(UserName="ana")
    key = server.client("iam").create_access_key(UserName="ana")["AccessKey"]
    server.stop()
    server.flags = ("--auth", "signed")
    server.start()
    assert code(server.client("glue").get_databases) == "UnrecognizedClientException"
    assert code(server.client("s3").list_buckets) == "InvalidAccessKeyId"
    assert server.client("glue", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).get_databases()["DatabaseList"] == []
    assert (
        code(
            lambda: server.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).assume_role(
                RoleArn="arn:aws:iam::123456789012:role/nobody", RoleSessionName="s2"
            )
        )
        == "AccessDenied"
    )


def test_a_presigned_url_expires_and_cannot_be_changed(client: Callable[..., Any], server: Server, unique: str) -> None:
    client("iam").create_user(UserName=unique)
    key = client("iam").create_access_key(UserName=unique)["AccessKey"]
    mine = client("s3", key=key["AccessKeyId"], secret=key["SecretAccessKey"], signature_version="s3v4")
    mine.create_bucket(Bucket=unique)
    mine.put_object(Bucket=unique, Key="k", Body=b"secret")
    url = mine.generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "k"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"secret"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url.replace("/k?", "/other?"))
    assert caught.value.code == 403
    caught.value.close()


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_of_an_unknown_key_expires_too(client: Callable[..., Any], unique: str, version: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    client("s3").put_object(Bucket=unique, Key="k", Body=b"x")
    signing = client("s3", signature_version=version)
    url = signing.generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "k"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"x"
    url = signing.generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "k"}, ExpiresIn=1)
    time.sleep(2.1)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    assert caught.value.code == 403
    assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in caught.value.read()
