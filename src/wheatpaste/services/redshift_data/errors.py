"""The errors of the Data API."""

from wheatpaste.wire.errors import aws_error

ValidationException = aws_error("redshift-data", "ValidationException")
ResourceNotFoundException = aws_error("redshift-data", "ResourceNotFoundException")
DatabaseConnectionException = aws_error("redshift-data", "DatabaseConnectionException")
