"""The faults: one of them happens every few seconds. A further fault is a function here and an entry of FAULTS."""

import email.utils
import random
import socket
import threading
import time

from lab.soak.loads import body

# Far below the seven days for which idempotency keys are kept.
JUMPS_HOURS = [-5, -2, 0, 3, 8]


class SlowClient(threading.Thread):
    """A client that is slow at one thing for a while, then goes away."""

    def __init__(self, server, what, seconds):
        super().__init__(daemon=True)
        self.server, self.what, self.seconds = server, what, seconds
        self.start_count, self.was_cut = server.starts, False

    def run(self):
        head = f"Host: x\r\nAuthorization: Bearer {self.server.keys['PANRB']}\r\n"
        length = "\r\nContent-Length: 99999\r\n\r\n"
        requests = {
            "head": "GET /v1/cases HTTP/1.1\r\n" + head,
            "body": f"POST /v1/cases HTTP/1.1\r\n{head}Content-Type: application/json{length}",
            "import": f"POST /v1/imports HTTP/1.1\r\n{head}Content-Type: application/x-ndjson{length}",
            "reader": f"GET /v1/exports/cases HTTP/1.1\r\n{head}\r\n",
        }
        try:
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.settimeout(0.5)
                connection.connect(("127.0.0.1", self.server.port))
                connection.sendall(requests[self.what].encode())
                end = time.monotonic() + self.seconds
                while time.monotonic() < end and not self.was_cut:
                    self.step(connection)
        except OSError:
            self.was_cut = True

    def step(self, connection):
        if self.what == "reader":
            time.sleep(0.5)
        else:
            connection.sendall(b"x")
        try:
            if not connection.recv(16):
                self.was_cut = True
        except TimeoutError:
            pass

    @property
    def was_kept(self):
        """True when the server has let it have its way for all the time, and was not killed meanwhile."""
        return not self.was_cut and self.start_count == self.server.starts


def kill_server(world):
    world.server.kill()
    time.sleep(random.uniform(0, 0.3))
    world.server.start()
    world.fault("kills")


def fill_disk(world):
    """Writes are refused, reads go on, and writes come back by themselves."""
    world.server.disk.fill(world.server.process, world.server.database)
    try:
        end = time.monotonic() + random.uniform(1, 4)
        while time.monotonic() < end:
            status = world.ask("BKN", "GET", "/v1/cases?limit=5", direct=True).status
            if status not in (200, 429, 503):
                world.fail(f"a read while the disk is full: {status}")
            time.sleep(0.2)
    finally:
        world.server.disk.free()
    number, end = world.next(), time.monotonic() + 60
    fields = {"Idempotency-Key": f"soak-{number}"}
    while (answer := world.ask("BKN", "POST", "/v1/cases", body(number, True), fields, direct=True)).status != 201:
        if time.monotonic() > end:
            world.fail(f"no write a minute after the disk has room: {answer}")
            return
        time.sleep(0.1)
    world.acknowledge(answer.json["id"], answer.json["version"])
    world.fault("full disks")


def come_slowly(world):
    """Clients that send a head, a body or an import byte by byte, or take an export that slowly."""
    world.slow = [client for client in world.slow if client.is_alive()]
    if world.slow:
        return
    kinds = ["head"] * 20 + ["body"] * 20 + ["import", "reader"] * 2
    clients = world.slow = [SlowClient(world.server, what, 45) for what in kinds]
    for client in clients:
        client.start()
    world.fault("slow clients", len(clients))

    def judge():
        for client in clients:
            client.join()
        kept = [client.what for client in clients if client.was_kept and client.what in ("head", "body")]
        if kept:
            world.fail(f"slow clients are kept for 45 s: {kept}")

    threading.Thread(target=judge, daemon=True).start()


def jump_clock(world):
    """The wall clock jumps by hours; a key ends by it, and waiting does not."""
    clock = world.server.clock
    if not clock.library:
        return
    clock.set(random.choice([hours for hours in JUMPS_HOURS if hours != clock.hours]))
    end, seen = time.monotonic() + 30, None
    while seen is None or abs(seen - clock.hours) > 0.5:
        if time.monotonic() > end:
            world.fail(f"the clock stands {seen} hours off instead of {clock.hours}")
            return
        time.sleep(0.2)
        date = world.ask("BKN", "GET", "/livez", direct=True)["Date"]
        if date:
            seen = (email.utils.parsedate_to_datetime(date).timestamp() - time.time()) / 3600
    status = world.ask("ENDING", "GET", "/v1/whoami", direct=True).status
    # The key ends six hours after the start of the soak, which may itself be hours long.
    hours = world.age() / 3600 + clock.hours
    if abs(hours - 6) > 0.1 and status not in (429, 503, 401 if hours > 6 else 200):
        world.fail(f"a key that ends after 6 hours is answered {status} after {hours:.1f}")
    answer = world.ask("BKN", "GET", "/v1/changes?after=0&limit=1&wait=1", direct=True)
    if answer.status not in (200, 429, 503):
        world.fail(f"the feed after a jump of the clock: {answer}")
    world.fault("jumps of the clock")


FAULTS = [kill_server, fill_disk, come_slowly, jump_clock]
