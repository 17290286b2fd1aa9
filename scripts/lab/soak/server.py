"""The program on a disk that can be filled and under a clock that can be moved."""

import contextlib
import datetime
import glob
import os
import resource
import subprocess

from lab.server import Server
from lab.settings import AGENCIES

SCOPES = "cases:read,cases:write,imports,migration,sync"


class Disk:
    """A folder on a file system of its own that can be filled: a loop device where that is possible.

    Elsewhere the process is forbidden to let a file grow (RLIMIT_FSIZE), which SQLite meets as a failed write, too. Who
    makes one must close it.
    """

    def __init__(self, folder, size=6 << 30):
        self.folder, self.process = os.path.join(folder, "disk"), None
        self.filler, self.is_mounted = os.path.join(self.folder, "filler"), False
        os.mkdir(self.folder)
        self.mount(folder, size)

    def mount(self, folder, size):
        image = os.path.join(folder, "disk.img")
        with open(image, "wb") as file:
            file.truncate(size)
        commands = [["mkfs.ext4", "-q", "-m", "0", image], ["mount", "-o", "loop", image, self.folder]]
        with contextlib.suppress(OSError):
            self.is_mounted = all(subprocess.run(c, capture_output=True).returncode == 0 for c in commands)

    @property
    def kind(self):
        return "a loop device without room" if self.is_mounted else "files that must not grow (RLIMIT_FSIZE)"

    def fill(self, process, database):
        if not self.is_mounted:
            size = min(os.path.getsize(database), os.path.getsize(database + "-wal"))
            self.process = process.pid
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            return
        with open(self.filler, "wb") as file:
            end, piece = 0, 1 << 32
            while piece >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), end, piece)
                    end += piece
                except OSError:
                    piece //= 2

    def free(self):
        if self.is_mounted:
            os.unlink(self.filler)
        else:
            resource.prlimit(self.process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self):
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.folder], check=True)


class FakeClock:
    """The wall clock of the server, which libfaketime moves by what stands in a file; other clocks stay."""

    def __init__(self, folder):
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        self.library, self.file = found[0] if found else None, os.path.join(folder, "clock")
        self.set(0)

    def set(self, hours):
        self.hours = hours
        with open(self.file + ".new", "w") as file:
            file.write(f"{hours:+d}h")
        os.rename(self.file + ".new", self.file)

    @property
    def environment(self):
        if not self.library:
            return {}
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": self.file,
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


class SoakServer(Server):
    """The program over one file; killed and started again by faults. Who makes one closes it."""

    # By way of `env`: libfaketime moves the environment of the process it is first loaded in, and Swift finds arguments
    # by it. The clock jumps by hours, also while the process is dead.
    wrapper, options = ("env",), ("--accept-clock",)
    # A file that must not grow is an error to the program then, and no signal.
    ignores_signals = True

    def __init__(self, program, folder):
        self.disk, self.clock = Disk(folder), FakeClock(folder)
        try:
            super().__init__(
                program,
                os.path.join(self.disk.folder, "netral.sqlite"),
                BACKUP_FOLDER=os.path.join(self.disk.folder, "backups"),
                # Limits in time would only slow the load down.
                REQUESTS_PER_KEY_PER_SECOND=0,
                COST_PER_AGENCY_PER_HOUR=100_000_000,
            )
            self.log = os.path.join(folder, "log")
            self.make_keys()
            self.environment |= self.clock.environment
        except BaseException:
            self.disk.close()
            raise

    def make_keys(self):
        self.keys = {agency: self.key("--agency", agency, scopes=SCOPES) for agency in AGENCIES}
        self.keys["OPERATOR"] = self.key("--operator", scopes="admin")
        # For jumps of the clock: one that ends within their reach.
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)
        self.keys["ENDING"] = self.key(
            "--agency", "BKN", "--expires", end.strftime("%Y-%m-%dT%H:%M:%SZ"), scopes="cases:read"
        )

    def close(self):
        """Ends what is left of the process and of the disk."""
        if self.is_running:
            self.kill()
        self.disk.close()
