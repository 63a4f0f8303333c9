"""What the program is measured against, started and stopped on loopback."""

import contextlib
import csv
import os
import shutil
import signal
import socket
import subprocess

from program import wait_until


@contextlib.contextmanager
def nginx(folder, body):
    """An nginx that answers every request with `body`; yields its address, or None where there is no nginx."""
    binary = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if binary is None:
        yield None
        return
    port, configuration = free_port(), os.path.join(folder, "nginx.conf")
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    with open(configuration, "w") as file:
        file.write(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes {os.cpu_count()};\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; keepalive_requests 1000000000; {temporary}\n"
            f"server {{ listen 127.0.0.1:{port}; default_type application/json; return 200 '{text}'; }} }}\n"
        )
    process = subprocess.Popen([binary, "-c", configuration, "-p", folder, "-e", f"{folder}/error.log"])
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: process.poll() is not None or answers(port), "nginx to start")
        if process.poll() is not None:
            raise SystemExit("nginx ended: " + open(f"{folder}/error.log").read())
        yield address
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def redis(folder, flags, plan, command):
    """What redis-benchmark measures with this plan of one command, in requests a second; None without Redis."""
    binary, client = shutil.which("redis-server"), shutil.which("redis-benchmark")
    if binary is None or client is None:
        return None
    port = free_port()
    flags = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", "", *flags]
    process = subprocess.Popen([binary, *flags], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), "redis to start")
        done = subprocess.run([client, "-p", str(port), "--csv", *plan, *command], capture_output=True, text=True, check=True)
        return float(next(csv.reader(done.stdout.splitlines()[-1:]))[1])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
