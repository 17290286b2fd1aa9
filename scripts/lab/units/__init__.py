"""Boots a Debian of its own, installs program and units as each file of deploy/ says, and checks what they promise."""

import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time

from lab import settings
from lab.settings import DEPLOY
from lab.system import Steps, need_root, suite
from lab.units.booted import System
from lab.units.probes import SOCKET, Probes

UNITS = ["netral", "netral-backup", "netral-restore-drill", "netral-sync"]
TIMERS = UNITS[1:]
STATE, SYNC = "/var/lib/netral", "/var/lib/netral-sync"
# The first keys, made as the server's user, and a key for the replica.
FIRST = f"""
install -d -o netral -g netral -m 700 {STATE}
key="runuser -u netral -- netral"
$key demo --database {STATE}/netral.sqlite
$key key create --database {STATE}/netral.sqlite --operator --scopes admin --label operator
$key key create --database {STATE}/netral.sqlite --agency BKN --scopes sync --label sync > KEY_FILE
"""


def commands(unit):
    """The lines that a unit's header tells an operator to give."""
    text = (DEPLOY / f"{unit}.service").read_text()
    return [line[4:].split("   ")[0] for line in text.splitlines() if line.startswith("#   ")]


def install(system, program):
    brought = system.root / "root" / "deploy"
    brought.mkdir()
    (system.root / "home" / "somebody").mkdir()
    shutil.copy(program, brought / "netral")
    for file in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        shutil.copy(file, brought)
    (brought / "SETTINGS").write_text("NETRAL_LOG_FORMAT=json\n")

    def shell(lines):
        return system.shell("cd /root/deploy\n" + "\n".join(lines))

    for unit in UNITS:
        first = [line for line in commands(unit) if not line.startswith("systemctl")]
        system.check(f"{unit}.service: its header's commands install it", shell(first))
        if unit == "netral":
            what = "the first keys are made as its user before the first start, here with cases"
            system.check(what, shell([FIRST]))
    # `systemctl edit` asks a person; this is the file that it writes.
    override = system.root / "etc/systemd/system/netral-sync.service.d"
    override.mkdir()
    (override / "override.conf").write_text("[Service]\nEnvironment=NETRAL_SERVER=http://127.0.0.1:8080\n")
    for unit in UNITS:
        then = [line for line in commands(unit) if re.match("systemctl (?!edit)", line)]
        system.check(f"{unit}.service: its header's commands enable it", shell(then))


def verify_server(system, probes):
    check = system.check
    check("it is active and /readyz answers 200", system.eventually(probes.serves))
    check("its process is the program", probes.is_program())
    check("it runs as its user", system.unit("netral", User="netral"))
    for what, option, field in [("identifiers", "-u", "Uid"), ("group's", "-g", "Gid")]:
        number = system.says("id", option, "netral")
        check(f"with its {what} alone", probes.status(field, "\t".join([number] * 4)))
    check("it gains no privileges", probes.status("NoNewPrivs", "1"))
    check("its system calls are filtered", probes.status("Seccomp", "2"))
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        check(f"it has no capability: {kind}", probes.status(kind, "0" * 16))
    check("nobody can write outside /var/lib/netral there, not even root", probes.unwritable())
    check(
        "it has mounts, users and a host name of its own, and sees nothing in homes and temporary folders",
        probes.apart(),
    )
    check("no network can be reached, and not this machine by one", probes.confined())
    found = system.says("stat", "-c", "%U:%G %a", "/run/netral", SOCKET).split("\n")
    is_own = found == ["netral:netral 750", "netral:netral 660"]
    check("its socket is for its user and group", "" if is_own else str(found))
    system.inside("adduser", "--quiet", "www-data", "netral")
    check("nginx's user, who joins the group, reaches it", system.does(*probes.reaching("www-data")))
    for user in ("nobody", "netral-sync"):
        check(f"{user} does not", system.refuses("curl: (7)", *probes.reaching(user)))
    limits = f"/proc/{probes.pid}/limits"
    check("it may open 16384 files", system.does("grep", "-qE", "^Max open files +16384 +16384 ", limits))
    check("it may use 1 GiB of memory", system.unit("netral", MemoryMax=1 << 30))
    check("the database is readable by its user alone", probes.owned("netral", STATE, STATE + "/netral.sqlite"))
    check(
        "its log is in the journal, as /etc/netral/netral.env asks",
        system.eventually(probes.logged, "netral", '"message":"started"'),
    )


