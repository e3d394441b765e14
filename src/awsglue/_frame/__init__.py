"""What a DynamicFrame is made of: a Spark DataFrame, a schema with choices, and the errors met on the way. Internal."""
