"""Reads requests as other servers read them: whatever we accept, none of them may see other messages in it.

    differential.py FILE    a JSON object a line: name, bytes (hexadecimal), and what we make of them

A difference in which the peer would be led astray (another boundary, method, target, field or body) ends it with 1.
What we refuse and a peer accepts is listed below with the reason, for the cases that are written by hand.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading

import h11
import httptools

# Where we are stricter than a peer, on purpose: parts of the names of cases, and why.
STRICTER = {
    "two different Hosts": "a proxy and we might choose different ones",
    "two Hosts": "RFC 9112 section 3.2 asks for 400; two that are equal are no better",
    "two equal": "RFC 9112 section 6.3 allows to refuse what another might read as one of two",
    "a list of equal lengths": "as above",
    "Host": "RFC 9112 section 3.2: an invalid value is refused, not passed on",
    "target": "RFC 9112 section 3.2: only what we can take apart without doubt",
    "authority-form": "as above",
    "GET *": "as above",
    "a star": "as above",
    "a fragment": "as above",
    "quotation mark": "not in a target by RFC 3986",
    "angle bracket": "as above",
    "backslash": "as above",
    "outside ASCII": "as above, and not in a name by RFC 9110",
    "percent sign": "broken encoding is read in different ways",
    "control character": "never let through",
    "NUL": "as above",
    "DEL": "as above",
    "bell": "as above",
    "vertical tab": "as above, and some take it for white space",
    "bare line feed": "RFC 9112 section 2.2 allows to take it as a line end; we do not",
    "bare carriage return": "as above",
    "carriage returns": "as above",
    "folded": "RFC 9112 section 5.2 asks to refuse or to unfold; we refuse",
    "before the name": "as above",
    "before the colon": "RFC 9112 section 5.1 asks for 400",
    "no name": "no field has no name",
    "no colon": "as above",
    "parenthesis": "not in a token",
    "empty lines": "one is tolerated, as RFC 9112 section 2.2 asks",
    "line feed before the request line": "as above, and only one that is written well",
    "a space before the method": "RFC 9112 section 3: single spaces",
    "two spaces": "as above",
    "a space after the version": "as above",
    "a tab instead of a space": "as above",
    "version": "RFC 9112 section 2.3: two digits, and those we know",
    "HTTP/": "as above",
    "the preface of HTTP/2": "not spoken here",
    "HTTP/0.9": "not spoken here",
    "another protocol": "not spoken here",
    "CONNECT": "no proxy",
    "expectation": "RFC 9110 section 10.1.1: 417 for what we cannot meet",
    "length": "digits, once, and not beyond 2^63",
    "coding": "nothing but one chunked",
    "chunked": "as above",
    "identity": "as above",
    "size": "RFC 9112 section 7.1: hexadecimal digits alone",
    "extension": "bounded",
    "trailer": "checked like fields",
    "no last empty line": "as above: what follows is no trailer",
    "data than announced": "a chunk ends where it says",
    "after data": "as above",
    "after the last chunk": "as above",
    "past the limit": "our limit is smaller here",
    "longer": "as above",
    "without an end": "as above",
    "one field more": "as above",
    "method": "a token, and nothing else",
}

# What a proxy may change, and what it says itself.
NOT_COMPARED = {
    "connection",
    "content-length",
    "transfer-encoding",
    "host",
    "expect",
    "keep-alive",
    "te",
    "upgrade",
    "proxy-connection",
    "trailer",
}


def text(raw):
    return re.sub("[^\x00-\x7f]+", "?", raw.decode("utf-8", "replace"))


def message(method, target, fields, body):
    """One spelling: a target in absolute form is what follows its authority, where nginx drops an empty query."""
    found = re.match(r"(?i)https?://[^/?#]*(.*)$", target)
    if found:
        target = found[1] or "/"
        target = "/" + target if target.startswith("?") else target
    if target == "/?":
        target = "/"
    # "*" is how the whole server is named without the absolute form.
    if method == "OPTIONS" and target == "/":
        target = "*"
    kept = [(name.lower(), value.strip(" \t")) for name, value in fields if name.lower() not in NOT_COMPARED]
    return [method, target, kept, body]


class H11:
    name = "h11"

    def read(self, data):
        """Messages, and how it ended: "refused", "waiting" in the middle of one, or "between"."""
        connection, messages, request, body = h11.Connection(h11.SERVER, 65536), [], None, b""
        connection.receive_data(data)
        try:
            while True:
                event = connection.next_event()
                if isinstance(event, h11.Request):
                    request, body = event, b""
                elif isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    fields = [(text(bytes(n)), text(bytes(v))) for n, v in request.headers]
                    messages.append(message(text(request.method), text(request.target), fields, text(body)))
                    request = None
                    connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                    connection.send(h11.EndOfMessage())
                    if connection.our_state is not h11.DONE:
                        return messages, "closed"
                    connection.start_next_cycle()
                elif event is h11.NEED_DATA:
                    return messages, "waiting" if request or connection.trailing_data[0] else "between"
                else:
                    return messages, "closed"
        except h11.LocalProtocolError:
            # CONNECT: what follows is no HTTP any more.
            return messages, "closed"
        except h11.RemoteProtocolError:
            return messages, "refused"


class HTTPTools:
    name = "httptools"

    def read(self, data):
        self.messages, self.begun = [], False
        parser = self.parser = httptools.HttpRequestParser(self)
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return self.messages, "closed"
        except httptools.HttpParserError:
            return self.messages, "refused"
        return self.messages, "waiting" if self.begun else "between"

    def on_message_begin(self):
        self.begun, self.url, self.fields, self.body = True, b"", [], b""

    def on_url(self, url):
        self.url += url

    def on_header(self, name, value):
        self.fields.append((text(name), text(value)))

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.begun = False
        method = text(self.parser.get_method())
        self.messages.append(message(method, text(self.url), self.fields[: self.own_fields()], text(self.body)))

    def own_fields(self):
        """Trailers come as fields after the body; we drop them."""
        return self.head_fields

    def on_headers_complete(self):
        self.head_fields = len(self.fields)


class Nginx:
    name = "nginx"

    def __init__(self, folder):
        self.seen, self.folder = [], folder
        backend = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self.serve, args=(backend,), daemon=True).start()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        with open(folder + "/nginx.conf", "w") as file:
            file.write(f"""
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  ignore_invalid_headers off; underscores_in_headers on; lingering_close off; keepalive_requests 1000;
  client_header_timeout 5s; client_body_timeout 5s;
  server {{
    listen 127.0.0.1:{self.port};
    location / {{
      proxy_pass http://127.0.0.1:{backend.getsockname()[1]};
      proxy_ignore_client_abort on; proxy_set_header Host $http_host;
    }}
  }}
}}
""")
        self.process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log"]
        )
        for _ in range(2000):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                threading.Event().wait(0.005)

    def serve(self, backend):
        while True:
            connection, _ = backend.accept()
            with connection, connection.makefile("rb") as file:
                try:
                    self.seen.append(self.take(file))
                except (OSError, ValueError) as error:
                    self.seen.append(["the backend cannot read it", repr(error), [], ""])
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def take(self, file):
        """A request as nginx passes it on."""
        method, rest = file.readline().split(b" ", 1)
        fields = []
        while (line := file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            fields.append((text(name), text(value.strip(b" \t\r\n"))))
        length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
        return message(text(method), text(rest.rsplit(b" ", 1)[0]), fields, text(file.read(length)))

    def read(self, data):
        self.seen = []
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.settimeout(10)
            answers = b""
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(65536):
                    answers += more
            except (ConnectionResetError, BrokenPipeError):
                pass
            except TimeoutError:
                return self.seen, "waiting"
        # A client that has gone in the middle of a message is not told so.
        refused = re.search(rb"HTTP/1.1 [45]", answers)
        return self.seen, "refused" if refused else "closed"

    def close(self):
        # Not SIGTERM, which the thread that started us may have blocked.
        self.process.kill()
        self.process.wait()


def judge(case, peer):
    """What is wrong with a peer's reading; None when it could not be led astray."""
    ours = [
        message(*m["line"].split(" ", 1), [f.split("=", 1) for f in m["fields"]], m["body"]) for m in case["messages"]
    ]
    for m in ours:
        m[:] = json.loads(re.sub("[^\x00-\x7f]+", "?", json.dumps(m, ensure_ascii=False)))
    theirs, end = peer.read(bytes.fromhex(case["bytes"]))
    theirs = json.loads(json.dumps(theirs))
    for index, own in enumerate(ours):
        if index >= len(theirs):
            return f"waits in message {index + 1}" if end == "waiting" else None
        if theirs[index] != own:
            return f"reads {theirs[index]} where we read {own}"
    if len(theirs) > len(ours):
        if case["end"] == "incomplete":
            return f"reads {theirs[len(ours)]} where we wait"
        if case["end"] == "between":
            return f"reads one more: {theirs[len(ours)]}"
        if case["isWritten"] and not any(part in case["name"] for part in STRICTER):
            return "accepts what we refuse; is that intended?"
    return None


def main():
    with tempfile.TemporaryDirectory() as folder, open(sys.argv[1]) as lines:
        nginx = Nginx(folder)
        try:
            cases = [json.loads(line) for line in lines]
            failures = []
            for case in cases:
                for peer in (H11(), HTTPTools(), nginx):
                    fault = judge(case, peer)
                    if fault:
                        failures.append(f"{peer.name}: {case['name']}: {fault}\n  {bytes.fromhex(case['bytes'])}")
        finally:
            nginx.close()
    accepted = sum(len(case["messages"]) > 0 for case in cases)
    print(f"{len(cases)} streams, {accepted} with a message that we accept, 3 peers, {len(failures)} differences")
    print("\n".join(failures[:40]))
    sys.exit(1 if failures or not accepted else 0)


main()
