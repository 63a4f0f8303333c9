"""A full disk refuses writes with a clear error, keeps what was acknowledged, and is got over when there is room again."""

import os
import subprocess

import pytest

from support.freshet import CHEAP_PASSWORDS, Server, run_cli, wait_until


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting a small tmpfs needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast):
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * (1 << 16))
        except OSError:
            pass


def test_no_server_starts_on_a_full_disk(small_disk):
    fill(small_disk / "ballast")
    refused = run_cli("serve", "--data", small_disk, "--listen", "127.0.0.1:0", check=False)
    assert refused.returncode == 1
    assert "has 0 MiB free, and a start needs 16 MiB; free some space" in refused.stderr


def test_a_full_disk_loses_nothing(small_disk):
    options = {**CHEAP_PASSWORDS, "event_log.write_buffer_bytes": 1 << 20, "activity.write_buffer_bytes": 1 << 20}
    server = Server(small_disk / "data", options).start()
    try:
        ana, ben = server.sign_up("ana"), server.sign_up("ben")
        ana.follow(ben)
        kept = [ben.post(f"post {i}")["id"] for i in range(20)]
        ballast = small_disk / "ballast"
        fill(ballast)
        refused = None
        for i in range(3000):
            answer = ben.call("POST", "/v1/posts", {"text": f"more {i} " + "y" * 4000})
            if answer.status == 201:
                kept.append(answer.json["id"])
            else:
                refused = answer
                break
        assert refused is not None and refused.status in (503, 507), refused
        assert refused.json["code"] in ("disk_full", "unavailable"), refused
        assert ben.call("GET", "/v1/me").status == 200
        os.remove(ballast)

        def posts_again():
            answer = ben.call("POST", "/v1/posts", {"text": "room again"})
            return answer.json["id"] if answer.status == 201 else None

        kept.append(wait_until(posts_again, "writing to work again"))
        wait_until(lambda: ana.feed_ids(100) == kept[::-1], "every acknowledged post to arrive")
        server.kill()
        server.start()
        assert server.sign_in("ana").feed_ids(100) == kept[::-1]
    finally:
        if server.process is not None:
            server.kill()
