#!/usr/bin/env python3
"""From exec to the first answer, resident memory, and from SIGTERM to exit, of the binary given.

bench/start.py BINARY [runs]
"""

import signal
import socket
import statistics
import subprocess
import sys
import time

PORT = 18099


def once(binary):
    start = time.perf_counter()
    server = subprocess.Popen(
        [binary, "--listen", f"127.0.0.1:{PORT}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while True:
        try:
            stream = socket.create_connection(("127.0.0.1", PORT))
            break
        except OSError:
            pass
    stream.sendall(b"GET /entitlements/summaries HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = stream.recv(65536)
    first = time.perf_counter() - start
    assert answer.startswith(b"HTTP/1.1 200"), answer[:100]
    with open(f"/proc/{server.pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    stream.close()
    start = time.perf_counter()
    server.send_signal(signal.SIGTERM)
    assert server.wait() == 0
    return first * 1000, resident, (time.perf_counter() - start) * 1000


runs = [once(sys.argv[1]) for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 50)]
for name, unit, values in zip(("first answer", "resident", "SIGTERM to exit"), ("ms", "KiB", "ms"), zip(*runs)):
    print(f"{name}: median {statistics.median(values):.1f} {unit}, least {min(values):.1f}, most {max(values):.1f}")
