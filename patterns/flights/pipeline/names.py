"""What the pipeline's resources are called."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """Every name in one place; ``suffix`` keeps deployments in one account apart."""

    suffix: str = "demo"
    region: str = "us-east-1"

    @property
    def raw_bucket(self) -> str:
        return f"flights-raw-{self.suffix}"

    @property
    def lake_bucket(self) -> str:
        return f"flights-lake-{self.suffix}"

    @property
    def tmp_bucket(self) -> str:
        return f"flights-tmp-{self.suffix}"

    raw_database: str = "flights_raw"
    lake_database: str = "flights_lake"
    crawler: str = "flights-raw"
    job: str = "flights-etl"
    role: str = "FlightsPipeline"
    connection: str = "flights-warehouse"
    cluster: str = "flights"
    user: str = "admin"
    password: str = "Flights-2013"
    workgroup: str = "primary"

    @property
    def metrics_key(self) -> str:
        return "metrics/flights.json"
