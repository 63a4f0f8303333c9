"""People of the demo world who go on living on a running server."""

import os
import signal
import subprocess

import pytest
from support.freshet import BINARY, PATIENCE, program_environment, run_cli


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "data"
    run_cli("demo", "--data", folder, "--people", "60", "--seed", "3")
    return folder


@pytest.fixture
def server(start, demo, tmp_path):
    folder = tmp_path / "world"
    subprocess.run(["cp", "-r", demo, folder], check=True)
    return start(folder=folder)


def begin(server, *arguments):
    return subprocess.Popen(
        [BINARY, "residents", "--data", str(server.folder), "--pace", "5", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=program_environment(),
    )  # fmt: skip


def files(folder):
    return {os.path.join(at, name) for at, _, names in os.walk(folder) for name in names}


def test_they_post_like_comment_and_answer(server):
    visitor = server.sign_in("demo", "freshet-demo")
    newest = visitor.get("/v1/feed", order="latest")["newest"]
    before = {post["id"]: post["counts"] for post in visitor.feed(100)}
    lived = run_cli("residents", "--data", server.folder, "--pace", "1", "--actions", "150")
    assert "residents go on living" in lived.stdout
    posts = visitor.feed(100)
    new = [post for post in posts if post["id"] not in before]
    assert visitor.get("/v1/feed/newer", since=newest)["count"] == len(new) > 10
    assert len({post["author"]["username"] for post in new}) > 3
    assert any(not post["text"].isascii() for post in new), "not only English"
    grown = {
        kind: sum(post["counts"][kind] for post in posts) - sum(counts[kind] for counts in before.values())
        for kind in ("likes", "comments")
    }
    assert grown["likes"] > 20 and grown["comments"] > 10


def test_they_end_with_their_server(server):
    residents = begin(server)
    assert "residents go on living" in residents.stdout.readline()
    assert server.stop() == 0
    assert residents.wait(timeout=PATIENCE) == 0
    assert "stopped" in residents.stdout.read()


def test_they_end_with_who_started_them(server):
    shell = subprocess.Popen(
        ["bash", "-c", f'"{BINARY}" residents --with-parent --data "{server.folder}" --pace 5 & read -r'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=program_environment(),
    )  # fmt: skip
    assert "residents go on living" in shell.stdout.readline()
    shell.kill()
    assert shell.communicate(timeout=PATIENCE)[0] == "", "the pipe closes when the last who holds it has ended"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_they_end_when_told_to(server, stop):
    residents = begin(server)
    assert "residents go on living" in residents.stdout.readline()
    residents.send_signal(stop)
    assert residents.wait(timeout=PATIENCE) == 0
    assert server.anybody().call("GET", "/healthz").status == 200


def test_they_leave_no_secret_behind(server):
    before = files(server.folder)
    lived = run_cli("residents", "--data", server.folder, "--server", f"http://127.0.0.1:{server.port}", "--pace", "1",
                    "--actions", "20")  # fmt: skip
    assert "eyJ" not in lived.stdout + lived.stderr, "a token begins so"
    left = {name for name in files(server.folder) - before if not name.endswith((".sst", ".log", "-wal", "-shm"))}
    assert not any("token" in name for name in left)
    with open(os.path.join(server.folder, "server.log"), errors="replace") as log:
        assert "eyJ" not in log.read()


def test_they_live_nowhere_but_in_the_demo_world(start):
    server = start()
    refused = run_cli("residents", "--data", server.folder, "--actions", "1", check=False)
    assert refused.returncode == 1 and "demo world" in refused.stderr
