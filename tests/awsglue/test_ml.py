"""The machine-learning transforms can be imported, and say by name and reason that they are not here."""

from __future__ import annotations

import pytest

from awsglueml import transforms


@pytest.mark.parametrize("name", ["FindMatches", "FindIncrementalMatches", "FillMissingValues", "EntityDetector"])
def test_refused_by_name(name: str) -> None:
    for use in (lambda made: made.apply(frame=None, transformId="t"), lambda made: made()(None)):
        with pytest.raises(NotImplementedError, match=f"{name}: .*AWS"):
            use(getattr(transforms, name))


def test_entities_are_not_detected() -> None:
    with pytest.raises(NotImplementedError, match="EntityDetector"):
        transforms.EntityDetector().detect(None, ["EMAIL"])
