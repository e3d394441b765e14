"""The errors of CloudWatch."""

from wheatpaste.wire.errors import aws_error

InvalidParameterValue = aws_error("cloudwatch", "InvalidParameterValueException")
InvalidParameterCombination = aws_error("cloudwatch", "InvalidParameterCombinationException")
MissingParameter = aws_error("cloudwatch", "MissingRequiredParameterException")
ValidationError = aws_error("cloudwatch", "ValidationError", status=400)  # not in the model; wire/quirks.json names it too
InvalidNextToken = aws_error("cloudwatch", "InvalidNextToken")
DashboardInvalidInput = aws_error("cloudwatch", "DashboardInvalidInputError")
DashboardNotFound = aws_error("cloudwatch", "DashboardNotFoundError")
