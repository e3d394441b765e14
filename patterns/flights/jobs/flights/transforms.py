"""From raw tables to one wide row a flight. Pure: frames in, frames out."""

from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import ApplyMapping, DropFields, Join

# (column, its type as crawled, new name, new type). The raw files write a missing number as "NA": such columns are crawled as text.
FLIGHTS = [
    ("year", "long", "year", "int"),
    ("month", "string", "month", "string"),  # the partition key
    ("day", "long", "day", "int"),
    ("dep_time", "string", "dep_time", "int"),
    ("sched_dep_time", "long", "sched_dep_time", "int"),
    ("dep_delay", "double", "dep_delay", "double"),
    ("arr_time", "string", "arr_time", "int"),
    ("sched_arr_time", "long", "sched_arr_time", "int"),
    ("arr_delay", "double", "arr_delay", "double"),
    ("carrier", "string", "carrier", "string"),
    ("flight", "long", "flight", "int"),
    ("tailnum", "string", "tailnum", "string"),
    ("origin", "string", "origin", "string"),
    ("dest", "string", "dest", "string"),
    ("air_time", "string", "air_time", "double"),
    ("distance", "long", "distance", "double"),
    ("hour", "long", "hour", "int"),
    ("minute", "long", "minute", "int"),
    ("time_hour", "string", "time_hour", "string"),
]
WEATHER = [
    ("origin", "string", "w_origin", "string"),
    ("time_hour", "string", "w_time_hour", "string"),
    ("temp", "double", "temp", "double"),
    ("wind_speed", "double", "wind_speed", "double"),
    ("precip", "double", "precip", "double"),
    ("visib", "double", "visib", "double"),
]
PLANES = [
    ("tailnum", "string", "p_tailnum", "string"),
    ("year", "string", "built", "int"),
    ("manufacturer", "string", "manufacturer", "string"),
    ("model", "string", "model", "string"),
    ("seats", "long", "seats", "int"),
]


def clean_flights(frame: DynamicFrame) -> DynamicFrame:
    """Flights with typed columns; a delay that is no number becomes null."""
    resolved = frame.resolveChoice(specs=[("dep_delay", "cast:double"), ("arr_delay", "cast:double")], transformation_ctx="resolve_flights")
    return ApplyMapping.apply(frame=resolved, mappings=FLIGHTS, transformation_ctx="map_flights")


def clean_weather(frame: DynamicFrame) -> DynamicFrame:
    """One row an airport and hour: the raw file repeats the hour in which the clocks go back."""
    mapped = ApplyMapping.apply(frame=frame, mappings=WEATHER, transformation_ctx="map_weather")
    once = mapped.toDF().dropDuplicates(["w_origin", "w_time_hour"])
    return DynamicFrame.fromDF(once, frame.glue_ctx, "weather")


def clean_planes(frame: DynamicFrame) -> DynamicFrame:
    """Planes with typed columns."""
    return ApplyMapping.apply(frame=frame, mappings=PLANES, transformation_ctx="map_planes")


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
