"""wheatpaste: the AWS Glue data platform, running for real on any machine."""

__version__ = "0.1.0"
