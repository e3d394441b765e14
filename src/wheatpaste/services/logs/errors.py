"""The errors of CloudWatch Logs."""

from wheatpaste.wire.errors import aws_error

ResourceNotFoundException = aws_error("logs", "ResourceNotFoundException")
ResourceAlreadyExistsException = aws_error("logs", "ResourceAlreadyExistsException")
InvalidParameterException = aws_error("logs", "InvalidParameterException")
