"""What both halves of the benchmark share: the program as a server, wrk, and the disk's own pace."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS, SECONDS, PORT = 3, 4, 18182
URL = f"http://127.0.0.1:{PORT}"


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True, **options).stdout


class Server:
    """The program on the benchmark's file."""

    def __init__(self, program, database, **settings):
        environment = os.environ | {"NETRAL_LOG_LEVEL": "warning", "NETRAL_CONNECTIONS_PER_ADDRESS_MAX": "10000"}
        started = time.monotonic()
        self.process = subprocess.Popen(
            [program, "serve", "--database", database, "--port", str(PORT)],
            env=environment | settings, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        urllib.request.urlopen(URL + "/livez").read()
        self.startup_ms = (time.monotonic() - started) * 1000

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return {name: int(re.search(name + r":\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM")}

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != 0:
            raise SystemExit("the server did not end cleanly")


def wrk(url, connections=32, script=None, headers=(), seconds=SECONDS):
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s"]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", script]
    output = run(*command, url)
    if "Non-2xx" in output:
        raise SystemExit(f"{url}: {output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def disk_syncs_per_second(folder):
    with open(folder / "sync.probe", "wb") as probe:
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


def make_key(program, database, agency):
    return "Authorization: Bearer " + run(
        program, "key", "create", "--database", database, "--agency", agency, "--label", "bench", "--scopes",
        "cases:read,cases:write,imports,migration,sync,statistics").strip()


def write_dataset(path, count, *options):
    with open(path, "w") as file:
        subprocess.run([sys.executable, str(ROOT / "scripts/dataset"), str(count), "1", *options], stdout=file, check=True)


def send_import(path, key, results):
    """Imports a file of lines; returns the seconds it took. Every line must have been created."""
    started = time.monotonic()
    run("curl", "-sS", "-T", str(path), "-X", "POST", "-H", key, "-H", "Content-Type: application/x-ndjson", "-o",
        str(results), URL + "/v1/imports")
    seconds = time.monotonic() - started
    with open(results) as lines:
        for line in lines:
            if '"status":"created"' not in line:
                raise SystemExit("import: " + line)
    return seconds
