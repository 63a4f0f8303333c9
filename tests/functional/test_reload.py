"""SIGHUP takes over what can be changed while running, and refuses what is wrong."""

import pathlib
import signal

import pytest

from support.freshet import CHEAP_PASSWORDS, wait_until


@pytest.fixture
def server(start):
    return start({**CHEAP_PASSWORDS, "rate_limits.enabled": "true"})


def log(server):
    return (pathlib.Path(server.folder) / "server.log").read_text()


def reload(server, configuration, expected):
    """Writes the file, sends the signal, and waits for the line that says what became of it."""
    (pathlib.Path(server.folder) / "freshet.toml").write_text(configuration)
    before = len(log(server))
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: expected in log(server)[before:], expected)
    return log(server)[before:]


def request_is_logged(server, request_id):
    """Whether the request left a line; they come at the level debug."""
    server.anybody().call("GET", "/readyz", headers={"X-Request-Id": request_id})
    return request_id in log(server)


def lookups(server, count=5):
    return [server.anybody().call("GET", "/v1/accounts/lookup?username=nobody").status for _ in range(count)]


def test_a_changed_log_level_is_taken_over(server):
    assert not any(request_is_logged(server, f"quiet-{number}") for number in range(5))
    reload(server, '[log]\nlevel = "debug"\n', "log.level")
    wait_until(lambda: request_is_logged(server, "chatty"), "the debug lines")


def test_a_lower_rate_limit_is_taken_over(server):
    assert lookups(server) == [404] * 5
    reload(server, "[rate_limits]\nread_burst = 2\nread_per_minute = 1\n", "rate_limits.read_burst")
    # Each thread takes it over when it comes to it.
    wait_until(lambda: lookups(server).count(429) >= 3, "the lower limit")


def test_a_higher_rate_limit_lets_in_who_was_kept_out_by_the_lower_one(server):
    reload(server, "[rate_limits]\nread_burst = 5\nread_per_minute = 1\n", "rate_limits.read_burst")
    wait_until(lambda: 429 in lookups(server), "the lower limit")
    reload(server, "[rate_limits]\nread_burst = 100\nread_per_minute = 100000\n", "rate_limits.read_burst")
    wait_until(lambda: lookups(server, 1) == [404], "the higher limit", patience=10)


def test_what_needs_a_restart_is_told_and_not_taken_over(server):
    told = reload(server, "[fanout]\nbatch = 7\n", "fanout.batch")
    assert "next start" in told
    assert server.anybody().call("GET", "/readyz").status == 200


@pytest.mark.parametrize(
    "broken",
    [
        '[log]\nlevel = "debug"\n[fanout]\nbatch = -1\n',
        '[log]\nlevel = "debug"\n[no_such_section]\nx = 1\n',
        '[log]\nlevel = "debug"\nthis is not TOML',
        '[log]\nlevel = "debug"\n[http]\ntls_certificate = "missing.pem"\ntls_key = "missing.pem"\n',
    ],
)
def test_a_broken_file_changes_nothing_and_stops_nothing(server, broken):
    ana = server.sign_up("ana")
    reload(server, broken, "not taken over")
    assert server.process.poll() is None
    assert ana.post("still here")
    assert not any(request_is_logged(server, f"quiet-{number}") for number in range(5))
    reload(server, '[log]\nlevel = "debug"\n', "log.level")
    wait_until(lambda: request_is_logged(server, "chatty"), "the mended file")
