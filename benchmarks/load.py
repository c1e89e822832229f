"""The load test: ten coordinators for one minute against a real server on this machine.

`python -m benchmarks.load` starts the server on a fresh sample city, lets Locust send the mix of
`benchmarks/locustfile.py`, and writes `benchmarks/results/load.json`. It ends with 1 when a
request failed. Loopback only; it stops by itself.
"""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine

HERE = Path(__file__).parent
SECONDS = 60
USERS = 10


def main() -> int:
    """Run the minute, print and keep the figures."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        rows = send_load(address, Path(folder))
    result: dict[str, Any] = {
        "name": "load",
        "question": f"{USERS} coordinators at once on the sample city, for {SECONDS} seconds",
        "cases": [figures(row) for row in rows],
        "machine": machine(),
    }
    target = HERE / "results" / "load.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for case in result["cases"]:
        print("{question:32} {requests:6} requests, {failures} failed".format(**case), case["ms"])
    return 1 if result["cases"][-1]["failures"] else 0


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a fresh sample city and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "TSUNAGITE_HOME": str(folder),
        "TSUNAGITE_DATABASE_URL": f"sqlite:///{folder}/load.sqlite",
    }

    def command(*words: str) -> list[str]:
        return [sys.executable, "-m", "api.cli", *words]

    for words in (("init", "--municipality", "sample"), ("sample", "load"), ("match", "--json")):
        subprocess.run(command(*words), env=environment, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen(
        command("serve", "--port", str(port)),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://localhost:{port}"
        wait_for(f"{address}/readyz", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; at most half a minute."""
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def send_load(address: str, folder: Path) -> list[dict[str, str]]:
    """Let Locust send the mix; return its rows of figures."""
    prefix = folder / "figures"
    subprocess.run(
        [
            *(sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless"),
            *("--users", str(USERS), "--spawn-rate", "2", "--run-time", f"{SECONDS}s"),
            *("--host", address, "--csv", str(prefix), "--only-summary"),
            *("--exit-code-on-error", "0"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with Path(f"{prefix}_stats.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures(row: dict[str, str]) -> dict[str, Any]:
    """Return what is kept of a row; the last one is of all requests together."""
    return {
        "question": "all requests" if row["Name"] == "Aggregated" else row["Name"],
        "requests": int(row["Request Count"]),
        "failures": int(row["Failure Count"]),
        "per_second": round(float(row["Requests/s"]), 1),
        "ms": {"half of the requests": float(row["50%"]), "99 of 100": float(row["99%"])},
    }


if __name__ == "__main__":
    sys.exit(main())
