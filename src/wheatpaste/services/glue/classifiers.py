"""Custom classifiers: one of Grok, XML, JSON and CSV each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.crawl.custom import check_classifier
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.schema_crawlers import classifiers
from wheatpaste.services.glue.scope import decoded, millis, when
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        Classifier,
        CreateClassifierRequest,
        CreateClassifierResponse,
        DeleteClassifierRequest,
        DeleteClassifierResponse,
        GetClassifierRequest,
        GetClassifierResponse,
        GetClassifiersRequest,
        GetClassifiersResponse,
        UpdateClassifierRequest,
        UpdateClassifierResponse,
    )

KINDS = ("GrokClassifier", "XMLClassifier", "JsonClassifier", "CsvClassifier")
PAGE = 100


def classifier_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The classifier that a request names."""
    name = req.get("Name") or next((req[kind]["Name"] for kind in KINDS if req.get(kind)), "")
    return arns.arn("glue", call.region, call.account, f"classifier/{name}")


def _one(req: Mapping[str, Any]) -> tuple[str, str, Shape]:
    """Kind, name and body of the one classifier in a request."""
    given = [kind for kind in KINDS if req.get(kind) is not None]
    if len(given) != 1:
        raise InvalidInputException("Exactly one of GrokClassifier, XMLClassifier, JsonClassifier and CsvClassifier must be given.")
    kind = given[0]
    return kind, req[kind]["Name"], {name: value for name, value in req[kind].items() if name != "Name"}


def _checked(kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        check_classifier(kind, body)
    except ValueError as error:
        raise InvalidInputException(str(error)) from None
    return body


def classifier_shape(row: Row[Any]) -> Classifier:
    """A ``Classifier``."""
    times = {"CreationTime": when(row.created), "LastUpdated": when(row.updated), "Version": row.version}
    return cast("Classifier", {row.kind: {"Name": row.name, **times, **row.body}})


def classifier_row(call: Call, name: str) -> Row[Any]:
    """The classifier's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(classifiers).where(here(call, classifiers, name=name))).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Classifier not found: {name}.")
    return row


@glue.operation(resource=classifier_arn)
def create_classifier(call: Call, req: CreateClassifierRequest) -> CreateClassifierResponse:
    """Add a classifier."""
    kind, name, body = _one(req)
    now = millis(call)
    values = place(call, name=name, kind=kind, body=_checked(kind, body), version=1, created=now, updated=now)
    try:
        with call.db.begin_nested():
            call.db.execute(insert(classifiers).values(**values))
    except IntegrityError:
        raise AlreadyExistsException(f"{name} already exists") from None
    return {}


@glue.operation(resource=classifier_arn)
def update_classifier(call: Call, req: UpdateClassifierRequest) -> UpdateClassifierResponse:
    """Change the members that are given."""
    kind, name, body = _one(req)
    row = classifier_row(call, name)
    if row.kind != kind:
        raise InvalidInputException(f"Classifier {name} is a {row.kind}: its kind cannot be changed.")
    values = {"body": _checked(kind, {**row.body, **body}), "version": row.version + 1, "updated": millis(call)}
    call.db.execute(update(classifiers).where(here(call, classifiers, name=name)).values(**values))
    return {}


@glue.operation(resource=classifier_arn)
def delete_classifier(call: Call, req: DeleteClassifierRequest) -> DeleteClassifierResponse:
    """Delete a classifier; crawlers that name it fail until it is there again."""
    if not call.db.execute(delete(classifiers).where(here(call, classifiers, name=req["Name"]))).rowcount:
        raise EntityNotFoundException(f"Classifier not found: {req['Name']}.")
    return {}


@glue.operation(reads=True, resource=classifier_arn)
def get_classifier(call: Call, req: GetClassifierRequest) -> GetClassifierResponse:
    """One classifier."""
    return {"Classifier": classifier_shape(classifier_row(call, req["Name"]))}


@glue.operation(reads=True)
def get_classifiers(call: Call, req: GetClassifiersRequest) -> GetClassifiersResponse:
    """A page of classifiers, by name."""
    after, limit = decoded(req, "GetClassifiers") or "", req.get("MaxResults") or PAGE
    query = select(classifiers).where(here(call, classifiers), classifiers.c.name > after).order_by(classifiers.c.name).limit(limit + 1)
    rows, token = page(list(call.db.execute(query)), limit, lambda row: row.name, "GetClassifiers")
    return {"Classifiers": [classifier_shape(row) for row in rows], "NextToken": token}
