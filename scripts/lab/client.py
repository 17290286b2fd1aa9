"""One client: HTTP over TCP, TLS or a socket in the file system, with named keys."""

import http.client
import json
import re
import socket
import threading
import urllib.parse

from lab.settings import JSON


class Answer:
    """What came back; the status is None where the answer was broken off."""

    def __init__(self, request, status, fields, body):
        self.request, self.status, self.fields, self.body = request, status, fields, body

    def __getitem__(self, name):
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines() if line.strip()]

    @property
    def code(self):
        value = self.json
        return value.get("code") if isinstance(value, dict) else None

    @property
    def alike(self):
        """What must be the same for a case that is absent and one that is hidden."""
        fields = sorted((k.lower(), v) for k, v in self.fields if k.lower() not in ("x-request-id", "date"))
        return self.status, fields, re.sub(r'"request_id":"[^"]*"', "", self.text)

    def __str__(self):
        return f"{self.request} -> {self.status} {self.text[:300]!r}"


class LocalConnection(http.client.HTTPConnection):
    """HTTP by a socket in the file system."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connect(url, seconds=120):
    """A connection to `http://…`, `https://…` or `unix:/path`."""
    url = urllib.parse.urlsplit(url)
    if url.scheme == "unix":
        return LocalConnection(url.path, seconds)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname, url.port, timeout=seconds)


class Client:
    """Asks over one kept connection for each thread; keys are named, so that no secret stands in what is printed."""

    def __init__(self, url, keys=()):
        self.url, self.keys, self.local, self.asked = url, dict(keys), threading.local(), 0

    def forget_connections(self, url):
        """From now on another address is asked."""
        self.url, self.local = url, threading.local()

    def connection(self):
        if getattr(self.local, "connection", None) is None:
            self.local.connection = connect(self.url)
        return self.local.connection

    def head_and_body(self, who, body, fields, kind):
        """Fields and bytes of a request: the key of `who`, and JSON of whatever is no text."""
        fields = dict(fields or {})
        if who:
            fields["Authorization"] = "Bearer " + self.keys[who]
        if body is not None:
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
            body = body.encode() if isinstance(body, str) else body
            fields.setdefault("Content-Type", kind)
        return fields, body

    def ask(self, who, method, path, body=None, fields=None, kind=JSON):
        """`who` is an agency, the name of another key, or None. A connection that has ended is opened once again."""
        fields, body = self.head_and_body(who, body, fields, kind)
        self.asked += 1
        for attempt in (1, 2):
            connection = self.connection()
            try:
                connection.request(method, path, body, fields)
                response = connection.getresponse()
                data = response.read()
                break
            except (ConnectionError, http.client.HTTPException):
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise
        if response.will_close:
            connection.close()
        said = f"{method} {path} by {who or 'nobody'}" + (f" {body[:300].decode('utf-8', 'replace')}" if body else "")
        return Answer(said, response.status, response.getheaders(), data)

    def get(self, who, path, **fields):
        return self.ask(who, "GET", path, None, {name.replace("_", "-"): value for name, value in fields.items()})

    def try_once(self, who, method, path, body=None, fields=None, url=None):
        """The same over a connection of its own that may be cut: then the status is None, and the body what came."""
        fields, body = self.head_and_body(who, body, fields, JSON)
        said, data = f"{method} {path} by {who or 'nobody'}", b""
        connection = connect(url or self.url, 30)
        try:
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            # A head that is broken off is no error to http.client; every whole one says how the body is framed.
            if response.length is None and not response.chunked:
                return Answer(said, None, [], b"")
            while chunk := response.read1(65536):
                data += chunk
            # read1 tells a cut within a known length by an early end alone.
            return Answer(said, None if response.length else response.status, response.getheaders(), data)
        except http.client.IncompleteRead as error:
            return Answer(said, None, [], data + error.partial)
        except (OSError, http.client.HTTPException):
            return Answer(said, None, [], data)
        finally:
            connection.close()
