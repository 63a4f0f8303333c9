import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.freshet import Server  # noqa: E402


@pytest.fixture(autouse=True)
def leave_no_files(request, tmp_path):
    """Hundreds of data folders would fill a small disk; only those of failed tests are worth a look."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed == failed:
        shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def start(tmp_path):
    """start(options) runs a server on a fresh folder, which ends with the test."""
    servers = []

    def run(options=None, folder=None, environment=None):
        server = Server(folder or tmp_path / f"data{len(servers)}", options, environment).start()
        servers.append(server)
        return server

    yield run
    for server in servers:
        if server.process is not None:
            server.kill()


@pytest.fixture
def server(start):
    return start()


@pytest.fixture
def ana(server):
    return server.sign_up("ana")


@pytest.fixture
def ben(server):
    return server.sign_up("ben")
