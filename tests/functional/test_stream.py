"""Live updates over WebSocket and Server-Sent Events."""

import asyncio
import http.client
import json
import select
import socket

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


def open_events(person):
    """The socket of a reader of Server-Sent Events, and its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", person.server.port, timeout=30)
    connection.request("GET", "/v1/stream", headers={"Authorization": f"Bearer {person.token}"})
    # The answer takes the socket over, as it does not say how long it is.
    sock = connection.sock
    response = connection.getresponse()
    assert response.status == 200
    wait_until(lambda: connected(person.server) == 1, "the stream to open")
    return sock, response


@pytest.mark.parametrize("unread", [False, True])
def test_a_reader_that_left_is_noticed_without_a_heartbeat(start, unread):
    server = start({"stream.heartbeat": "10m"})
    ana = server.sign_up("ana")
    sock, response = open_events(ana)
    if unread:  # closing then resets the connection
        ana.post("nobody reads this")
        wait_until(lambda: select.select([sock], [], [], 0)[0], "the post to be told")
    response.close()
    sock.close()
    wait_until(lambda: connected(server) == 0, "the stream to close")


def test_a_reader_that_only_finished_sending_is_told_everything(start):
    server = start({"stream.heartbeat": "10m"})
    ana = server.sign_up("ana")
    sock, response = open_events(ana)
    sock.shutdown(socket.SHUT_WR)
    assert read_field(response) == ("event", "ping"), "it is asked whether it still reads"
    post = ana.post("live!")
    while read_field(response) != ("id", post["id"]):
        continue
    assert connected(server) == 1
    response.close()
    sock.close()  # tells the server nothing new, so the next message has to
    ana.post("nobody reads this")
    wait_until(lambda: connected(server) == 0, "the stream to close")


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


class Events:
    """Server-Sent Events, as a browser reads them."""

    def __init__(self, person, query="", last_event_id=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", person.server.port, timeout=30)
        headers = {"Authorization": f"Bearer {person.token}", "Accept": "text/event-stream"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self.connection.request("GET", "/v1/stream" + query, headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        self.last_event_id = last_event_id

    def next(self, *names):
        """The next event of one of these names."""
        fields = {}
        while True:
            line = self.response.readline().decode()
            assert line, "the stream ended"
            name, _, value = line.rstrip("\n").partition(":")
            if name:
                fields[name] = value.lstrip()
                continue
            self.last_event_id = fields.get("id", self.last_event_id)
            message = json.loads(fields["data"])
            assert message["event"] == fields["event"]
            fields = {}
            if not names or message["event"] in names:
                return message

    def close(self):
        self.connection.close()


class Socket:
    """A WebSocket with the same language."""

    def __init__(self, person, query="", last_event_id=None):
        self.loop = asyncio.new_event_loop()

        async def open_socket():
            return await websockets.connect(url(person.server) + query)

        self.socket = self.loop.run_until_complete(open_socket())
        first = {"token": person.token}
        if last_event_id:
            first["last_event_id"] = last_event_id
        self.say(first)
        self.last_event_id = last_event_id

    def say(self, message):
        self.loop.run_until_complete(self.socket.send(json.dumps(message)))

    def next(self, *names):
        while True:
            message = json.loads(self.loop.run_until_complete(asyncio.wait_for(self.socket.recv(), 30)))
            self.last_event_id = message.get("id", self.last_event_id)
            if not names or message["event"] in names:
                return message

    def close(self):
        if not self.loop.is_closed():
            self.loop.run_until_complete(self.socket.close())
            self.loop.close()


TRANSPORTS = [Events, Socket]


@pytest.fixture
def connect(server):
    """connect(Transport, person, ...): a stream that is open, and closed at the end."""
    streams = []

    def run(transport, *arguments, **more):
        before = connected(server)
        stream = transport(*arguments, **more)
        streams.append(stream)
        wait_until(lambda: connected(server) == before + 1, "the stream to open")
        return stream

    yield run
    for stream in streams:
        stream.close()


def like(person, post, method="PUT"):
    assert person.call(method, f"/v1/posts/{post['id']}/like").status == 200


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_notification_is_told_live_as_the_inbox_has_it(server, ana, ben, connect, transport):
    stream = connect(transport, ana)
    post = ana.post("hello")
    like(ben, post)
    message = stream.next("notification")
    (kept,) = ana.get("/v1/notifications")["items"]
    assert message["id"] == kept["id"]
    assert message["data"] == {"notification": kept, "unread_count": 1}
    ben.follow(ana)
    assert stream.next("notification")["data"]["unread_count"] == 2


def test_quiet_hours_and_preferences_hold_live_notifications_back(server, ana, ben, connect):
    kinds = ["follow", "request", "like", "share", "comment", "reply", "mention", "quote"]
    body = {"types": {**dict.fromkeys(kinds, "push"), "follow": "inbox"}}
    assert ana.call("PUT", "/v1/me/notification-preferences", body).status == 200
    stream = connect(Events, ana)
    ben.follow(ana)
    wait_until(lambda: ana.get("/v1/notifications/unread-count")["count"] == 1, "the follow")
    like(ben, ana.post("hello"))
    assert stream.next("notification")["data"]["notification"]["type"] == "like"
    for start, end in (("00:00", "12:00"), ("12:00", "00:00")):
        body["quiet_hours"] = {"start": start, "end": end}
        cleo = server.sign_up("cleo" + start[:2])
        assert ana.call("PUT", "/v1/me/notification-preferences", body).status == 200
        cleo.post("@ana hello")
    wait_until(lambda: ana.get("/v1/notifications/unread-count")["count"] == 4, "both mentions")
    ana.post("the end")
    told = []
    while (message := stream.next("notification", "post.created"))["data"].get("post", {}).get("text") != "the end":
        told += [message["event"]]
    assert told.count("notification") <= 1, "one of both halves of the day is quiet"


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_counts_of_watched_posts_are_told_and_coalesced(start, transport):
    server = start({"stream.counts_interval": "700"})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    seen, unseen, secret = ana.post("on screen"), ana.post("elsewhere"), ana.post("mine", privacy="private")
    ids = ",".join([seen["id"], secret["id"]])
    stream = transport(ben, "?posts=" + ids)
    assert [post["id"] for post in stream.next("subscribed")["data"]["posts"]] == [seen["id"]]
    fans = [server.sign_up(f"fan{number}") for number in range(8)]
    messages = []
    for fan in fans:
        like(fan, unseen)
        like(fan, seen)
    like(ana, secret)
    while not messages or messages[-1]["data"]["counts"]["likes"] < len(fans):
        messages.append(stream.next("post.counts"))
        assert messages[-1]["data"]["id"] == seen["id"]
    assert len(messages) < len(fans), "each like was told by itself"
    stream.close()


def test_a_socket_changes_what_it_watches_and_is_told_what_is_wrong(server, ana, ben, connect):
    first, second = ana.post("first"), ana.post("second")
    stream = connect(Socket, ben)
    stream.say({"subscribe": {"posts": [first["id"]]}})
    stream.next("subscribed")
    like(ben, first)
    assert stream.next("post.counts")["data"] == {"id": first["id"], "counts": {"likes": 1, "comments": 0, "shares": 0}}
    for wrong, code in (
        ({"subscribe": {"posts": [str(number) for number in range(1, 102)]}}, "too_many_posts"),
        ({"subscribe": {"posts": ["x"]}}, None),
        ({"nonsense": 1}, None),
    ):
        stream.say(wrong)
        error = stream.next("error")["data"]
        assert code in (None, error["code"]) and error["detail"]
    stream.say({"subscribe": {"posts": [second["id"]]}})
    stream.next("subscribed")
    like(ben, first, "DELETE")
    like(ben, second)
    assert stream.next("post.counts")["data"]["id"] == second["id"]


def test_counts_stop_when_a_post_may_no_longer_be_seen(server, ana, ben, connect):
    post, other = ana.post("open"), ana.post("other")
    stream = connect(Events, ben, f"?posts={post['id']},{other['id']}")
    stream.next("subscribed")
    assert ana.call("PATCH", f"/v1/posts/{post['id']}", {"privacy": "private"}).status == 200
    like(ana, post)
    like(ana, other)
    assert stream.next("post.counts")["data"]["id"] == other["id"]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("end", ["nothing", "stop", "kill"])
def test_who_comes_back_is_sent_what_it_missed_in_order(server, ana, ben, connect, transport, end):
    ana.follow(ben)
    stream = connect(transport, ana)
    ben.post("seen")
    stream.next("post.created")
    stream.close()
    missed = [ben.post("missed"), ben.post("@ana too")]
    ben.post("secret", privacy="private")
    wait_until(lambda: ana.get("/v1/notifications/unread-count")["count"] == 1, "the mention")
    if end != "nothing":
        getattr(server, end)()
        server.start()
        ana.connection = ben.connection = None
    back = connect(transport, ana, last_event_id=stream.last_event_id)
    told = [back.next() for _ in range(3)]
    assert [message["event"] for message in told] == ["post.created", "post.created", "notification"]
    assert [message["data"]["post"]["id"] for message in told[:2]] == [post["id"] for post in missed]
    assert told[0]["data"]["post"] == ana.get(f"/v1/posts/{missed[0]['id']}")
    later = ben.post("later")
    assert back.next("post.created", "reset")["data"]["post"]["id"] == later["id"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_who_was_away_for_too_long_is_reset_once(start, transport):
    server = start({"stream.resume_messages": "3"})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    ana.follow(ben)
    first = ben.post("first")
    for number in range(4):
        ben.post(f"missed {number}")
    wait_until(lambda: len(ana.feed()) == 5, "the posts")
    for last in (first["id"], "1", "nonsense"):
        stream = transport(ana, last_event_id=last)
        assert stream.next()["event"] == "reset"
        post = ben.post("now")
        assert stream.next()["data"]["post"]["id"] == post["id"]
        stream.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_silence_is_broken_by_pings(start, transport):
    server = start({"stream.heartbeat": "100"})
    stream = transport(server.sign_up("ana"))
    assert [stream.next()["event"] for _ in range(3)] == ["ping"] * 3
    stream.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_slow_reader_is_dropped_to_one_reset_and_stays_connected(start, transport):
    server = start({"stream.queue": "4"})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    ana.follow(ben)
    stream = transport(ana)
    wait_until(lambda: connected(server) == 1, "the stream to open")
    if transport is Socket:
        # Nothing is read while the loop does not run, beyond what the library has buffered.
        stream.socket.transport.pause_reading()
    text = "x" * 5000

    def resets():
        metrics = server.anybody().call("GET", "/metrics").body.decode()
        return next((float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("freshet_pubsub_overflowed_total")), 0)

    posted = 0
    while resets() == 0:
        for _ in range(100):
            ben.post(text)
        posted += 100
        assert posted < 20_000
    if transport is Socket:
        stream.socket.transport.resume_reading()
    told = 0
    while stream.next("post.created", "reset")["event"] != "reset":
        told += 1
    assert told < posted
    last = ben.post("the end")
    while True:
        message = stream.next("post.created", "reset")
        if message["event"] == "post.created" and message["id"] == last["id"]:
            break
    stream.close()
