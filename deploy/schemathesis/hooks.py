"""Tells schemathesis what OpenAPI 3.1 has no words for: lines of JSON, and which problems an operation may answer."""

import json

import schemathesis

LINES, PROBLEM = "application/x-ndjson", "application/problem+json"


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Puts the shape of a line, and the codes of problems, where schemathesis looks for them."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                refine(body)
    for response in raw_schema["components"]["responses"].values():
        refine(response)


def refine(body):
    content = body.get("content", {})
    if LINES in content:
        content[LINES]["schema"] = content[LINES].pop("x-itemSchema")
        # The example is that of a text.
        content[LINES].pop("example", None)
    if PROBLEM in content and "x-problem-codes" in body:
        codes = {"type": "object", "properties": {"code": {"enum": body["x-problem-codes"]}}}
        content[PROBLEM]["schema"] = {"allOf": [content[PROBLEM]["schema"], codes]}


@schemathesis.serializer(LINES)
def lines(context, value):
    """A body of one line."""
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer(LINES)
def first_line(context, response):
    """The first line of an answer stands for all of them."""
    text = response.text
    return json.loads(text.splitlines()[0]) if text else None
