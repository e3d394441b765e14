"""The logger that scripts get: Spark's own log4j, so that their lines stand among Spark's."""

from __future__ import annotations

from typing import Any

_NAME = "GlueLogger"


class GlueLogger:
    """Writes to the driver's log4j at INFO and above."""

    def __init__(self, jvm: Any) -> None:
        log4j = jvm.org.apache.logging.log4j
        log4j.core.config.Configurator.setLevel(_NAME, log4j.Level.INFO)
        self._logger = jvm.org.slf4j.LoggerFactory.getLogger(_NAME)

    def trace(self, msg: Any) -> None:
        self._logger.trace(str(msg))

    def debug(self, msg: Any) -> None:
        self._logger.debug(str(msg))

    def info(self, msg: Any) -> None:
        self._logger.info(str(msg))

    def warn(self, msg: Any) -> None:
        self._logger.warn(str(msg))

    def warning(self, msg: Any) -> None:
        self._logger.warn(str(msg))

    def error(self, msg: Any) -> None:
        self._logger.error(str(msg))
