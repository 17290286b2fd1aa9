"""Requests beside nginx: one case, any case, lists, durable creates; memory and start."""
import json
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import time

from benchlib import PORT, ROUNDS, SECONDS, URL, Server, disk_syncs_per_second, machine, make_key, run, send_import
from benchlib import write_dataset, wrk

NGINX_PORT = 18181


def nginx(folder, body):
    (folder / "nginx.conf").write_text(f"""
worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{NGINX_PORT} reuseport;
location / {{ default_type application/json; return 200 '{body}'; }} }} }}
""")
    run("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"))


def create_script(folder):
    template = (
        '{"election":"pilkada-2024","region":"16.71","institution":"16.71","subject":{"name":"Pegawai Contoh",'
        '"identifier_missing":true,"position_level":"pelaksana"},"violation":"DS-06","act":{"occurred_on":"2024-10-02",'
        '"narrative":"Uraian contoh."},"source":{"kind":"laporan","agency_ref":"%s","received_on":"2024-10-06"}}')
    path = folder / "create.lua"
    path.write_text(f"""
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
function init(args) math.randomseed(os.time() + id * 7919); run = math.random(1e9); n = 0 end
local body = '{template}'
function request()
  n = n + 1
  local key = string.format("%d-%d-%d", run, id, n)
  return wrk.format("POST", "/v1/cases", {{["Authorization"] = wrk.headers["Authorization"],
    ["Content-Type"] = "application/json", ["Idempotency-Key"] = key}}, string.format(body, key))
end
""")
    return str(path)


def random_script(folder, identities):
    path = folder / "random.lua"
    (folder / "ids.txt").write_text("\n".join(identities))
    path.write_text(f"""
local ids = {{}}
for line in io.lines("{folder}/ids.txt") do ids[#ids + 1] = "/v1/cases/" .. line end
function init(args) math.randomseed(os.time()) end
function request() return wrk.format("GET", ids[math.random(#ids)]) end
""")
    return str(path)


def syncs_per_create(server, script, key):
    """Counts the syncs of a short run under strace, which slows it: the ratio is what counts."""
    with tempfile.NamedTemporaryFile() as log:
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", log.name, "-p", str(server.process.pid)],
            stderr=subprocess.DEVNULL)
        time.sleep(1)
        rate = wrk(URL + "/v1/cases", 64, script, [key], seconds=2)
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        syncs = sum("sync(" in line for line in open(log.name))
    return syncs, round(rate * 2)


def load(program, folder, count):
    """Fills a file through the import path; returns it with keys, identities and the seconds the import took."""
    database = str(folder / "bench.sqlite")
    keys = {agency: make_key(program, database, agency) for agency in ("BAWASLU", "BKN")}
    lines, results = folder / "cases.ndjson", folder / "results.ndjson"
    write_dataset(lines, count)
    server = Server(program, database)
    seconds = send_import(lines, keys["BAWASLU"], results)
    server.stop()
    return database, keys, [json.loads(line)["id"] for line in open(results)], seconds


def main(program, count):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        database, keys, identities, import_seconds = load(program, folder, count)
        startups = []
        for _ in range(5):
            server = Server(program, database)
            startups.append(server.startup_ms)
            server.stop()
        server = Server(program, database)
        body = run("curl", "-sS", "-H", keys["BKN"], URL + "/v1/cases/" + identities[0])
        nginx(folder, body.replace("'", ""))
        try:
            measure(program, folder, database, server, keys, identities, body, count / import_seconds, startups)
        finally:
            run("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-s", "stop")


def measure(program, folder, database, server, keys, identities, body, import_rate, startups):
    key, one = keys["BKN"], URL + "/v1/cases/" + identities[0]
    shuffle = random_script(folder, identities)
    fixed, single, spread, pages, cpu = [], [], [], [], []
    for _ in range(ROUNDS):
        fixed.append(wrk(f"http://127.0.0.1:{NGINX_PORT}/", headers=[key]))
        before = server.cpu_seconds()
        single.append(wrk(one, headers=[key]))
        cpu.append((server.cpu_seconds() - before) / (single[-1] * SECONDS) * 1e6)
        spread.append(wrk(URL, script=shuffle, headers=[key]))
        pages.append(wrk(URL + "/v1/cases?limit=50", headers=[key]))
    memory = server.memory_mib()
    create = create_script(folder)
    writer = keys["BAWASLU"]
    alone = statistics.median(wrk(URL + "/v1/cases", 1, create, [writer]) for _ in range(ROUNDS))
    grouped = statistics.median(wrk(URL + "/v1/cases", 64, create, [writer]) for _ in range(ROUNDS))
    syncs, creates = syncs_per_create(server, create, writer)
    server.stop()
    server = Server(program, database, NETRAL_WRITE_BATCH_MAX="1")
    single_commit = statistics.median(wrk(URL + "/v1/cases", 64, create, [writer]) for _ in range(ROUNDS))
    server.stop()
    ratio = lambda values: statistics.median(value / base for value, base in zip(values, fixed))
    median = statistics.median
    cases = len(identities)
    print(f"{machine()}; {cases:,} cases; wrk -t2 -c32 -d{SECONDS}s, median of {ROUNDS} rounds; disk {disk_syncs_per_second(folder)} syncs/s\n")
    print(f"| what | figure | beside |\n| --- | --- | --- |")
    print(f"| nginx, fixed answer of {len(body)} bytes | {median(fixed):,.0f} requests/s | 1.00 |")
    print(f"| GET /v1/cases/{{id}}, one case | {median(single):,.0f} requests/s | {ratio(single):.2f} of nginx; "
          f"{median(cpu):.1f} µs of server CPU |")
    print(f"| GET /v1/cases/{{id}}, any of all cases | {median(spread):,.0f} requests/s | {ratio(spread):.2f} of nginx |")
    print(f"| GET /v1/cases?limit=50 | {median(pages):,.0f} pages/s | "
          f"{ratio(pages) * 100_000:,.0f} where nginx reaches 100,000 |")
    print(f"| durable creates, 1 client | {alone:,.0f}/s | |")
    print(f"| durable creates, 64 clients | {grouped:,.0f}/s | {grouped / single_commit:.1f} times one commit each |")
    print(f"| durable creates, 64 clients, one commit each | {single_commit:,.0f}/s | |")
    print(f"| syncs under 64 clients | {syncs} for {creates:,} creates | {creates / max(1, syncs):.1f} creates a sync |")
    print(f"| import of {cases:,} histories | {import_rate:,.0f} cases/s | |")
    print(f"| memory with {cases:,} cases | {memory['VmRSS']:.0f} MiB | peak {memory['VmHWM']:.0f} MiB |")
    print(f"| start to first answer | {median(startups):.0f} ms | |")
