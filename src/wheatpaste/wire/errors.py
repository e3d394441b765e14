"""The errors that a client sees.

    AwsError
    ├── aws_error(service, name)      one class per modelled error, or per code of a service, made on demand
    ├── NotImplementedByWheatpaste    501: an operation, or a member of its input, that is refused by name
    ├── AccessDenied · MissingAuthenticationToken · InvalidAccessKeyId · ExpiredToken
    │   │                                           └── InvalidSessionToken
    │   └── HeadersNotSigned · PresignedUrlExpired
    ├── SignatureDoesNotMatch ── RequestTimeTooSkewed · IncompleteSignature · AuthorizationQueryParametersError
    ├── UnsupportedAuthorization
    ├── IncompleteBody · MalformedChunk · MalformedTrailer
    ├── UnknownOperation · UnknownService
    ├── SerializationError ── MalformedXML · BadParameter · InvalidURI    the body is not what the protocol says
    ├── ValidationError                            the shape breaks the model
    ├── InvalidToken                               a pagination token that nobody issued
    ├── RequestEntityTooLarge
    └── InternalFailure

AWS names the same fault differently in each protocol family (``AccessDenied`` in S3 and IAM, ``AccessDeniedException`` in Glue):
``variants`` holds that.
"""

from typing import Any, ClassVar

Variant = tuple[str, int]  # code, status
JSON = ("json", "smithy-rpc-v2-cbor")
ALL_JSON = (*JSON, "rest-json")


def _variants(json: Variant, rest_json: Variant | None = None, **others: Variant) -> dict[str, Variant]:
    named = {name.replace("_", "-"): variant for name, variant in others.items()}
    return {**dict.fromkeys(JSON, json), "rest-json": rest_json or json, **named}


class AwsError(Exception):
    """An error as AWS answers it: ``Class(message, **fields)``.

    ``fields`` are further members of the error (S3's ``BucketName``, a modelled ``FailureReason``). A class without a code of its own
    is given ``code`` and ``status`` by its caller: ``AwsError(code, message, status)``.
    """

    code: str = ""
    status: int = 400
    variants: ClassVar[dict[str, Variant]] = {}  # protocol → code and status, where they differ

    def __init__(self, *text: Any, **fields: Any) -> None:
        if not type(self).code:
            self.code, text = text[0], text[1:]
        self.message: str = text[0] if text else ""
        if len(text) > 1:
            self.status = text[1]
        self.fields: dict[str, Any] = fields
        super().__init__(f"{self.code}: {self.message}")

    @property
    def sender_fault(self) -> bool:
        """Whether the client is to blame."""
        return self.status < 500 or self.status == 501

    def variant(self, protocol: str) -> Variant:
        """Code and status in ``protocol``."""
        return self.variants.get(protocol, (self.code, self.status))


_classes: dict[tuple[str, str], type[AwsError]] = {}


class ServiceError(AwsError):
    """An error of one service, by its code or its modelled shape's name; without ``status`` the model has it."""

    service: ClassVar[str]
    name: ClassVar[str]
    known: ClassVar[bool]  # the status was given: the code need not be in the model

    def __init__(self, message: str = "", **fields: Any) -> None:
        if not type(self).known:
            _complete(type(self))
        super().__init__(message, **fields)


def aws_error(service: str, name: str, status: int | None = None) -> type[ServiceError]:
    """The class of a service's error: a modelled one by shape name or code, or (with ``status``) a code that the model lacks.

    The same class for the same service and name, so that another service can catch it. A name that neither is modelled nor has a
    status raises LookupError when the first is made.
    """
    made = _classes.get((service, name))
    if made is None:
        made = type(name, (ServiceError,), {"code": name, "service": service, "name": name, "known": False})
        _classes[service, name] = made
    assert issubclass(made, ServiceError)
    if status is not None:
        made.status, made.known = status, True
    return made


def _complete(made: type[ServiceError]) -> None:
    from wheatpaste.wire.models import modelled_error

    found = modelled_error(made.service, made.name)
    if found is None:
        raise LookupError(f"{made.service} has no modelled error {made.name}: give aws_error a status for a code that the model lacks")
    made.status, made.known = found.status, True


class NotImplementedByWheatpaste(AwsError):
    """What is refused: an operation (``"glue:CreateBlueprint"``), or ``member`` of its input."""

    code, status = "NotImplemented", 501
    variants = _variants(("NotImplementedException", 501))

    def __init__(self, operation: str, member: str | None = None) -> None:
        what = f"{operation} is not implemented" if member is None else f"{member} of {operation} is not implemented"
        super().__init__(f"{what} by wheatpaste: it is refused, nothing was done. See `wheatpaste coverage`.")
        self.operation, self.member = operation, member


class AccessDenied(AwsError):
    """The principal may not do this."""

    code, status = "AccessDenied", 403
    variants = _variants(("AccessDeniedException", 400), ("AccessDeniedException", 403), ec2=("UnauthorizedOperation", 403))


class MissingAuthenticationToken(AwsError):
    """No signature where one is needed."""

    code, status = "MissingAuthenticationToken", 403
    variants = _variants(
        ("MissingAuthenticationTokenException", 400), ("MissingAuthenticationTokenException", 403), rest_xml=("AccessDenied", 403)
    )


