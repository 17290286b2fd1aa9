"""What the process takes while it is loaded, and the bounds of that."""

import sqlite3
import time

# What the process may take more at the end than when the last quarter began, which may be just after a start: every
# cache full (the writer's 64 MiB, 8 MiB of each of five further connections, rendered cases 16 MiB, figures 8 MiB, what
# decides visibility 4 MiB), and for each event twice what the states of statistics take (60 bytes).
MEMORY_GROWTH_MAX, MEMORY_PER_EVENT_MAX = (64 + 5 * 8 + 16 + 8 + 4) << 20, 120
# Descriptors that are open when all clients are gone, beside those after the start.
DESCRIPTOR_GROWTH_MAX = 8
# The longest log: 256 MiB, beyond which a backup stops pausing, and as much again until it is done.
WAL_BYTES_MAX = 512 << 20


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
        self.samples.append((self.server.starts, time.monotonic() - self.server.born, self.server.of_status("VmRSS")))
        self.wal_max = max(self.wal_max, self.server.wal_bytes())

    def begin_calm(self):
        """From here on no fault of the process, so that growth of memory can be seen."""
        self.calm = (self.server.of_status("VmRSS"), events(self.server))

    def judge(self, world):
        server = self.server
        self.look()
        last = [(age, kb) for start, age, kb in self.samples if start == server.starts]
        for share in (0.25, 0.5, 0.75, 1):
            age, kb = last[max(0, int(len(last) * share) - 1)]
            print(f"memory of the last process after {age:.0f} s: {kb / 1024:.1f} MiB")
        memory, head = server.of_status("VmRSS"), events(server)
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

        def mib(size):
            return f"{size / 2**20:.0f} MiB"

        first = before[0] * 1024
        return [
            (
                "memory in the last quarter",
                f"{mib(first)}, then {mib(memory * 1024)} (bound {mib(first + bound)}), "
                f"highest {mib(server.of_status('VmHWM') * 1024)}",
            ),
            (
                "descriptors when all have gone",
                f"{server.descriptors()}, after the start {server.descriptors_at_start}",
            ),
            ("longest log (WAL)", f"{mib(self.wal_max)} (bound {mib(WAL_BYTES_MAX)})"),
        ]
