"""An inspector that a file can kill or silence, as a broken reader would; the others it reads as the real one does."""

import os
import time

from wheatpaste.engines.worker import serve
from wheatpaste.services.glue.crawl import inspector


def inspect(key, pieces, classifiers):
    """What the real one says, unless the key asks for trouble."""
    if "abort" in key:
        os.abort()
    if "hang" in key:
        time.sleep(600)
    if "raise" in key:
        raise MemoryError("too much")
    return inspector.inspect(key, pieces, classifiers)


if __name__ == "__main__":
    serve({"inspect": inspect})
