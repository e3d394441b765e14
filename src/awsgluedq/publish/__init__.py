"""Results leave the process: to the platform, to S3, to CloudWatch; and earlier ones come back as the history of dynamic rules."""

from awsgluedq.publish.options import AdditionalOptions, PublishingOptions
from awsgluedq.publish.publisher import publish
from awsgluedq.publish.stores import store_of

__all__ = ["AdditionalOptions", "PublishingOptions", "publish", "store_of"]
