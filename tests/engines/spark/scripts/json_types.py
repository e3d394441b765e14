"""JSON whose fields are of several types, on any Glue version. Prints one JSON line."""

import json
import sys

import boto3
import pyspark
from pyspark.context import SparkContext

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket"])
glue = GlueContext(SparkContext.getOrCreate())
base = f"{pyspark.__version__}/json"

TEXTS = {
    "nested": '{"i":1,"v":1,"s":"x\\"y","n":{"a":"1","b":[1,"2",true]},"w":12345678901}\n'
    '{"i":2,"v":"1","n":{"a":1},"w":1.5}\nno json\n{"i":3,"v":"{1}","s":"s"}',
    "whole": "\ufeff" + '[{"a":1,"b c":"é"},\n{"a":"2"}]',
    "several": '{"a":1}{"a":"b"}\n{"c":3}',
}
SCHEMA = {
    "dataType": "struct",
    "fields": [
        {"name": "a", "container": {"dataType": "int"}},
        {"name": "m", "container": {"dataType": "map", "valueType": {"dataType": "string"}}},
    ],
}


def read(name, text, **options):
    boto3.client("s3").put_object(Bucket=args["bucket"], Key=f"{base}/{name}/a.json", Body=text.encode())
    return glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{args['bucket']}/{base}/{name}/"]}, "json", options)


def shown(frame):
    df = frame.toDF()
    return [df.schema.simpleString(), sorted(df.toJSON().collect()), frame.stageErrorsCount()]


found = {name: shown(read(name, text, multiline=name == "whole")) for name, text in TEXTS.items()}
found["declared"] = shown(read("declared", '{"a":"1","m":{"k":"v"}}\n{"a":2}', withSchema=json.dumps(SCHEMA)))
found["cast"] = shown(read("nested", TEXTS["nested"]).select_fields(["v"]).resolveChoice(specs=[("v", "cast:int")]))[:2]
found["objects"] = shown(read("objects", '{"a":{"b":"c"}}\n{"a":1}'))[:2]
PATHS = '{"v":[{"a":1},{"a":"1"}]}\nno json\n{"v":{"a":"x"}}{"w":1}'
found["path"] = shown(read("path", PATHS, jsonPath="$.v[*]"))
print(json.dumps(found))
