"""One way to start the program: over one file, on a free port, ready when it says so."""

import os
import pathlib
import re
import subprocess
import time

from lab.client import connect
from lab.settings import run

START_SECONDS_MAX, STOP_SECONDS_MAX = 120, 60


def read_keys(path):
    """The keys in a file of lines `NAME=key`, as `netral demo` prints them."""
    text = pathlib.Path(path).read_text()
    return dict(re.findall(r"""^(?:export )?([A-Z_]+)=["']?(ntk_[A-Za-z0-9_-]+)""", text, re.M))


class Process:
    """A server that was started: what it takes, and its end."""

    process, url = None, ""

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def of_status(self, name):
        """A line of /proc/PID/status in KiB: VmRSS, VmHWM."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(name + r":\s+(\d+)", status)[1])

    def memory_mib(self, name="VmRSS"):
        return self.of_status(name) / 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def wait_until(self, path, status):
        """Asks until the answer has this status; nothing else than an end of the process ends it early."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and self.is_running:
            connection = connect(self.url, 10)
            try:
                connection.request("GET", path)
                if connection.getresponse().status == status:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.002)
        raise SystemExit(f"{self.url}{path} does not answer {status}: {self.complaint()}")

    def complaint(self):
        return ""

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends it by SIGTERM, and by force after a minute; its status, 0 where it was not running."""
        if not self.is_running:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9

    def stop_well(self):
        """The same where anything but 0 is a failure."""
        code = self.stop()
        if code != 0:
            raise SystemExit(f"the server ended with {code}: {self.complaint()}")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()


class Server(Process):
    """`netral serve` over one file; settings are named without their NETRAL_."""

    # Words before the program, and options behind it.
    wrapper, options = (), ()
    # Whether it inherits that SIGPIPE and SIGXFSZ are ignored, and so meets errors instead.
    ignores_signals = False

    def __init__(self, program, database, **settings):
        self.program, self.database, self.keys = program, str(database), {}
        self.log = self.database + ".log"
        named = {"NETRAL_" + name: str(value) for name, value in settings.items()}
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        self.environment = {**kept, "NETRAL_LOG_LEVEL": "error", **named}
        self.starts, self.born, self.startup_ms, self.descriptors_at_start = 0, 0, 0, 0

    def key(self, *options, scopes, label="lab"):
        """A new key, made beside the server and with its settings: its master key may stand elsewhere."""
        words = ["key", "create", "--database", self.database, "--label", label, "--scopes", scopes, *options]
        return run(self.program, *words, env=self.environment).strip()

    def demo(self):
        """Makes the file with demo cases, where there is none, and knows its keys."""
        file = pathlib.Path(self.database + ".env")
        if not file.exists():
            text = run(self.program, "demo", "--database", self.database, env=self.environment)
            file.touch(0o600)
            file.write_text(text)
        self.keys = read_keys(file)
        return self

    def command(self, options):
        options = options or ("--port", "0")
        return [*self.wrapper, self.program, "serve", "--database", self.database, *options, *self.options]

    def spawn(self, *options):
        """A process that may or may not come to serve. Options take the place of `--port 0`."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(options),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self.environment,
                restore_signals=not self.ignores_signals,
            )
        return self.process

    def start(self, *options):
        """Ready when /readyz answers 200."""
        started = time.monotonic()
        line = self.spawn(*options).stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"the server does not start: {self.complaint()}")
        self.url = line.rsplit(" ", 1)[1]
        self.descriptors_at_start = self.descriptors()
        self.wait_until("/readyz", 200)
        self.startup_ms = (time.monotonic() - started) * 1000
        self.starts, self.born = self.starts + 1, time.monotonic()
        return self

    def complaint(self):
        return pathlib.Path(self.log).read_text(errors="replace")[-2000:]

    def wal_bytes(self):
        try:
            return os.path.getsize(self.database + "-wal")
        except FileNotFoundError:
            return 0
