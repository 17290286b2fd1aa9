"""A way to the server on which connections are cut."""

import contextlib
import random
import socket
import threading


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
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
