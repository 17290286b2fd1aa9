"""What `scripts/soak` runs its load on: the program over one file, and a flaky way to it."""
import os, random, re, socket, subprocess, threading, time

AGENCIES = ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB"]


class Server:
    """The program over one file; killed and started again by faults."""

    def __init__(self, program, folder):
        self.program, self.database = program, os.path.join(folder, "netral.sqlite")
        self.log = open(os.path.join(folder, "log"), "wb")
        self.environment = {"PATH": os.environ["PATH"], "NETRAL_LOG_LEVEL": "error"}
        self.keys = {a: self.make_key(a) for a in AGENCIES}
        self.process, self.port, self.starts = None, 0, 0
        self.rss = []  # (seconds since start of this process, kB)

    def make_key(self, agency):
        options = ["--agency", agency, "--scopes", "cases:read,cases:write,imports,sync", "--label", "soak"]
        return subprocess.check_output(
            [self.program, "key", "create", "--database", self.database] + options, text=True).strip()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--database", self.database, "--port", "0"],
            stdout=subprocess.PIPE, stderr=self.log, env=self.environment)
        self.port = int(self.process.stdout.readline().decode().strip().rsplit(":", 1)[1])
        self.starts, self.born = self.starts + 1, time.monotonic()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def memory(self, name="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(name + r":\s+(\d+)", status.read())[1])


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
