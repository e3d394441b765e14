"""Each Glue version's own Kafka connector, against a real broker; the checkpoint is on S3."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.engines.spark.places import Place
from tests.engines.spark.test_glue_versions import NUMBERS, told
from tests.kafka_broker import Broker

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(1800)]
SCRIPT = Path(__file__).with_name("scripts") / "kafka.py"


@pytest.mark.parametrize("number", NUMBERS)
def test_written_read_and_streamed(own_server: Callable[..., Any], kafka: Broker, unique: str, number: str) -> None:
    place = Place(own_server("--warm", "0"), "444444444444")
    arguments = {"servers": kafka.address, "topic": kafka.topic(unique), "bucket": place.bucket}
    found = told(place.run(SCRIPT.read_text(), version=number, **arguments))
    assert found == {"whole": [[1, "a"], [2, None]], "seen": [[1, "a"], [2, None], [3, "c"]]}
