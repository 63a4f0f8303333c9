"""A session that was ended is over for all of its tokens and streams, and stays over."""

import asyncio
import base64
import contextlib
import http.client
import json
import os
import sqlite3
import time

import pytest
import websockets

from support.freshet import CHEAP_PASSWORDS, Person, run_cli, wait_until

TOKEN_LIFETIME = 10  # seconds, the shortest


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def status_with(server, token):
    return server.anybody().call("GET", "/v1/me", headers={"Authorization": f"Bearer {token}"}).status


def sign_out(server, token):
    assert Person(server, token).call("DELETE", "/v1/sessions/current").status == 204


def sign_out_with_the_token(server, person):
    sign_out(server, person.token)


def refresh(server, token):
    return server.anybody().call("POST", "/v1/sessions/refresh", {"refresh_token": token})


def reuse_the_refresh_token(server, person):
    """After its successor was used: before that, it could be that the answer was lost."""
    successor = refresh(server, person.refresh_token).json["refresh_token"]
    assert refresh(server, successor).status == 201
    assert refresh(server, person.refresh_token).status == 401


def long_token(server, username):
    return run_cli("admin", "token", username, "--ttl", "7d", "--data", server.folder).stdout.strip()


def claims(token):
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def test_signing_out_ends_access_and_refresh_tokens(server, ana):
    sign_out(server, ana.token)
    assert status_with(server, ana.token) == 401
    refreshed = refresh(server, ana.refresh_token)
    assert (refreshed.status, refreshed.json["code"]) == (401, "invalid_refresh_token")


def test_a_long_token_of_the_command_line_is_ended_alone_and_for_good(server, ana):
    ended, kept = long_token(server, "ana"), long_token(server, "ana")
    assert [status_with(server, token) for token in (ended, kept)] == [200, 200]
    sign_out(server, ended)
    for _ in range(2):
        assert [status_with(server, token) for token in (ended, kept, ana.token)] == [401, 200, 200]
        server.restart()
    server.kill()
    server.start()
    assert [status_with(server, token) for token in (ended, kept)] == [401, 200]


def assert_refused_until(server, tokens, expiry):
    """Polls until after `expiry`; tokens are accepted for some seconds more, because clocks differ."""

    def over():
        assert {name: status_with(server, token) for name, token in tokens.items()} == dict.fromkeys(tokens, 401)
        return time.time() > expiry + 2

    wait_until(over, "the tokens to expire")


def test_an_ended_session_stays_ended_while_its_token_expires(start):
    server = start({**CHEAP_PASSWORDS, "accounts.access_token_lifetime": f"{TOKEN_LIFETIME}s"})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    sign_out(server, ana.token)
    reuse_the_refresh_token(server, ben)
    tokens = {"signed out": ana.token, "refresh token reused": ben.token}
    assert_refused_until(server, tokens, max(claims(token)["exp"] for token in tokens.values()))


def test_a_session_is_refused_as_long_as_its_longest_token_could_work(start):
    server = start({**CHEAP_PASSWORDS, "accounts.access_token_lifetime": "1h"})
    ana = server.sign_up("ana")
    server.options["accounts.access_token_lifetime"] = f"{TOKEN_LIFETIME}s"
    server.restart()
    later = refresh(server, ana.refresh_token).json["access_token"]
    sign_out(server, later)
    assert [status_with(server, token) for token in (ana.token, later)] == [401, 401]
    assert server.stop() == 0  # what it knows after the next start is what it has written
    with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "freshet.sqlite"))) as database:
        ((until,),) = database.execute("SELECT access_until FROM refused_sessions").fetchall()
    assert until >= 1000 * claims(ana.token)["exp"]


def test_a_reused_refresh_token_ends_the_session_beyond_a_crash(server, ana):
    first = refresh(server, ana.refresh_token).json
    fresh = refresh(server, first["refresh_token"]).json
    assert status_with(server, fresh["access_token"]) == 200
    assert refresh(server, ana.refresh_token).status == 401
    server.kill()
    server.start()
    assert [status_with(server, token) for token in (ana.token, fresh["access_token"])] == [401, 401]
    again = refresh(server, fresh["refresh_token"])
    assert (again.status, again.json["code"]) == (401, "invalid_refresh_token")


@pytest.fixture
def quick(start):
    """A server whose streams beat often."""
    return start({**CHEAP_PASSWORDS, "stream.heartbeat": "100ms"})


@pytest.mark.parametrize("end", [sign_out_with_the_token, reuse_the_refresh_token])
def test_a_live_stream_closes_when_its_session_ends(quick, end):
    ana = quick.sign_up("ana")
    elsewhere = quick.sign_in("ana")

    async def run():
        address = f"ws://127.0.0.1:{quick.port}/v1/stream"
        async with (
            websockets.connect(address, subprotocols=[ana.token]) as ended,
            websockets.connect(address, subprotocols=[elsewhere.token]) as other,
        ):
            assert json.loads(await asyncio.wait_for(ended.recv(), 30)) == {"event": "ping"}
            await asyncio.to_thread(end, quick, ana)
            post = await asyncio.to_thread(elsewhere.post, "after the end")
            told = asyncio.create_task(messages_until_closed(ended))
            heard, beats = set(), 0
            while not told.done() or post["id"] not in heard:
                message = json.loads(await asyncio.wait_for(other.recv(), 30))
                heard.add(message.get("id"))
                beats += message["event"] == "ping"
                assert beats < 20, "the stream of the ended session goes on"
            assert {message["event"] for message in await told} <= {"ping"}
            assert ended.close_code == 4401

    asyncio.run(run())


async def messages_until_closed(socket):
    messages = []
    with pytest.raises(websockets.exceptions.ConnectionClosedError):
        while True:
            messages.append(json.loads(await socket.recv()))
    return messages


def test_server_sent_events_end_when_their_session_ends(quick):
    ana = quick.sign_up("ana")
    connection = http.client.HTTPConnection("127.0.0.1", quick.port, timeout=30)
    connection.request("GET", "/v1/stream", headers={"Authorization": f"Bearer {ana.token}", "Accept": "text/event-stream"})
    response = connection.getresponse()
    assert response.status == 200 and response.read(1)
    sign_out(quick, ana.token)
    heartbeats = response.read(300)
    assert len(heartbeats) < 300, "the stream of the ended session goes on"
    connection.close()


def test_a_token_of_an_ended_session_opens_no_stream(quick):
    ana = quick.sign_up("ana")
    sign_out(quick, ana.token)
    headers = {"Authorization": f"Bearer {ana.token}", "Accept": "text/event-stream"}
    assert quick.anybody().call("GET", "/v1/stream", headers=headers).status == 401
