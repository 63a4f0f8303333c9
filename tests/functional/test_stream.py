"""Live updates over WebSocket and Server-Sent Events."""

import asyncio
import http.client
import json

import pytest
import websockets

from support.freshet import wait_until


async def next_event(socket, name):
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 30))
        if message["event"] == name:
            return message


def url(server):
    return f"ws://127.0.0.1:{server.port}/v1/stream"


def connected(server):
    metrics = server.anybody().call("GET", "/metrics").body.decode()
    return next((float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("freshet_streams_open")), 0)


@pytest.mark.parametrize("way", ["header", "protocol", "named protocol", "first message"])
def test_a_post_is_told_to_followers_and_its_author(server, ana, ben, way):
    ana.follow(ben)

    async def run():
        arguments = {}
        if way == "header":
            arguments["extra_headers"] = {"Authorization": f"Bearer {ana.token}"}
        if way == "protocol":
            arguments["subprotocols"] = [ana.token]
        if way == "named protocol":
            arguments["subprotocols"] = ["bearer", ana.token]
        async with websockets.connect(url(server), **arguments) as socket:
            if way == "protocol":
                assert socket.subprotocol == ana.token
            if way == "named protocol":
                assert socket.subprotocol == "bearer"
            if way == "first message":
                await socket.send(json.dumps({"token": ana.token}))
            await asyncio.to_thread(wait_until, lambda: connected(server) == 1, "the stream to open")
            for person in (ben, ana):
                post = await asyncio.to_thread(person.post, "live!")
                message = await next_event(socket, "post.created")
                assert message["id"] == post["id"]
                assert message["data"]["post"] == post

    asyncio.run(run())
    wait_until(lambda: connected(server) == 0, "the stream to close")


def test_a_deleted_post_is_told(server, ana, ben):
    ana.follow(ben)

    async def run():
        async with websockets.connect(url(server), subprotocols=[ana.token]) as socket:
            await asyncio.to_thread(wait_until, lambda: connected(server) == 1, "the stream to open")
            post = await asyncio.to_thread(ben.post, "oops")
            await next_event(socket, "post.created")
            await asyncio.to_thread(ben.delete, post)
            assert (await next_event(socket, "post.deleted"))["data"] == {"id": post["id"]}

    asyncio.run(run())


def test_private_posts_are_told_to_nobody_else(server, ana, ben):
    ana.follow(ben)

    async def run():
        async with websockets.connect(url(server), subprotocols=[ana.token]) as socket:
            await asyncio.to_thread(wait_until, lambda: connected(server) == 1, "the stream to open")
            await asyncio.to_thread(ben.post, "secret", privacy="private")
            await asyncio.to_thread(ben.post, "for friends", privacy="friends")
            await asyncio.to_thread(ben.post, "open")
            assert (await next_event(socket, "post.created"))["data"]["post"]["text"] == "open"

    asyncio.run(run())


@pytest.mark.parametrize("token", ["x.y.z", None])
def test_a_socket_without_a_good_token_is_closed(server, token):
    async def run():
        if token:
            with pytest.raises(websockets.exceptions.InvalidStatusCode) as refused:
                await websockets.connect(url(server), subprotocols=[token])
            assert refused.value.status_code == 401
            return
        async with websockets.connect(url(server)) as socket:
            await socket.send(json.dumps({"token": "a.b.c"}))
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 30)
            assert closed.value.code == 4401

    asyncio.run(run())


def test_server_sent_events_tell_the_same(server, ana, ben):
    ana.follow(ben)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/v1/stream", headers={"Authorization": f"Bearer {ana.token}", "Accept": "text/event-stream"})
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/event-stream")
    wait_until(lambda: connected(server) == 1, "the stream to open")
    post = ben.post("live!")
    fields = {}
    while "data" not in fields:
        name, value = read_field(response)
        fields[name] = value
    assert fields["event"] == "post.created"
    assert fields["id"] == post["id"]
    assert json.loads(fields["data"])["data"]["post"] == post
    connection.close()


def read_field(response):
    line = b""
    while not line.endswith(b"\n"):
        byte = response.read(1)
        assert byte, "the stream ended"
        line += byte
    name, _, value = line.decode().rstrip("\n").partition(":")
    return name, value.lstrip()


def test_stopping_ends_streams_in_an_orderly_way(server, ana):
    async def run():
        async with websockets.connect(url(server), subprotocols=[ana.token]) as socket:
            await asyncio.to_thread(wait_until, lambda: connected(server) == 1, "the stream to open")
            assert await asyncio.to_thread(server.stop) == 0
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 30)
            assert closed.value.code == 1001

    asyncio.run(run())
