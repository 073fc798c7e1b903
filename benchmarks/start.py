"""Cold start of `signpost ask`, and readiness and memory of `signpost serve`."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

RUNS = 10
QUESTION = "can I post bake sale photos?"


def main() -> None:
    """Print the figures: the median of ten runs each."""
    command = [str(Path(sys.executable).parent / "signpost")]
    asked = sorted(_ask(command) for _ in range(RUNS))
    print(f"signpost ask, cold: median {asked[RUNS // 2]:.2f} s, slowest {asked[-1]:.2f} s")
    served = sorted(_serve(command) for _ in range(RUNS))
    ready, resident = served[RUNS // 2]
    print(f"signpost serve: ready in {ready:.2f} s (median), {resident:.0f} MB resident after 20 questions")


def _ask(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([*command, "ask", QUESTION], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _serve(command: list[str]) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        while not _is_ready(port):
            time.sleep(0.01)
        ready = time.perf_counter() - start
        for visitor in range(20):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/",
                data=b"question=can+i+post+bake+sale+photos",
                headers={"Cookie": f"signpost={visitor:022d}"},
            )
            urllib.request.urlopen(request).read()
        status = Path(f"/proc/{server.pid}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        return ready, resident / 1024
    finally:
        server.terminate()
        server.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


if __name__ == "__main__":
    main()
