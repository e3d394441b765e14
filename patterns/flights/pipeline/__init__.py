"""The flights pipeline: deploy, upload, crawl, transform, query, check. Plain boto3: it runs against wheatpaste and against AWS alike."""
