"""What measures: wrk, the disk's own pace, the log of a database, and nginx as a ceiling."""

import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from lab import dataset
from lab.settings import NDJSON, run

ROUNDS, SECONDS, CONNECTIONS = 3, 4, 32
SCOPES = "cases:read,cases:write,imports,migration,sync,statistics"
# Limits in time and space that a measurement would meet, and nobody who works.
FREE = {
    "CONNECTIONS_PER_ADDRESS_MAX": 10_000,
    "BYTES_PER_AGENCY_PER_DAY": 1 << 40,
    "COST_PER_AGENCY_PER_HOUR": 100_000_000,
}


def wrk(url, connections=CONNECTIONS, key=None, script=None, arguments=(), seconds=SECONDS, latency=False):
    """Runs wrk; the text it prints. The key goes to a script as its first argument, else into the head."""
    words = ["wrk", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds}s"]
    words += ["--latency"] if latency else []
    if script:
        words += ["-s", pathlib.Path(__file__).parent / "bench" / script]
    elif key:
        words += ["-H", "Authorization: Bearer " + key]
    output = run(*words, url, *(["--", key, *arguments] if script else []))
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{url}: {output}")
    return output


def requests(output):
    """Requests a second, and how many there were."""
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), int(re.search(r"(\d+) requests in", output)[1])


def p99_ms(output):
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure(server, url, *arguments, **options):
    """Requests a second, and the microseconds of processor time that the server took for each."""
    before = server.cpu_seconds() if server else 0
    rate, count = requests(wrk(url, *arguments, **options))
    return rate, ((server.cpu_seconds() - before) / count * 1e6 if server else 0)


def wait_until_calm(server, seconds_max=120):
    """Whether the server has come to rest: after a start it reads states of statistics and makes what is due."""
    deadline, calm = time.monotonic() + seconds_max, 0
    while calm < 3 and time.monotonic() < deadline:
        before = server.cpu_seconds()
        time.sleep(0.5)
        calm = calm + 1 if server.cpu_seconds() - before <= 0.02 else 0
    return calm == 3


def disk_syncs_per_second(folder):
    with open(pathlib.Path(folder) / "sync.probe", "wb") as probe:
        started, count = time.monotonic(), 0
        while time.monotonic() - started < 1:
            probe.write(b"x" * 4096)
            probe.flush()
            os.fdatasync(probe.fileno())
            count += 1
    return count


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    return f"{model}, {os.cpu_count()} cores, {run('uname', '-r').strip()}"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def write_dataset(path, count, is_full=False):
    with open(path, "w") as file:
        for line in dataset.lines(count, 1, is_full):
            file.write(line + "\n")


def curl(key, url, *options):
    """curl, which takes what it is sent and nothing of the time that a Python client would."""
    return ["curl", "-sS", "--fail", "-H", "Authorization: Bearer " + key, *options, url]


def send_import(server, path, key, results):
    """Imports a file of lines; the seconds it took. Every line must have been created."""
    started = time.monotonic()
    run(
        *curl(key, server.url + "/v1/imports", "-T", path, "-X", "POST", "-H", "Content-Type: " + NDJSON, "-o", results)
    )
    seconds = time.monotonic() - started
    with open(results) as lines:
        for line in lines:
            if '"status":"created"' not in line:
                raise SystemExit("import: " + line)
    return seconds


def syncs(server, act):
    """How often the server syncs while something acts; strace slows it, so that only a ratio counts."""
    with tempfile.NamedTemporaryFile("r") as log:
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", log.name, "-p", str(server.process.pid)],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1)
        result = act()
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        return sum("sync(" in line for line in log), result


class Log:
    """The write-ahead log of a database, as the file format of SQLite describes it (section 4)."""

    def __init__(self, database):
        self.path = str(database) + "-wal"

    def position(self):
        """The salts of its current round, and how many pages have been written in that; a checkpoint begins another."""
        with open(self.path, "rb") as file:
            head = file.read(32)
            if len(head) < 32:
                return b"", 0
            salts, frame = head[16:24], struct.unpack(">I", head[8:12])[0] + 24

            def is_current(number):
                file.seek(32 + number * frame)
                return file.read(16)[8:] == salts

            first, last = 0, (os.path.getsize(self.path) - 32) // frame
            while first < last:
                middle = (first + last) // 2
                first, last = (middle + 1, last) if is_current(middle) else (first, middle)
            return salts, first

    def pages(self, act, times):
        """Pages that are written each time, alone: what a restart of the log has begun counts from its beginning."""
        count, before = 0, self.position()
        for _ in range(times):
            act()
            after = self.position()
            count += after[1] - (before[1] if after[0] == before[0] else 0)
            before = after
        return count / times


class Ceiling:
    """nginx with a fixed answer, as what the machine can do at most. There may be none."""

    def __init__(self, folder, body):
        self.program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.folder, self.body, self.port = pathlib.Path(folder), body.replace("'", ""), free_port()

    def __enter__(self):
        if self.program:
            (self.folder / "nginx.conf").write_text(f"""
worker_processes auto; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{self.port} reuseport;
location / {{ default_type application/json; return 200 '{self.body}'; }} }} }}
""")
            run(*self.command())
        return self

    def command(self):
        return [self.program, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"]

    def __exit__(self, *error):
        if self.program:
            run(*self.command(), "-s", "stop")

    def rate(self, key):
        """Requests a second, to a head of the same length; None without nginx."""
        return requests(wrk(f"http://127.0.0.1:{self.port}/", key=key))[0] if self.program else None
