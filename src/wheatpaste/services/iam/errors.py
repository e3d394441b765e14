"""The errors of IAM."""

from wheatpaste.wire.errors import aws_error

NoSuchEntityException = aws_error("iam", "NoSuchEntityException")
EntityAlreadyExistsException = aws_error("iam", "EntityAlreadyExistsException")
DeleteConflictException = aws_error("iam", "DeleteConflictException")
MalformedPolicyDocumentException = aws_error("iam", "MalformedPolicyDocumentException")
LimitExceededException = aws_error("iam", "LimitExceededException")
InvalidInputException = aws_error("iam", "InvalidInputException")
ValidationError = aws_error("iam", "ValidationError", status=400)