class InvalidAccessKeyId(AwsError):
    """The access key is nobody's, inactive, or came without its session token."""

    code, status = "InvalidClientTokenId", 403
    variants = _variants(
        ("UnrecognizedClientException", 400),
        ("UnrecognizedClientException", 403),
        rest_xml=("InvalidAccessKeyId", 403),
        ec2=("AuthFailure", 401),
    )


class InvalidSessionToken(InvalidAccessKeyId):
    """Temporary credentials with a session token that is not theirs: a code of its own in S3."""

    variants = {**InvalidAccessKeyId.variants, "rest-xml": ("InvalidToken", 400)}


class ExpiredToken(AwsError):
    """Temporary credentials past their end."""

    code, status = "ExpiredToken", 403
    variants = _variants(
        ("ExpiredTokenException", 400), ("ExpiredTokenException", 403), rest_xml=("ExpiredToken", 400), ec2=("RequestExpired", 400)
    )


class SignatureDoesNotMatch(AwsError):
    """The signature is not the one that key and request give."""

    code, status = "SignatureDoesNotMatch", 403
    variants = _variants(("InvalidSignatureException", 400), ("InvalidSignatureException", 403), ec2=("AuthFailure", 401))


class RequestTimeTooSkewed(SignatureDoesNotMatch):
    """The request's time is more than 15 minutes from the server's."""

    variants = {**SignatureDoesNotMatch.variants, "rest-xml": ("RequestTimeTooSkewed", 403)}


class IncompleteSignature(SignatureDoesNotMatch):
    """An Authorization header that lacks a part."""

    code, status = "IncompleteSignature", 400
    variants = _variants(
        ("IncompleteSignatureException", 400), ("IncompleteSignatureException", 403), rest_xml=("AuthorizationHeaderMalformed", 400)
    )


class AuthorizationQueryParametersError(SignatureDoesNotMatch):
    """A presigned URL that lacks a parameter, or whose expiry is out of bounds."""

    code, status = "IncompleteSignature", 400
    variants = {**IncompleteSignature.variants, "rest-xml": ("AuthorizationQueryParametersError", 400)}


class PresignedUrlExpired(AccessDenied):
    """A presigned URL past its expiry."""

    variants = {**SignatureDoesNotMatch.variants, "rest-xml": ("AccessDenied", 403), "query": ("SignatureDoesNotMatch", 403)}


class HeadersNotSigned(AccessDenied):
    """S3: an x-amz- header that the signature does not cover."""


class UnknownOperation(AwsError):
    """An operation that the service does not have."""

    code, status = "InvalidAction", 400
    variants = _variants(("UnknownOperationException", 400), ("UnknownOperationException", 404), rest_xml=("MethodNotAllowed", 405))


class UnknownService(AwsError):
    """A request for a service that wheatpaste does not name."""

    code, status = "UnknownService", 501


class SerializationError(AwsError):
    """The request cannot be read as its protocol says."""

    code, status = "MalformedInput", 400
    variants = _variants(("SerializationException", 400), rest_xml=("MalformedXML", 400), ec2=("InvalidParameterValue", 400))


class MalformedXML(SerializationError):
    """S3: the body does not follow the schema."""

    code, status = "MalformedXML", 400


class BadParameter(SerializationError):
    """A value in a header, the path or the query string that cannot be read."""

    variants = {**SerializationError.variants, "rest-xml": ("InvalidArgument", 400)}


class InvalidURI(SerializationError):
    """A path that is not UTF-8."""

    variants = {**SerializationError.variants, "rest-xml": ("InvalidURI", 400)}


class ValidationError(AwsError):
    """The shape breaks the model; where a service has a code of its own for it, ``wire/quirks.json`` says so."""

    code, status = "ValidationError", 400
    variants = _variants(("ValidationException", 400), rest_xml=("InvalidArgument", 400))


class InvalidToken(AwsError):
    """A pagination token that this operation did not issue; services pass their own error where AWS documents one."""

    code, status = "ValidationError", 400
    variants = _variants(("ValidationException", 400), rest_xml=("InvalidArgument", 400))


class IncompleteBody(AwsError):
    """A body that ends before it should, or is longer than declared."""

    code, status = "IncompleteBody", 400


class MalformedChunk(AwsError):
    """aws-chunked framing that is none."""

    code, status = "InvalidChunkSizeError", 400


class MalformedTrailer(AwsError):
    """A trailer that is no header, is unsigned where it must be signed, or is not there."""

    code, status = "MalformedTrailerError", 400


class UnsupportedAuthorization(AwsError):
    """An authorization mechanism that is not Signature Version 4."""

    code, status = "IncompleteSignature", 400
    variants = _variants(("IncompleteSignatureException", 400), rest_xml=("InvalidRequest", 400))


class RequestEntityTooLarge(AwsError):
    """A body over the limit."""

    code, status = "RequestEntityTooLarge", 413
    variants = _variants(("RequestEntityTooLargeException", 413), rest_xml=("MaxMessageLengthExceeded", 400))


class InternalFailure(AwsError):
    """A defect of ours, or a full disk: nothing was written."""

    code, status = "InternalFailure", 500
    variants = _variants(("InternalServerException", 500), rest_xml=("InternalError", 500))
