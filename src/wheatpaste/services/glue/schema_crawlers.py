"""The tables of crawlers, their crawls and classifiers."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

crawlers = Table(
    "glue_crawlers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),  # CreateCrawler's members as given, without Name, Tags and Schedule
    Column("schedule", Text, nullable=False),  # the cron expression; empty: none
    Column("schedule_state", Text, nullable=False),  # SCHEDULED, NOT_SCHEDULED
    Column("state", Text, nullable=False),  # READY, RUNNING, STOPPING
    Column("version", Integer, nullable=False),
    Column("crawl", Text, nullable=False),  # the id of the crawl that runs; empty: none
    Column("last", Body),  # LastCrawlInfo
    Column("created", BigInteger, nullable=False),  # epoch milliseconds, as all times here
    Column("updated", BigInteger, nullable=False),
)

crawls = Table(
    "glue_crawls",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("crawler", BinaryText, nullable=False),
    Column("state", Text, nullable=False),  # CrawlerHistoryState
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("error", Text, nullable=False),
    Column("counts", Body, nullable=False),  # {"TablesCreated": n, …, "PartitionsDeleted": n}
    Index("glue_crawls_crawler", "account", "region", "crawler", "started"),
)

folders = Table(
    "glue_crawl_folders",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("crawler", BinaryText, primary_key=True),
    Column("location", BinaryText, primary_key=True),  # s3:// URI of a folder with files that a crawl has finished
)
"""What CRAWL_NEW_FOLDERS_ONLY has seen."""

classifiers = Table(
    "glue_classifiers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("kind", Text, nullable=False),  # the member of Classifier: GrokClassifier, XMLClassifier, JsonClassifier, CsvClassifier
    Column("body", Body, nullable=False),  # without Name
    Column("version", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)
