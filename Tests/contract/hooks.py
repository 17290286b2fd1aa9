"""Lets schemathesis write and read lines of JSON, which it does not know by itself."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A body of one line."""
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson")
def first_line(context, response):
    """The first line of an answer stands for all of them."""
    text = response.text
    return json.loads(text.splitlines()[0]) if text else None
