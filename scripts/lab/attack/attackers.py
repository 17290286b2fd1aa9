"""The attackers: each goes on until it is ended. All but the floods use next to no processor time.

A further attack is a function here and a line in `attacks`.
"""

import dataclasses
import random
import re
import socket
import subprocess
import time
from collections.abc import Callable


@dataclasses.dataclass
class Scale:
    """How much is attacked with, for how long each time, and whether times are judged."""

    seconds: int = 10
    idle: int = 5000
    slow: int = 1000
    slow_bodies: int = 500
    pipelines: int = 100
    is_small: bool = False

    @classmethod
    def small(cls):
        return cls(1, 500, 60, 60, 6, True)


@dataclasses.dataclass
class Attack:
    """An attack, the connections that it must hold at least, and whether the others must keep their times.

    A flood takes processor time from them on any machine, and its connections come and go.
    """

    name: str
    attack: Callable
    held_least: int = 0
    keeps_times: bool = False


class World:
    """What attackers and clients are told."""

    def __init__(self, server, scale):
        self.port, self.keys, self.scale, self.case = server.port, server.keys, scale, ""

    def connect(self, **options):
        client = socket.socket()
        for option, value in options.items():
            client.setsockopt(socket.SOL_SOCKET, getattr(socket, option), value)
        client.settimeout(10)
        client.connect(("127.0.0.1", self.port))
        return client

    def head(self, method, target, agency=None, *lines):
        key = [f"Authorization: Bearer {self.keys[agency]}"] if agency else []
        return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: a", *key, *lines, "", ""]).encode()


def answer(client):
    """Status and body of an answer of known length."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more:
            raise ConnectionError("the server has closed")
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    while len(body) < length:
        body += client.recv(65536)
    return int(head.split(b" ")[1]), body


def hold(world, count, first, more, pause=0.5, goes_on=lambda: True, **options):
    """Many clients that send a little now and then, and come again when they are cut off."""
    clients = {}
    while goes_on():
        while len(clients) < count:
            client = world.connect(**options)
            client.setblocking(False)
            clients[client.fileno()] = client
            client.send(first)
        for client in list(clients.values()):
            try:
                if more:
                    client.send(more)
                if client.recv(16, socket.MSG_DONTWAIT) == b"":
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                del clients[client.fileno()]
                client.close()
        time.sleep(pause)


def flood(world, make, count=16):
    """As fast as it goes, over a few connections, without reading more than must be."""
    clients = [None] * count
    while True:
        for place, client in enumerate(clients):
            try:
                if client is None:
                    client = clients[place] = world.connect()
                    client.setblocking(False)
                client.send(make())
                client.recv(65536)
            except BlockingIOError:
                pass
            except OSError:
                client.close()
                clients[place] = None


def idle(world):
    hold(world, world.scale.idle, b"", b"")


def slow_heads(world):
    hold(world, world.scale.slow, b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n")


def slow_bodies(world):
    """As many as one agency may have in flight, nearly; more would be told 429 at once."""
    lines = ("Content-Type: application/json", "Content-Length: 100000")
    hold(world, world.scale.slow_bodies, world.head("POST", "/v1/classification", "PANRB", *lines), b"{")


def slow_reads(world):
    """Exports that nobody takes, over the smallest window there is."""
    hold(world, world.scale.slow, world.head("GET", "/v1/exports/cases", "PANRB") * 4, b"", SO_RCVBUF=1)


def heads(world):
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 400) for n in range(200))
    flood(world, lambda: b"GET / HTTP/1.1\r\nHost: a\r\n" + lines)


def noise(world):
    flood(world, lambda: random.randbytes(2000))


def bodies(world):
    body = b"[" * (1 << 20)
    lines = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    head = world.head("POST", "/v1/classification", "PANRB", *lines)
    flood(world, lambda: head + body, 8)


def pipelining(world):
    """Questions by the hundred, the answers to which nobody reads."""
    questions = world.head("GET", "/v1/cases?limit=50", "PANRB") * 200
    hold(world, world.scale.pipelines, questions, questions, 0.05)


def connections(world):
    while True:
        world.connect().close()


def wrong_keys(world):
    head = world.head("GET", "/v1/whoami", None, "Authorization: Bearer ntk_000000000000_" + "A" * 43)
    flood(world, lambda: head * 10)


def idle_and_load(world):
    key = "Authorization: Bearer " + world.keys["PANRB"]
    url = f"http://127.0.0.1:{world.port}{world.case}"
    words = ["wrk", "-t2", "-c64", f"-d{world.scale.seconds + 60}s", "-H", key, url]
    load = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    hold(world, world.scale.idle, b"", b"", goes_on=lambda: load.poll() is None)
    raise SystemExit(f"wrk has ended with {load.returncode}")


def slowhttptest(*options, count, target="/docs/problems/invalid", has_key=False):
    def attack(world):
        url = f"http://127.0.0.1:{world.port}{target}"
        command = [
            "slowhttptest",
            "-c",
            str(count),
            "-r",
            "500",
            "-l",
            str(world.scale.seconds + 60),
            "-u",
            url,
            *options,
        ]
        if has_key:
            # It sends no fields of one's own; so the key follows the type of the body.
            command += ["-f", f"application/json\r\nAuthorization: Bearer {world.keys['PANRB']}"]
        while True:
            done = subprocess.run(command, capture_output=True, text=True)
            # Its exit status is 0 whatever happens. Once the server has cut it off everywhere, it comes again.
            if done.returncode != 0 or "No open connections left" not in done.stdout:
                last = [line for line in done.stdout.splitlines() if line.strip()][-2:]
                raise SystemExit(f"slowhttptest has ended with {done.returncode}: {last} {done.stderr[-300:]}")

    return attack


def attacks(scale):
    """All attacks of a scale, in their order; the small one needs no programs of others."""
    slow, some = scale.slow, scale.slow_bodies
    found = [
        Attack(f"{scale.idle:,} idle connections", idle, scale.idle, True),
        Attack(f"{slow:,} slow heads", slow_heads, slow, True),
        Attack(f"{some:,} slow bodies", slow_bodies, some, True),
        Attack(f"{slow:,} slow readers of exports", slow_reads, slow, True),
        Attack("flood of heads", heads),
        Attack("flood of random bytes", noise),
        Attack("flood of bodies of 1 MiB", bodies),
        Attack("flood of pipelined lists, never read", pipelining, scale.pipelines),
        Attack("flood of connections", connections),
        Attack("flood of wrong keys", wrong_keys),
    ]
    if scale.is_small:
        return found
    heads_of = slowhttptest("-H", "-i", "2", "-x", "24", count=slow)
    bodies_of = slowhttptest(
        "-B", "-i", "2", "-s", "8192", "-x", "10", count=some, target="/v1/classification", has_key=True
    )
    reads_of = slowhttptest("-X", "-w", "10", "-y", "20", "-n", "2", "-z", "8", "-k", "3", count=slow)
    found[4:4] = [
        Attack("slowhttptest, slow heads", heads_of, slow, True),
        Attack("slowhttptest, slow bodies", bodies_of, some, True),
        Attack("slowhttptest, slow reads", reads_of, slow, True),
    ]
    return [*found, Attack(f"{scale.idle:,} idle connections, and wrk on 64", idle_and_load, scale.idle)]
