"""The Data Catalog as a Hive metastore: what Spark (and Trino, Hive, Presto) speak, over thrift on loopback.

    front = Metastore(aws)          # one listener per run, bound to that run's principal: the protocol has no authentication
    front.port                      # hive.metastore.uris = thrift://127.0.0.1:<port>
    front.close()

`shapes` turns AWS shapes into Hive's structures and back; `databases`, `tables`, `partitions` and `functions` answer the calls;
`folders` keeps the folders that a metastore is expected to make and remove; `listener` speaks thrift.
"""

from wheatpaste.engines.metastore.listener import Metastore

__all__ = ["Metastore"]
