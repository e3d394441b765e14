"""The errors of AWS Glue, by their modelled names."""

from wheatpaste.wire.errors import aws_error

AccessDeniedException = aws_error("glue", "AccessDeniedException")
AlreadyExistsException = aws_error("glue", "AlreadyExistsException")
ConcurrentModificationException = aws_error("glue", "ConcurrentModificationException")
ConcurrentRunsExceededException = aws_error("glue", "ConcurrentRunsExceededException")
ConditionCheckFailureException = aws_error("glue", "ConditionCheckFailureException")
ConflictException = aws_error("glue", "ConflictException")
CrawlerNotRunningException = aws_error("glue", "CrawlerNotRunningException")
CrawlerRunningException = aws_error("glue", "CrawlerRunningException")
CrawlerStoppingException = aws_error("glue", "CrawlerStoppingException")
EntityNotFoundException = aws_error("glue", "EntityNotFoundException")
InvalidInputException = aws_error("glue", "InvalidInputException")
InvalidStateException = aws_error("glue", "InvalidStateException")
NoScheduleException = aws_error("glue", "NoScheduleException")
OperationTimeoutException = aws_error("glue", "OperationTimeoutException")
ResourceNotReadyException = aws_error("glue", "ResourceNotReadyException")
ResourceNumberLimitExceededException = aws_error("glue", "ResourceNumberLimitExceededException")
SchedulerNotRunningException = aws_error("glue", "SchedulerNotRunningException")
SchedulerRunningException = aws_error("glue", "SchedulerRunningException")
SchedulerTransitioningException = aws_error("glue", "SchedulerTransitioningException")
VersionMismatchException = aws_error("glue", "VersionMismatchException")
