"""Events of objects, for buckets whose notification configuration switches EventBridge on.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.ids import request_id
from wheatpaste.service import Empty, Shape
from wheatpaste.services.s3 import s3
from wheatpaste.services.s3.buckets import bucket_arn, find, mark
from wheatpaste.services.s3.configurations import load, store
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.wire.models import service_model

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        GetBucketNotificationConfigurationRequest,
        NotificationConfiguration,
        PutBucketNotificationConfigurationRequest,
    )

TARGETS = {  # member → the member of its entries that names the target, the target's service
    "TopicConfigurations": ("TopicArn", "sns"),
    "QueueConfigurations": ("QueueArn", "sqs"),
    "LambdaFunctionConfigurations": ("LambdaFunctionArn", "lambda"),
}


def _emit(call: Call, bucket: Row[Any], detail_type: str, obj: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    origin = call.aws_as_caller.origin
    detail = {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": {**{k: v for k, v in obj.items() if v is not None}, "sequencer": f"{time.time_ns():018X}"},
        "request-id": origin.request_id,
        "requester": call.account,
        "source-ip-address": origin.source_ip,
        **more,
    }
    call.emit(detail_type, detail, source="aws.s3", resources=[arns.arn("s3", "", "", bucket.name)])


def created(call: Call, bucket: Row[Any], key: str, size: int, etag: str, version_id: str | None) -> None:
    """Object Created; the reason is the operation's name."""
    if bucket.events:
        reason = {"reason": call.operation.name}
        _emit(call, bucket, "Object Created", {"key": key, "size": size, "etag": etag, "version-id": version_id}, reason)


def deleted(call: Call, bucket: Row[Any], key: str, version_id: str | None, marker: bool) -> None:
    """Object Deleted: for good, or by a delete marker."""
    if bucket.events:
        kind = "Delete Marker Created" if marker else "Permanently Deleted"
        _emit(call, bucket, "Object Deleted", {"key": key, "version-id": version_id}, {"reason": "DeleteObject", "deletion-type": kind})


@s3.operation(resource=bucket_arn, stored=["SkipDestinationValidation"])
def put_bucket_notification_configuration(call: Call, req: PutBucketNotificationConfigurationRequest) -> Empty:
    """Keep a bucket's notification configuration: EventBridge has effect; nothing is sent to topics, queues and functions yet."""
    bucket, wanted = find(call, req), cast("Mapping[str, Any]", req.get("NotificationConfiguration") or {})
    body: dict[str, Any] = {
        name: [_checked(bucket, entry, *TARGETS[name]) for entry in wanted[name]] for name in TARGETS if wanted.get(name)
    }
    bridge = wanted.get("EventBridgeConfiguration")
    if bridge is not None:
        body["EventBridgeConfiguration"] = bridge
    store(call, bucket.name, "Notification", body)
    mark(call, bucket.name, events=int(bridge is not None))
    return {}


def _checked(bucket: Row[Any], entry: Mapping[str, Any], member: str, service: str) -> Shape:
    """An entry with its Id, once its target's ARN is one of the right service in the bucket's region, and its events are known."""
    try:
        target = arns.parse(entry[member])
    except ValueError:
        raise s3_error("InvalidArgument", "The ARN is not well formed") from None
    if target.service != service:
        raise s3_error("InvalidArgument", "The ARN is not well formed")
    if target.region != bucket.region:
        raise s3_error("InvalidArgument", "The notification destination service region is not valid for the bucket location constraint")
    known = service_model("s3").shape_for("Event").enum
    if any(event not in known for event in entry["Events"]):
        raise s3_error("InvalidArgument", "The event is not supported for notifications")
    return {"Id": request_id(), **entry}


@s3.operation(resource=bucket_arn, reads=True)
def get_bucket_notification_configuration(call: Call, req: GetBucketNotificationConfigurationRequest) -> NotificationConfiguration:
    """A bucket's notification configuration."""
    return cast("NotificationConfiguration", load(call, find(call, req).name, "Notification") or {})
