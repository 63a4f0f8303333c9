"""The program that is measured, $FRESHET_PROGRAM, driven by what the tests drive it with."""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.path.abspath(os.environ.get("FRESHET_PROGRAM", ROOT / "build" / "release" / "freshet"))
LOAD = os.path.join(os.path.dirname(PROGRAM), "bin", "freshet_load")

os.environ["FRESHET_BUILD"] = os.path.dirname(PROGRAM)
sys.path.insert(0, str(ROOT / "tests" / "support"))

from freshet import Person, Server, run_cli, wait_until  # noqa: E402, F401


def load(kind, url, **flags):
    """Runs freshet_load to its end and returns what it measured."""
    arguments = [text for name, value in flags.items() for text in (f"--{name}", str(value))]
    done = subprocess.run([LOAD, kind, "--url", url, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"freshet_load {kind} failed: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def url(server, path=""):
    return f"http://127.0.0.1:{server.port}{path}"


def metric(server, name):
    """The sum over its labels; 0 while nothing was counted."""
    text = server.anybody().call("GET", "/metrics").body.decode()
    lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def memory(server):
    """Bytes of the server's that are in memory."""
    with open(f"/proc/{server.process.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024
