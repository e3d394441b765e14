"""From raw tables to one wide row a flight. Pure: frames in, frames out."""

from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import ApplyMapping, DropFields, Join

# The raw files write a missing number as "NA", so the crawler types these columns as it finds them; here they become what they are.
FLIGHTS = [
    ("year", "year", "int"),
    ("month", "month", "string"),  # the partition key, as crawled
    ("day", "day", "int"),
    ("dep_time", "dep_time", "int"),
    ("sched_dep_time", "sched_dep_time", "int"),
    ("dep_delay", "dep_delay", "double"),
    ("arr_time", "arr_time", "int"),
    ("sched_arr_time", "sched_arr_time", "int"),
    ("arr_delay", "arr_delay", "double"),
    ("carrier", "carrier", "string"),
    ("flight", "flight", "int"),
    ("tailnum", "tailnum", "string"),
    ("origin", "origin", "string"),
    ("dest", "dest", "string"),
    ("air_time", "air_time", "double"),
    ("distance", "distance", "double"),
    ("hour", "hour", "int"),
    ("minute", "minute", "int"),
    ("time_hour", "time_hour", "string"),
]
WEATHER = [
    ("origin", "w_origin", "string"),
    ("time_hour", "w_time_hour", "string"),
    ("temp", "temp", "double"),
    ("wind_speed", "wind_speed", "double"),
    ("precip", "precip", "double"),
    ("visib", "visib", "double"),
]
PLANES = [
    ("tailnum", "p_tailnum", "string"),
    ("year", "built", "int"),
    ("manufacturer", "manufacturer", "string"),
    ("model", "model", "string"),
    ("seats", "seats", "int"),
]


def _mapped(frame: DynamicFrame, mapping: list[tuple[str, str, str]], name: str) -> DynamicFrame:
    """Rename and cast: each source column keeps the type that it has in the catalog until then."""
    types = {field.name: field.dataType.typeName() for field in frame.schema()}
    mappings = [(source, types[source], target, kind) for source, target, kind in mapping]
    return ApplyMapping.apply(frame=frame, mappings=mappings, transformation_ctx=f"map_{name}")


def clean_flights(frame: DynamicFrame) -> DynamicFrame:
    """Flights with typed columns; a delay that is no number becomes null."""
    resolved = frame.resolveChoice(specs=[("dep_delay", "cast:double"), ("arr_delay", "cast:double")], transformation_ctx="resolve_flights")
    return _mapped(resolved, FLIGHTS, "flights")


def clean_weather(frame: DynamicFrame) -> DynamicFrame:
    """One row an airport and hour: the raw file repeats the hour in which the clocks go back."""
    mapped = _mapped(frame, WEATHER, "weather")
    once = mapped.toDF().dropDuplicates(["w_origin", "w_time_hour"])
    return DynamicFrame.fromDF(once, frame.glue_ctx, "weather")


def clean_planes(frame: DynamicFrame) -> DynamicFrame:
    """Planes with typed columns."""
    return _mapped(frame, PLANES, "planes")


def enrich(flights: DynamicFrame, weather: DynamicFrame, planes: DynamicFrame) -> DynamicFrame:
    """Every flight exactly once, with its weather and its plane where the raw data has them.

    ``Join`` is an inner join: what it matches is enriched; a left join on the frame's DataFrame keeps the flights that have no weather or
    plane.
    """
    known = Join.apply(
        planes, DynamicFrame.fromDF(flights.toDF().select("tailnum").distinct(), flights.glue_ctx, "tails"), "p_tailnum", "tailnum"
    )
    known = DropFields.apply(frame=known, paths=["tailnum"])
    wide = flights.toDF()
    observed = weather.toDF()
    wide = wide.join(observed, (wide.origin == observed.w_origin) & (wide.time_hour == observed.w_time_hour), "left").drop(
        "w_origin", "w_time_hour"
    )
    fleet = known.toDF()
    wide = wide.join(fleet, wide.tailnum == fleet.p_tailnum, "left").drop("p_tailnum")
    return DynamicFrame.fromDF(wide, flights.glue_ctx, "flights")
