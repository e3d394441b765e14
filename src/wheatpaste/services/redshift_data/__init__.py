"""Not yet."""

from wheatpaste.service import Service

redshift_data = Service("redshift-data")
