"""AWS Glue Data Quality in scripts: `from awsgluedq.transforms import EvaluateDataQuality`.

It knows PySpark, awsglue and the public AWS API (endpoint and credentials from the environment), and nothing of the platform that runs it.
`awsgluedq.dqdl` is the language, `awsgluedq.evaluate` what its rules mean on Spark DataFrames, `awsgluedq.publish` where results go.
"""
