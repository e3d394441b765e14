"""EvaluateDataQuality: refused until DQDL is built, so that no job passes rules that nobody evaluated."""

from __future__ import annotations

from typing import Any, NoReturn


class EvaluateDataQuality:
    """Evaluates DQDL rulesets on AWS; here it raises NotImplementedError."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("awsgluedq.transforms.EvaluateDataQuality.apply: data quality rules are not evaluated yet")

    def process_rows(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("awsgluedq.transforms.EvaluateDataQuality.process_rows: data quality rules are not evaluated yet")
