"""Has other people's programs read a log that the Swift of `Sources/Merkle` has written, and the other way round.

Go's golang.org/x/mod/sumdb compares roots, proofs, tiles and notes; pymerkle compares roots and inclusion proofs;
Python's cryptography verifies cosignatures, and makes one. `scripts/verify-record` reads the log over HTTP.
"""

import base64
import functools
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from lab import settings

# Only what Debian packages is used, so that nothing is fetched.
OFFLINE = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOPROXY": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
TOOLS = settings.ROOT / ".build-interop" / "bin"
GO = settings.ROOT / ".build-go" / "bin"


def swift(folder):
    """Runs the tests that write what is compared, and read what others have written."""
    command = ["swift", "test", "--filter", r"^MerkleTests\.InteropTests"]
    environment = {**os.environ, "NETRAL_INTEROP_FOLDER": str(folder)}
    output = settings.run(*command, cwd=settings.ROOT, env=environment)
    if "Test run with 2 tests" not in output:
        raise SystemExit(f"not both tests have run: {output[-800:]}")


def go(folder):
    """Go reads the vectors and writes its own."""
    compiler = shutil.which("go", path=f"{GO}:{os.environ['PATH']}")
    source = pathlib.Path(__file__).parent / "main.go"
    environment = {**os.environ, **OFFLINE, "GOCACHE": str(folder / "cache")}
    arguments = [folder / "vectors.json", folder / "given.json"]
    print(settings.run(compiler, "run", source, *arguments, env=environment), end="")


def python(folder):
    """This file again, under the Python that has pymerkle and cryptography."""
    print(settings.run(TOOLS / "python", "-B", __file__, folder), end="")


def with_pymerkle(vectors):
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")
    for leaf in vectors["leaves"]:
        tree.append_entry(base64.b64decode(leaf))
    for size, root in enumerate(vectors["roots"]):
        assert tree.get_root(size) == base64.b64decode(root), f"the root of {size}"
    for proof in vectors["inclusions"]:
        own = tree.prove_inclusion(proof["at"] + 1, proof["size"])
        # The path of pymerkle begins with the leaf itself.
        path = [base64.b64encode(one).decode() for one in own.path[1:]]
        assert path == proof["hashes"], f"inclusion {proof['at']} of {proof['size']}"
    counts = f"{len(vectors['roots'])} roots, {len(vectors['inclusions'])} inclusion proofs"
    print(f"pymerkle: {counts} are the same")


def key_bytes(verifier):
    return base64.b64decode(verifier.split("+", 2)[2])[1:]


def with_cryptography(vectors, given):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    text, _, lines = vectors["note"].rpartition("\n\n")
    signatures = [base64.b64decode(line.split(" ")[2]) for line in lines.splitlines()]
    log = Ed25519PublicKey.from_public_bytes(key_bytes(vectors["verifier"]))
    log.verify(signatures[0][4:], f"{text}\n".encode())
    for witness, signature in zip(vectors["witnesses"], signatures[1:], strict=True):
        assert int.from_bytes(signature[4:12], "big") == witness["time"]
        message = f"cosignature/v1\ntime {witness['time']}\n{text}\n".encode()
        Ed25519PublicKey.from_public_bytes(key_bytes(witness["verifier"])).verify(signature[12:], message)
    print(f"cryptography: a signature and {len(vectors['witnesses'])} cosignatures verify")
    private, name, time = Ed25519PrivateKey.generate(), "python.example", 1_700_000_000
    data = b"\4" + private.public_key().public_bytes_raw()
    identity = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    own = given["note"].rpartition("\n\n")[0] + "\n"
    signature = private.sign(f"cosignature/v1\ntime {time}\n{own}".encode())
    line = base64.b64encode(identity + time.to_bytes(8, "big") + signature).decode()
    given["note"] += f"\u2014 {name} {line}\n"
    given["witnesses"] = [{"verifier": f"{name}+{identity.hex()}+{base64.b64encode(data).decode()}", "time": time}]


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def verify_record(folder):
    """The program for auditors reads the log over HTTP, and finds the fork."""
    vectors = json.loads((folder / "vectors.json").read_text())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [
        settings.SCRIPTS / "verify-record",
        f"http://127.0.0.1:{server.server_port}",
        "--key",
        vectors["verifier"],
    ]
    for witness in vectors["witnesses"]:
        command += ["--witness", witness["verifier"]]
    for since, status in (("earlier", 0), ("fork", 1)):
        done = subprocess.run([*command, "--since", folder / since], capture_output=True, text=True, check=False)
        if done.returncode != status:
            raise SystemExit(f"verify-record ended with {done.returncode}: {done.stdout}{done.stderr}")
    server.shutdown()
    print("verify-record: the log verifies over HTTP, and its fork is found")


def main(arguments):
    if arguments:
        raise SystemExit("scripts/interop-record takes no arguments")
    settings.prepare("run")
    settings.prepare("interop")
    with tempfile.TemporaryDirectory(prefix="netral-interop-") as name:
        folder = pathlib.Path(name)
        swift(folder)
        go(folder)
        python(folder)
        verify_record(folder)
        swift(folder)
        print("Swift: the log of Go, and the cosignature of cryptography verify")
    return 0


def compare(folder):
    vectors, given = (json.loads((folder / f"{name}.json").read_text()) for name in ("vectors", "given"))
    with_pymerkle(vectors)
    with_cryptography(vectors, given)
    (folder / "given.json").write_text(json.dumps(given))


if __name__ == "__main__":
    compare(pathlib.Path(sys.argv[1]))
