"""Executes the Dockerfile in clean Debian systems, with no daemon and no image registry, and runs the image."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from lab import settings
from lab.load import free_port
from lab.server import Process
from lab.settings import ROOT, run
from lab.system import PATH, Steps, make, need_root, suite

ISOLATED = ["--isolation", "chroot", "--network", "host"]
# What Swift's own image has beside the toolchain.
PACKAGES = [
    "binutils",
    "ca-certificates",
    "git",
    "gnupg2",
    "libc6-dev",
    "libcurl4-openssl-dev",
    "libedit2",
    "libgcc-12-dev",
    "libpython3-dev",
    "libsqlite3-0",
    "libstdc++-12-dev",
    "libxml2-dev",
    "libncurses6",
    "pkg-config",
    "tzdata",
    "zip",
    "unzip",
]


class Builder:
    """buildah with a store of its own, which is thrown away."""

    def __init__(self, folder):
        self.folder = folder
        store = ["--root", str(folder / "storage"), "--runroot", str(folder / "run"), "--storage-driver", "vfs"]
        self.command = ["buildah", *store]

    def do(self, *words):
        return run(*self.command, *words).strip()

    def inspect(self, form):
        return self.do("inspect", "--type", "image", "--format", form, "localhost/netral")

    def close(self):
        for words in (["rm", "--all"], ["rmi", "--all", "--force"]):
            subprocess.run([*self.command, *words], capture_output=True)


def make_base(builder):
    """The stand-in for Debian's own image."""
    archive = builder.folder / "debian.tar"
    make(archive, builder.folder)
    container = builder.do("from", "scratch")
    builder.do("add", "--quiet", container, archive, "/")
    builder.do("config", "--env", "PATH=" + PATH, container)
    builder.do("commit", "--quiet", container, f"localhost/debian:{suite()}-slim")
    builder.do("rm", container)
    archive.unlink()


def make_swift(builder, name):
    """The stand-in for Swift's own image: the packages that it has; the toolchain is mounted."""
    empty, file = builder.folder / "empty", builder.folder / "swift.Dockerfile"
    empty.mkdir()
    file.write_text(
        f"FROM localhost/debian:{suite()}-slim\n"
        "RUN apt-get update -qq >/dev/null 2>&1 \\\n"
        f"  && apt-get install -y -qq --no-install-recommends {' '.join(PACKAGES)} >/dev/null 2>&1\n"
        f"ENV PATH=/opt/toolchain/bin:{PATH}\n"
    )
    builder.do("build", "--quiet", *ISOLATED, "--pull-never", "-f", file, "-t", "localhost/" + name, empty)


def mounts(folder):
    """What every step of the build is given, and the image is not: the toolchain, and git's addresses."""
    toolchain = pathlib.Path(shutil.which("swift")).resolve().parent.parent
    found = [f"{toolchain}:/opt/toolchain:ro"]
    told = subprocess.run(["git", "config", "--get-regexp", r"^url\..*\.insteadof$"], capture_output=True, text=True)
    config = folder / "gitconfig"
    for line in told.stdout.splitlines():
        name, address = line.split(" ", 1)
        place = name.removeprefix("url.").removesuffix(".insteadof")
        run("git", "config", "--file", config, "--add", f"url.{place}.insteadOf", address)
        mount = f"{place}:{place}:ro"
        found += [mount] if os.path.isdir(place) and mount not in found else []
    if config.exists():
        run("git", "config", "--file", config, "--add", "safe.directory", "*")
        found.append(f"{config}:/etc/gitconfig:ro")
    return [word for mount in found for word in ("--volume", mount)]


def execute(builder, file):
    """The Dockerfile itself; its steps are printed, and its last lines where it fails."""
    words = [
        "build",
        *ISOLATED,
        "--pull-never",
        *mounts(builder.folder),
        "--ignorefile",
        ROOT / ".dockerignore",
        "-f",
        file,
        "-t",
        "localhost/netral",
        ROOT,
    ]
    lines = []
    with subprocess.Popen(
        [*builder.command, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            lines.append(line)
            if re.match(r"(\[\d+/\d+\] )?STEP", line):
                print(line, end="", flush=True)
    if process.returncode != 0:
        raise SystemExit("".join(lines[-40:]) + "FAILED: the Dockerfile")


class Contained(Process):
    """The image's own command, in a container."""

    def __init__(self, builder, container):
        self.builder, self.container, self.log = builder, container, builder.folder / "served"

    def start(self, command):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        words = ["run", *ISOLATED, "--env", f"NETRAL_PORT={port}", self.container, "--", *command]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*self.builder.command, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self.wait_until("/readyz", 200)

    def complaint(self):
        return self.log.read_text(errors="replace")[-2000:]

    def program(self):
        """The process of the program, by its name, among those that were started for the container."""
        waiting = [self.process.pid]
        for parent in waiting:
            found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True).stdout.split()
            waiting += map(int, found)
        for process in waiting:
            if pathlib.Path(f"/proc/{process}/comm").read_text().strip() == "netral":
                return process
        raise SystemExit("FAILED: no process of the program was found")


def verify(builder):
    """What the image holds, as whom it runs, and that it ends as it should."""
    user, command = (
        builder.inspect("{{.OCIv1.Config.User}}"),
        builder.inspect("{{range .OCIv1.Config.Cmd}}{{.}} {{end}}").split(),
    )
    if user in ("", "root", "0"):
        raise SystemExit("FAILED: the image runs as root")
    container = builder.do("from", "--pull-never", "localhost/netral")
    linked = builder.do("run", *ISOLATED, container, "--", "ldd", "/usr/local/bin/netral")
    if "not found" in linked:
        raise SystemExit("FAILED: the image lacks a library: " + linked)
    for tool in ("swift", "git", "cc"):
        words = ["run", *ISOLATED, container, "--", "sh", "-c", "command -v " + tool]
        if subprocess.run([*builder.command, *words], capture_output=True).returncode == 0:
            raise SystemExit(f"FAILED: {tool}, which builds, is in the image")
    with Contained(builder, container) as contained:
        contained.start(command)
        process = contained.program()
        owner = os.stat(f"/proc/{process}").st_uid
        if owner == 0:
            raise SystemExit("FAILED: the program runs as root")
        os.kill(process, signal.SIGTERM)
        code = contained.process.wait(60)
        if code != 0:
            raise SystemExit(f"FAILED: it ended with {code} at SIGTERM: {contained.complaint()}")
    return f"'{' '.join(command)}' ran as user {owner}, answered /readyz with 200 and ended with 0 at SIGTERM"


def main(arguments):
    need_root("scripts/verify-image")
    file = pathlib.Path(arguments[0]).resolve() if arguments else ROOT / "Dockerfile"
    settings.prepare("run")
    settings.prepare("image")
    base = re.search(r"^FROM (swift:\S+) AS build$", file.read_text(), re.M)
    if not base:
        raise SystemExit("the Dockerfile names another image to build in than can be made here")
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="netral-image-", ignore_cleanup_errors=True) as name:
        builder = Builder(pathlib.Path(name))
        try:
            steps.say(f"Debian {suite()} from this machine's package sources")
            make_base(builder)
            steps.say(f"a stand-in for {base[1]}")
            make_swift(builder, base[1])
            steps.say("the Dockerfile")
            execute(builder, file)
            steps.say("the image")
            steps.say("the Dockerfile was executed; " + verify(builder))
        finally:
            builder.close()
    return 0
