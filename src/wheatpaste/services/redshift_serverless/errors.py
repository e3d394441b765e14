"""The errors of Redshift Serverless."""

from wheatpaste.wire.errors import aws_error

ResourceNotFoundException = aws_error("redshift-serverless", "ResourceNotFoundException")
ConflictException = aws_error("redshift-serverless", "ConflictException")
ValidationException = aws_error("redshift-serverless", "ValidationException")
