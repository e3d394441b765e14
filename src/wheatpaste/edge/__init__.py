"""The HTTP edge: bytes in, bytes out, on one event loop. What a request means is decided by the stages (``wheatpaste.app.STAGES``)."""
