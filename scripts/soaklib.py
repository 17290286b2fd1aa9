"""What `scripts/soak` runs its load on: the program over one file, and what can befall it."""
import datetime, glob, os, random, re, resource, socket, sqlite3, subprocess, threading, time

AGENCIES = ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB"]
# What the process may take more at the end than when the last quarter began, which may be just after a start: every cache
# full (the writer's 64 MiB, 8 MiB of each of five further connections, rendered cases 16 MiB, figures 8 MiB, what decides
# visibility 4 MiB), and for each event twice what the states of statistics take (README: 60 bytes).
MEMORY_GROWTH_MAX, MEMORY_PER_EVENT_MAX = (64 + 5 * 8 + 16 + 8 + 4) << 20, 120
# Descriptors that are open when all clients are gone, beside those after the start.
DESCRIPTOR_GROWTH_MAX = 8
# The longest log: 256 MiB, beyond which a backup stops pausing, and as much again until it is done.
WAL_BYTES_MAX = 512 << 20


class Disk:
    """A folder on a file system of its own that can be filled: a loop device where that is possible.

    Elsewhere the process is forbidden to let a file grow (RLIMIT_FSIZE), which SQLite meets as a failed write, too. Who
    fills no disk mounts none; who mounts one must close it.
    """

    def __init__(self, folder, is_filled, size=6 << 30):
        self.folder, self.process = os.path.join(folder, "disk"), None
        self.filler, self.is_mounted = os.path.join(self.folder, "filler"), False
        os.mkdir(self.folder)
        if is_filled:
            self.mount(folder, size)

    def mount(self, folder, size):
        image = os.path.join(folder, "disk.img")
        with open(image, "wb") as file:
            file.truncate(size)
        commands = [["mkfs.ext4", "-q", "-m", "0", image], ["mount", "-o", "loop", image, self.folder]]
        try:
            self.is_mounted = all(subprocess.run(c, capture_output=True).returncode == 0 for c in commands)
        except OSError:
            pass

    @property
    def kind(self):
        return "a loop device without room" if self.is_mounted else "files that must not grow (RLIMIT_FSIZE)"

    def fill(self, process, database):
        if not self.is_mounted:
            size = min(os.path.getsize(database), os.path.getsize(database + "-wal"))
            self.process = process.pid
            return resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
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
            return os.unlink(self.filler)
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
        return {"LD_PRELOAD": self.library, "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}


class Server:
    """The program over one file; killed and started again by faults. Who makes one closes it."""

    def __init__(self, program, folder, fills_disk=False):
        self.disk, self.clock = Disk(folder, fills_disk), FakeClock(folder)
        try:
            self.prepare(program, folder)
        except BaseException:
            self.disk.close()
            raise

    def prepare(self, program, folder):
        self.program, self.database = program, os.path.join(self.disk.folder, "netral.sqlite")
        self.log = open(os.path.join(folder, "log"), "wb")
        self.environment = {"PATH": os.environ["PATH"], "NETRAL_LOG_LEVEL": "error",
                            "NETRAL_BACKUP_FOLDER": os.path.join(self.disk.folder, "backups"),
                            # Limits in time would only slow the load down.
                            "NETRAL_REQUESTS_PER_KEY_PER_SECOND": "0", "NETRAL_COST_PER_AGENCY_PER_HOUR": "100000000"}
        scopes = "cases:read,cases:write,imports,migration,sync"
        self.keys = {agency: self.make_key("--agency", agency, "--scopes", scopes) for agency in AGENCIES}
        self.keys["OPERATOR"] = self.make_key("--operator", "--scopes", "admin")
        # For jumps of the clock: one that ends within their reach.
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)
        self.keys["ENDING"] = self.make_key(
            "--agency", "BKN", "--scopes", "cases:read", "--expires", end.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.process, self.port, self.starts = None, 0, 0

    def close(self):
        """Ends what is left of the process and of the disk."""
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()
        self.disk.close()

    def make_key(self, *options):
        command = [self.program, "key", "create", "--database", self.database, "--label", "soak", *options]
        return subprocess.check_output(command, text=True).strip()

    def start(self):
        # Python ignores SIGXFSZ and SIGPIPE, and so does then the program, which meets errors instead. By way of `env`:
        # libfaketime moves the environment of the process it is first loaded in, and Swift finds arguments by it.
        self.process = subprocess.Popen(
            # The clock jumps by hours, also while the process is dead.
            ["env", self.program, "serve", "--database", self.database, "--port", "0", "--accept-clock"],
            restore_signals=False,
            stdout=subprocess.PIPE, stderr=self.log, env={**self.environment, **self.clock.environment})
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"the server does not start: {open(self.log.name).read()[-2000:]}")
        self.port = int(line.rsplit(":", 1)[1])
        self.starts, self.born, self.descriptors_at_start = self.starts + 1, time.monotonic(), self.descriptors()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def memory(self, name="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(name + r":\s+(\d+)", status.read())[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def wal(self):
        try:
            return os.path.getsize(self.database + "-wal")
        except FileNotFoundError:
            return 0


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
            "reader": f"GET /v1/exports/cases HTTP/1.1\r\n{head}\r\n"}
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


