"""Athena's modelled errors."""

from wheatpaste.wire.errors import aws_error

InvalidRequestException = aws_error("athena", "InvalidRequestException")
ResourceNotFoundException = aws_error("athena", "ResourceNotFoundException")
MetadataException = aws_error("athena", "MetadataException")
