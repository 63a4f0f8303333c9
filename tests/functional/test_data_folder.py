"""Who may read the data folder, and which processes may share it."""

import os
import pathlib

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli

WRITTEN_BY_THE_TEST = {"server.log"}


@pytest.mark.parametrize("roles", ["api", "gateway,fanout", "api,fanout,gateway"])
def test_some_roles_only_are_refused_with_embedded_stores(tmp_path, roles):
    refused = run_cli("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--roles", roles, check=False)
    assert refused.returncode == 1
    assert "embedded stores" in refused.stderr and "--roles" in refused.stderr
    assert not (tmp_path / "data").exists(), "nothing was begun"


def test_an_unknown_role_is_named(tmp_path):
    refused = run_cli("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--roles", "all,postman", check=False)
    assert refused.returncode == 1
    assert '"postman"' in refused.stderr


@pytest.mark.parametrize("roles", ["all", "fanout,deliver,api,gateway"])
def test_all_roles_in_one_process_are_served(start, roles):
    server = start({**CHEAP_PASSWORDS, "roles": roles})
    assert server.anybody().get("/readyz")["status"] == "ok"


def open_to_others(folder):
    paths = [folder, *folder.rglob("*")]
    assert len(paths) > 20, "the folder is in use"
    return {
        str(path.relative_to(folder)): oct(path.stat().st_mode)
        for path in paths
        if path.stat().st_mode & 0o077 and path.name not in WRITTEN_BY_THE_TEST
    }


def test_nobody_else_can_read_what_is_stored(tmp_path, start):
    folder = pathlib.Path(tmp_path / "data")
    previous = os.umask(0)  # the most generous that there is
    try:
        run_cli("demo", "--data", folder, "--people", "10")
        assert open_to_others(folder) == {}
        server = start(CHEAP_PASSWORDS, folder=folder)
    finally:
        os.umask(previous)
    ana = server.sign_up("ana")
    ana.post("x")
    ana.get("/v1/feed")
    assert open_to_others(folder) == {}
    server.restart()
    assert server.stop() == 0
    assert (folder / "timelines.snapshot").exists()
    assert open_to_others(folder) == {}


def test_keys_are_private_in_a_folder_that_was_there_before(tmp_path, start):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    start(CHEAP_PASSWORDS, folder=folder)
    assert {path for path in open_to_others(folder) if path != "."} == set()