def events(server):
    file = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
    try:
        return file.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
    finally:
        file.close()


class Watch:
    """What the process takes while it lives, twice a second."""

    def __init__(self, server):
        self.server, self.samples, self.wal_max, self.calm = server, [], 0, None

    def look(self):
        self.samples.append((self.server.starts, time.monotonic() - self.server.born, self.server.memory()))
        self.wal_max = max(self.wal_max, self.server.wal())

    def begin_calm(self):
        """From here on no fault of the process, so that growth of memory can be seen."""
        self.calm = (self.server.memory(), events(self.server))

    def judge(self, world):
        server = self.server
        self.look()
        last = [(age, kb) for start, age, kb in self.samples if start == server.starts]
        for share in (0.25, 0.5, 0.75, 1):
            age, kb = last[max(0, int(len(last) * share) - 1)]
            print(f"memory of the last process after {age:.0f} s: {kb / 1024:.1f} MiB")
        memory, head = server.memory(), events(server)
        # A soak that has failed may have ended before.
        before = self.calm or (memory, head)
        bound = MEMORY_GROWTH_MAX + MEMORY_PER_EVENT_MAX * (head - before[1])
        growth = (memory - before[0]) * 1024
        if growth > bound:
            world.fail(f"memory has grown by {growth} bytes; the bound is {bound}")
        if self.wal_max > WAL_BYTES_MAX:
            world.fail(f"the log took {self.wal_max} bytes")
        # Connections that were closed leave their descriptors at the next turn of their loops.
        end = time.monotonic() + 90
        most = server.descriptors_at_start + DESCRIPTOR_GROWTH_MAX
        while server.descriptors() > most and time.monotonic() < end:
            time.sleep(0.2)
        if server.descriptors() > most:
            world.fail(f"{server.descriptors()} descriptors, and {server.descriptors_at_start} after the start")
        mib = lambda size: f"{size / 2**20:.0f} MiB"
        first = before[0] * 1024
        return [
            ("memory in the last quarter", f"{mib(first)}, then {mib(memory * 1024)} (bound {mib(first + bound)}), "
             f"highest {mib(server.memory('VmHWM') * 1024)}"),
            ("descriptors when all have gone",
             f"{server.descriptors()}, after the start {server.descriptors_at_start}"),
            ("longest log (WAL)", f"{mib(self.wal_max)} (bound {mib(WAL_BYTES_MAX)})")]


class Proxy(threading.Thread):
    """A way to the server on which some connections are cut after a random number of bytes."""

    def __init__(self, server, cut_share=0.15):
        super().__init__(daemon=True)
        self.server, self.cut_share, self.cuts = server, cut_share, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            client, _ = self.listener.accept()
            try:
                upstream = socket.create_connection(("127.0.0.1", self.server.port), 5)
            except OSError:
                client.close()
                continue
            for end in (client, upstream):
                end.settimeout(70)
            limits = [None, None]
            if random.random() < self.cut_share:
                limits[random.randrange(2)] = int(10 ** random.uniform(0, 5.5))
            for source, target, limit in ((client, upstream, limits[0]), (upstream, client, limits[1])):
                threading.Thread(target=self.copy, args=(source, target, limit), daemon=True).start()

    def copy(self, source, target, limit):
        try:
            while limit is None or limit > 0:
                data = source.recv(65536 if limit is None else min(65536, limit))
                if not data:
                    break
                target.sendall(data)
                limit = None if limit is None else limit - len(data)
            if limit == 0:
                self.cuts += 1
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
