"""A backup that cannot be finished leaves no backup: not on a full disk, and not when the process is killed."""

import os
import subprocess

import pytest

from support.freshet import CHEAP_PASSWORDS, Server, run_cli


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data", CHEAP_PASSWORDS).start()
    yield server
    if server.process is not None:
        server.kill()


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting a small tmpfs needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_before_anything_is_copied(server, small_disk):
    server.sign_up("ana").post("hello")
    refused = run_cli("backup", small_disk / "backup", "--data", server.folder, check=False)
    assert refused.returncode == 1
    assert "MiB free" in refused.stderr and "needed" in refused.stderr
    assert os.listdir(small_disk) == []
    assert "backup.staging" not in os.listdir(server.folder)
    server.stop()
    refused = run_cli("backup", small_disk / "backup", "--data", server.folder, check=False)
    assert refused.returncode == 1 and "MiB free" in refused.stderr
    assert os.listdir(small_disk) == []


def test_a_killed_server_leaves_a_whole_backup_or_none_and_goes_on(server, tmp_path):
    ana = server.sign_up("ana")
    kept = [ana.post(f"post {i}")["id"] for i in range(20)]
    server.stop()
    server.options["backups.folder"] = tmp_path / "backups"
    server.start()
    for number in range(8):
        admin = server.admin("ana")
        answer = admin.call("POST", "/v1/admin/backups", {"folder": f"backup{number}"})
        assert answer.status == 202, answer
        for _ in range(number):  # so that it is killed at another place each time
            admin.get("/v1/admin/backups")
        server.kill()
        server.start()
        assert "backup.staging" not in os.listdir(server.folder)
    for name in sorted(os.listdir(tmp_path / "backups")):
        restored = run_cli("restore", tmp_path / "backups" / name, "--data", tmp_path / "new" / name, check=False)
        assert (restored.returncode == 0) == (not name.endswith(".partial")), (name, restored.stderr)
    run_cli("backup", tmp_path / "last", "--data", server.folder)
    assert server.person("ana").feed_ids() == kept[::-1]
    server.kill()
    run_cli("restore", tmp_path / "last", "--data", tmp_path / "again")
    again = Server(tmp_path / "again", CHEAP_PASSWORDS).start()
    try:
        assert again.person("ana").feed_ids() == kept[::-1]
    finally:
        again.kill()