def verify_jobs(system, probes):
    check = system.check
    # In the place of nginx, which is not installed here.
    system.inside(
        "systemd-run",
        "--quiet",
        "--unit=front",
        "systemd-socket-activate",
        "--listen=127.0.0.1:8080",
        "/lib/systemd/systemd-socket-proxyd",
        SOCKET,
    )
    check("netral-backup.service makes a backup", system.does("systemctl", "start", "netral-backup.service"))
    check("its sum agrees", system.shell(f"cd {STATE}/backups && sha256sum -c ./*.sha256"))
    drill = "netral-restore-drill"
    check(f"{drill}.service succeeds", system.does("systemctl", "start", drill + ".service"))
    backup = system.says("sh", "-c", f"ls {STATE}/backups/*.sqlite")
    check("and proved that backup", system.eventually(probes.logged, drill, backup))
    check("and left nothing behind", system.shell('test -z "$(find /var/tmp /tmp -name "*netral*" -type f)"'))
    for what in ("makes a replica", "brings it up to date"):
        check(f"netral-sync.service {what}", system.does("systemctl", "start", "netral-sync.service"))
    check("the replica agrees with the service", system.eventually(probes.logged, "netral-sync", "in agreement  yes"))
    check("the replica is readable by its user alone", probes.owned("netral-sync", SYNC, SYNC + "/replica.sqlite"))
    check("the key is in no log", probes.unlogged((system.root / "root/deploy/KEY_FILE").read_text().strip()))
    check("the program says nothing to syslog", probes.mute())
    check("systemd warns of no setting, and the program of nothing", probes.silent())


def verify_faults(system, probes):
    check = system.check
    check("restart", system.does("systemctl", "restart", "netral"))
    check("it serves again", system.eventually(probes.again, probes.pid))
    check("it is started again after SIGKILL", probes.killed())
    before = time.monotonic()
    check("stop", system.does("systemctl", "stop", "netral"))
    taken = time.monotonic() - before
    check("it ended within 30 s", "" if taken <= 30 else f"{taken:.0f} s")
    check("with success and status 0", system.unit("netral", Result="success", ExecMainStatus=0))
    check("its socket is gone", system.does("test", "!", "-e", SOCKET))
    check(
        "the log of the database is folded into its file", system.does("test", "!", "-s", STATE + "/netral.sqlite-wal")
    )
    settings_file = system.root / "etc/netral/netral.env"
    settings_file.write_text("NETRAL_PORT=none\n")
    system.inside("systemctl", "start", "netral")
    check("with a wrong setting it ends with 64", system.eventually(probes.wrong_setting))
    time.sleep(3)
    check("and is not started again", system.unit("netral", NRestarts=0))
    shutil.copy(system.root / "root/deploy/SETTINGS", settings_file)
    check("with the setting put right it starts", system.does("systemctl", "start", "netral"))
    check("and serves", system.eventually(probes.serves))


def verify_reboot(system, probes):
    check = system.check
    # What tells systemd to halt.
    settings.run("kill", "-s", "RTMIN+3", system.init)
    check(
        "the system ends in good order",
        system.eventually(lambda: "" if system.process.poll() is not None else "it goes on"),
    )
    system.boot()
    check("the server was started", system.eventually(probes.serves))
    check("it had ended in good order", system.eventually(probes.orderly))
    for timer in TIMERS:
        check(f"{timer}.timer is enabled", system.does("systemctl", "is-enabled", timer + ".timer"))
        check(f"{timer}.timer has a next run", probes.awaited(timer))
    check("nothing has failed", system.says("systemctl", "--failed", "--quiet", "--no-legend"))


def main(arguments):
    need_root("scripts/verify-units")
    settings.prepare("units")
    program, steps = settings.program(), Steps()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="netral-units-", ignore_cleanup_errors=True) as name:
        system = System(pathlib.Path(name))
        probes = Probes(system)
        try:
            steps.say(f"Debian {suite()} from this machine's package sources")
            system.make()
            system.boot()
            for what, act in [
                ("installing", lambda: install(system, program)),
                ("the server", lambda: verify_server(system, probes)),
                ("the jobs", lambda: verify_jobs(system, probes)),
                ("faults", lambda: verify_faults(system, probes)),
                ("a reboot", lambda: verify_reboot(system, probes)),
            ]:
                steps.say(what)
                act()
            version = system.says("systemctl", "--version").split()[1]
            linux = settings.run("uname", "-r").strip()
            steps.say(f"systemd {version} runs the units of deploy/ as they promise, on Linux {linux}")
        finally:
            system.close()
    return 0
