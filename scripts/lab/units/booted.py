"""A Debian system with systemd as its first process, in namespaces and a cgroup of its own."""

import contextlib
import os
import pathlib
import subprocess
import time

from lab.settings import run
from lab.system import PATH, make

PACKAGES = "systemd,systemd-sysv,dbus,adduser,libsqlite3-0,curl,sqlite3,procps,iproute2"
START = pathlib.Path(__file__).parent / "start.sh"


class System:
    """The system; a probe gives what is wrong, and nothing where all is right."""

    def __init__(self, folder):
        self.folder, self.root = folder, folder / "root"
        self.groups = folder / "cgroup"
        self.cgroup = self.groups / f"netral-units-{os.getpid()}"
        self.process, self.init = None, None

    def make(self):
        make(self.root, self.folder, "--include=" + PACKAGES)
        self.groups.mkdir()
        run("mount", "-t", "cgroup2", "cgroup2", self.groups)
        self.cgroup.mkdir()

    def boot(self):
        words = ["unshare", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--fork", "--kill-child"]
        join = f'echo $$ > "{self.cgroup}/cgroup.procs"; exec "$@"'
        with open(self.folder / "console", "wb") as console:
            self.process = subprocess.Popen(
                ["bash", "-euc", join, "bash", *words, "bash", START, self.root, PATH],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 60
        while not self.find_init():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.fail("systemd does not start")
            time.sleep(0.1)
        self.check("systemd runs, and all that it started", self.eventually(self.up))

    def find_init(self):
        """The process of systemd, as this machine numbers it."""
        self.init = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True
        ).stdout.strip()
        with contextlib.suppress(OSError):
            return self.init and pathlib.Path(f"/proc/{self.init}/comm").read_text().strip() == "systemd"
        return False

    def up(self):
        state = self.inside("systemctl", "is-system-running", "--wait").stdout.strip()
        return "" if state == "running" else state or "not running"

    def inside(self, *words):
        command = [
            "timeout",
            "180",
            "nsenter",
            "--target",
            self.init,
            "--all",
            "--",
            "env",
            "-i",
            "PATH=" + PATH,
            "LC_ALL=C",
        ]
        return subprocess.run([*command, *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def says(self, *words):
        """What a command prints, of which nothing is left at the end."""
        return self.inside(*words).stdout.strip()

    def does(self, *words):
        """A probe: whether a command succeeds."""
        done = self.inside(*words)
        return "" if done.returncode == 0 else f"{done.stdout} {done.stderr} ended with {done.returncode}"

    def shell(self, text):
        return self.does("bash", "-euc", text)

    def refuses(self, reason, *words):
        """A probe: whether a command fails, and says why."""
        done = self.inside(*words)
        if done.returncode == 0:
            return f"not refused: {words}"
        return "" if reason in done.stdout + done.stderr else done.stdout + done.stderr

    def unit(self, name, **properties):
        """A probe: whether a unit has these properties."""
        for key, wanted in properties.items():
            found = self.value(name, key)
            if found != str(wanted):
                return f"{name}: {key} is {found} and not {wanted}"
        return ""

    def value(self, unit, name):
        return self.says("systemctl", "show", "--value", "--property", name, unit)

    def eventually(self, probe, *arguments):
        """The probe, again and again, for half a minute."""
        deadline = time.monotonic() + 30
        while (wrong := probe(*arguments)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return wrong

    def check(self, what, wrong):
        if wrong:
            print(wrong, flush=True)
            self.fail(what)
        print("ok:", what, flush=True)

    def fail(self, what):
        journal = self.inside("journalctl", "--no-pager", "--quiet", "-n", "40").stdout if self.init else ""
        print(journal or (self.folder / "console").read_text(errors="replace"), flush=True)
        raise SystemExit(f"FAILED: {what}")

    def close(self):
        """Ends all its processes, and gives back its cgroups."""
        kill = self.cgroup / "cgroup.kill"
        if kill.exists():
            kill.write_text("1")
        if self.process:
            self.process.kill()
            self.process.wait()
        deadline = time.monotonic() + 5
        while self.cgroup.is_dir() and time.monotonic() < deadline:
            for group in sorted(filter(pathlib.Path.is_dir, [*self.cgroup.rglob("*"), self.cgroup]), reverse=True):
                with contextlib.suppress(OSError):
                    group.rmdir()
            time.sleep(0.1)
        subprocess.run(["umount", self.groups], capture_output=True)
