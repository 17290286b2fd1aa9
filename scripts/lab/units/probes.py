"""What the server's unit promises, each as a probe: what is wrong, and nothing where all is right."""

import re

SOCKET = "/run/netral/http.sock"
CGROUP = "/sys/fs/cgroup/system.slice/netral.service/cgroup.procs"


class Probes:
    """Looks at the server inside a system."""

    def __init__(self, system):
        self.system, self.pid = system, ""

    def serves(self):
        if wrong := self.system.does("systemctl", "is-active", "--quiet", "netral"):
            return wrong
        words = [
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--unix-socket",
            SOCKET,
            "http://localhost/readyz",
        ]
        status = self.system.says(*words)
        return "" if status == "200" else f"/readyz answers {status}"

    def is_program(self):
        self.pid = self.system.value("netral", "MainPID")
        return self.system.does("test", f"/proc/{self.pid}/exe", "-ef", "/usr/local/bin/netral")

    def again(self, before):
        """It serves, and by another process."""
        return self.serves() or self.is_program() or ("still the same process" if self.pid == before else "")

    def status(self, field, wanted):
        """Of every thread of the server."""
        text = f"sed -n 's/^{field}:[[:space:]]*//p' /proc/{self.pid}/task/*/status | sort -u"
        found = self.system.says("sh", "-c", text)
        return "" if found == wanted else f"{field} is {found} and not {wanted}"

    def within(self, *words):
        """Words of a command where the server's own mounts are, but as root."""
        return ["nsenter", "--target", self.pid, "--mount", "--", *words]

    def unwritable(self):
        places = [
            "/",
            "/etc",
            "/etc/netral",
            "/usr/local/bin",
            "/var/lib",
            "/var/log",
            "/root",
            "/home",
            "/dev",
            "/sys/fs/cgroup",
        ]
        for place in places:
            if wrong := self.system.refuses("Read-only file system", *self.within("touch", place + "/written")):
                return wrong
        return self.system.does(*self.within("sh", "-c", "touch /var/lib/netral/written && rm /var/lib/netral/written"))

    def apart(self):
        """Of these it has its own, and what others have is not there."""
        for kind in ("mnt", "user", "uts"):
            own, others = (self.system.says("readlink", f"/proc/{pid}/ns/{kind}") for pid in (self.pid, "1"))
            if own == others:
                return f"{kind} is everybody's"
        text = 'test ! -e /proc/cpuinfo && test -z "$(find /root /home /tmp /var/tmp -mindepth 1)"'
        return self.system.does(*self.within("sh", "-c", text))

    def reaching(self, user):
        """Words by which a user asks the server."""
        ask = ["curl", "-sS", "-o", "/dev/null", "--unix-socket", SOCKET, "http://localhost/livez"]
        return ["runuser", "-u", user, "--", *ask]

    def confined(self):
        """A datagram to a network address goes from a process in no cgroup, and not from one in the server's."""
        system = self.system

        def datagram(first, address):
            return ["bash", "-euc", f"{first} echo > /dev/udp/{address}/9"]

        if wrong := system.does("ip", "route", "add", "192.0.2.0/24", "dev", "lo"):
            return wrong
        for address in ("192.0.2.1", "127.0.0.1"):
            wrong = system.does(*datagram("", address)) or system.refuses(
                "Operation not permitted", *datagram(f"echo $$ > {CGROUP};", address)
            )
            if wrong:
                return wrong
        return ""

    def killed(self):
        """It is started again, and by systemd."""
        before, system = self.pid, self.system
        wrong = system.does("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "netral")
        return wrong or system.eventually(self.again, before) or system.unit("netral", NRestarts=1)

    def wrong_setting(self):
        return self.system.unit("netral", ActiveState="failed", ExecMainStatus=64)

    # Logs.

    def journal(self, *options):
        self.system.inside("journalctl", "--sync")
        return self.system.says("journalctl", "--no-pager", "--quiet", "--output=cat", *options)

    def logged(self, unit, text):
        return "" if text in self.journal("--unit", unit) else f"{unit} has not logged {text}"

    def orderly(self):
        """Before its last start it said that it stopped."""
        found = re.findall(r'"message":"(started|stopped)"', self.journal("--unit", "netral"))
        return "" if found[-2:] == ["stopped", "started"] else f"it said {found[-3:]}"

    def unlogged(self, secret):
        text = self.journal()
        return "the journal is empty" if not text else "a log holds it" if secret in text else ""

    def mute(self):
        return self.journal("--identifier=netral", "_TRANSPORT=syslog")

    def silent(self):
        return self.journal("--priority=warning", "--unit", "netral*")

    def owned(self, user, folder, file):
        found = self.system.says("stat", "-c", "%U:%G %a", folder, file).split("\n")
        return "" if found == [f"{user}:{user} 700", f"{user}:{user} 600"] else str(found)

    def awaited(self, name):
        """The timer will start its job."""
        listed = self.system.says("systemctl", "list-timers", "--no-legend", "--no-pager", name + ".timer")
        form = rf"^[A-Z][a-z]{{2}} 20[0-9]{{2}}-.* left .*{name}\.timer +{name}\.service"
        return "" if re.search(form, listed, re.M) else listed or "no next run"
