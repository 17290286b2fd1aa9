"""Files of evidence of 64 MiB: brought beside a plain write to the disk, fetched beside nginx, and what others wait."""

import hashlib
import os
import pathlib
import shutil
import tempfile
import threading
import time

from lab import load
from lab.bench.filled import Filled
from lab.client import Client
from lab.settings import run
from lab.table import Table, median, ratio

ROUNDS, SECONDS = 5, 8
BYTES = 64 << 20


class StaticFile:
    """nginx that serves one file, as it does best."""

    def __init__(self, folder, name):
        self.program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.folder, self.name, self.port = folder, name, load.free_port()

    def __enter__(self):
        if self.program:
            (self.folder / "nginx.conf").write_text(f"""
worker_processes auto; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
user root; events {{ worker_connections 256; }}
http {{ access_log off; sendfile on; tcp_nopush on; server {{ listen 127.0.0.1:{self.port};
location / {{ root {self.folder}; }} }} }}
""")
            run(*self.command())
        return self

    def command(self):
        return [self.program, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"]

    def __exit__(self, *error):
        if self.program:
            run(*self.command(), "-s", "stop")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/{self.name}"


def make_file(path, number):
    """A sound file of the length, another one with each number."""
    piece = os.urandom(1 << 20)
    with open(path, "wb") as file:
        head = b"OggS" + str(number).encode()
        file.write(head)
        left = BYTES - len(head)
        while left > 0:
            file.write(piece[:left])
            left -= len(piece)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seconds(*words):
    started = time.perf_counter()
    run(*words)
    return time.perf_counter() - started


def write_plainly(source, target):
    """What the disk takes by itself: a copy, and its sync."""
    started = time.perf_counter()
    with open(source, "rb") as file, open(target, "wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 18)
        copy.flush()
        os.fsync(copy.fileno())
    taken = time.perf_counter() - started
    os.unlink(target)
    return taken


class Bench:
    def __init__(self, filled, folder):
        self.server, self.folder, self.key = filled.server, folder, filled.keys["BAWASLU"]
        self.client, self.identities = Client(self.server.url, filled.keys), iter(filled.identities)
        self.any = folder / "any.ids"
        self.any.write_text("\n".join(filled.identities))

    def bring(self, path):
        """Seconds, and the address of the file."""
        address = f"/v1/cases/{next(self.identities)}"
        tag = self.client.get("BAWASLU", address)["ETag"]
        url = f"{self.server.url}{address}/evidence?kind=audio"
        fields = ["-H", "Content-Type: audio/ogg", "-H", f"If-Match: {tag}", "-T", str(path), "-X", "POST"]
        taken = seconds(*load.curl(self.key, url, "-o", "/dev/null", *fields))
        return taken, address

    def fetch(self, url):
        return seconds(*load.curl(self.key, url, "-o", "/dev/null"))

    def p99(self):
        """Milliseconds of GETs of any case by eight clients."""
        output = load.wrk(self.server.url, 8, self.key, "any.lua", [self.any], seconds=SECONDS, latency=True)
        return load.p99_ms(output)

    def p99_beside(self, act):
        """The same while something is done over and over."""
        is_over = threading.Event()

        def repeat():
            while not is_over.is_set():
                act()

        thread = threading.Thread(target=repeat)
        thread.start()
        found = self.p99()
        is_over.set()
        thread.join()
        return found


def measure(program, count, folder):
    filled = Filled(program, folder, count, EVIDENCE_CASE_BYTES_MAX=1 << 40)
    try:
        filled.server.start()
        load.wait_until_calm(filled.server)
        bench = Bench(filled, folder)
        brought, written, fetched, served, alone, beside, other = [], [], [], [], [], [], []
        file = folder / "file.ogg"
        with StaticFile(folder, file.name) as nginx:
            for number in range(ROUNDS):
                sha256 = make_file(file, number)
                written.append(write_plainly(file, folder / "copy"))
                taken, address = bench.bring(file)
                brought.append(taken)
                url = f"{filled.server.url}{address}/evidence/{sha256}"
                for _ in range(2):
                    fetched.append(bench.fetch(url))
                    served.append(bench.fetch(nginx.url) if nginx.program else 0)
                alone.append(bench.p99())
                beside.append(bench.p99_beside(lambda url=url: bench.fetch(url)))
                if nginx.program:
                    other.append(bench.p99_beside(lambda: bench.fetch(nginx.url)))
        memory = filled.server.memory_mib("VmHWM")
        print(
            f"scripts/bench evidence {count}; {load.machine()}; files of 64 MiB, curl; medians of {ROUNDS} rounds in "
            f"turns; disk {load.disk_syncs_per_second(folder):,} syncs/s\n"
        )
        table = Table("what", "Netral, MiB/s", "yardstick, MiB/s", "ratio")
        mib = BYTES >> 20
        rates = [[mib / taken for taken in some] for some in (brought, written, fetched, served)]
        table.row("a file brought; a copy with its sync", median(rates[0]), median(rates[1]), ratio(*rates[:2]))
        if all(served):
            table.row("a file fetched; nginx, the same file", median(rates[2]), median(rates[3]), ratio(*rates[2:]))
        print()
        table = Table("GET of any case, c=8", "p99, ms", "ratio")
        table.row("nothing beside it", median(alone), 1.0)
        table.row("files of 64 MiB fetched beside it, one after the other", median(beside), ratio(beside, alone))
        if other:
            table.row("the same of nginx: what curl and the machine take", median(other), ratio(other, alone))
        print(f"\nmost memory of the server: {memory:.0f} MiB\n")
    finally:
        filled.server.stop()


def main(program, sizes):
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            measure(program, count, pathlib.Path(name))
