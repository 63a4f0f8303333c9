"""Shares and quotes: a post comes to other people's followers, to each as they may see it, and once."""

import asyncio
import json

import websockets

from support.freshet import wait_until


def share(person, post, expect=201, **members):
    answer = person.call("POST", f"/v1/posts/{post['id']}/shares", members)
    assert answer.status == expect, answer
    return answer.json


def unshare(person, post, expect=204):
    answer = person.call("DELETE", f"/v1/posts/{post['id']}/shares/mine")
    assert answer.status == expect, answer


def entries(person, limit=20):
    """Who brought which post into the feed."""
    return [(post["text"], post.get("shared_by", {}).get("username")) for post in person.feed(limit)]


def feed_is(person, *expected):
    wait_until(lambda: entries(person) == list(expected), f"the feed {expected}")


def test_a_share_brings_a_post_to_ones_followers(server, ana, ben):
    carla = server.sign_up("carla")
    ana.follow(ben)  # and not carla
    post = carla.post("far away")
    shared = share(ben, post, text="look at this")
    assert shared["id"] == post["id"] and shared["author"]["username"] == "carla"
    assert shared["shared_by"]["username"] == "ben" and shared["shared_by"]["text"] == "look at this"
    assert shared["viewer"]["shared"]
    feed_is(ana, ("far away", "ben"))
    assert "shared_by" not in ana.get(f"/v1/posts/{post['id']}")
    wait_until(lambda: ana.get(f"/v1/posts/{post['id']}")["counts"]["shares"] == 1, "the count")
    assert [p["id"] for p in ana.pages(f"/v1/accounts/{ben.id}/posts")] == [post["id"]]
    assert ben.get("/v1/me")["posts_count"] == 0, "a share is no post"
    assert share(ben, post, 200)["shared_by"] == shared["shared_by"], "once is enough"
    unshare(ben, post)
    unshare(ben, post)
    feed_is(ana)
    wait_until(lambda: ana.get(f"/v1/posts/{post['id']}")["counts"]["shares"] == 0, "the count")
    assert not ben.get(f"/v1/posts/{post['id']}")["viewer"]["shared"]
    share(ben, post)
    feed_is(ana, ("far away", "ben"))


def test_a_share_of_a_share_is_one_of_the_original(server, ana, ben):
    carla, dora = server.sign_up("carla"), server.sign_up("dora")
    ana.follow(dora)
    post = carla.post("the original")
    ben.follow(carla)
    share(ben, post)

    async def share_id():
        url = f"ws://127.0.0.1:{server.port}/v1/stream"
        async with websockets.connect(url, subprotocols=[ana.token]) as socket:
            metrics = server.anybody()
            await asyncio.to_thread(wait_until, lambda: b"freshet_streams_open 1" in metrics.call("GET", "/metrics").body, "the stream")
            await asyncio.to_thread(share, dora, post)
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), 30))
                if message["event"] == "post.created":
                    assert message["data"]["post"]["shared_by"]["username"] == "dora"
                    return message["id"]

    of_share = {"id": asyncio.run(share_id())}
    assert of_share["id"] != post["id"]
    shared = share(ana, of_share)
    assert shared["id"] == post["id"] and shared["shared_by"]["username"] == "ana"
    wait_until(lambda: ana.get(f"/v1/posts/{post['id']}")["counts"]["shares"] == 3, "three shares of one post")
    unshare(ana, of_share)
    wait_until(lambda: ana.get(f"/v1/posts/{post['id']}")["counts"]["shares"] == 2, "two")


def test_who_may_not_see_the_original_does_not_see_its_share(server, ana, ben):
    carla = server.sign_up("carla")
    ana.follow(ben)
    ben.follow(carla)
    carla.follow(ben)
    post = carla.post("for friends", privacy="friends")
    wait_until(lambda: entries(ben) == [("for friends", None)], "the post")
    share(ben, post)
    wait_until(lambda: entries(ben) == [("for friends", "ben")], "the share")
    assert entries(ana) == []
    assert ana.pages(f"/v1/accounts/{ben.id}/posts") == []
    public = carla.post("for all")
    share(ben, public)
    feed_is(ana, ("for all", "ben"))
    carla.call("PATCH", f"/v1/posts/{public['id']}", {"privacy": "private"})
    feed_is(ana)
    carla.call("PATCH", f"/v1/posts/{public['id']}", {"privacy": "public"})
    feed_is(ana, ("for all", "ben"))
    carla.delete(public)
    feed_is(ana)
    carla.call("POST", f"/v1/posts/{public['id']}/restore")
    feed_is(ana, ("for all", "ben"))
    share(ana, {"id": "123456"}, 404)


def test_one_post_comes_once_while_somebody_pages(server, ana, ben):
    fans = [server.sign_up(f"fan{i}") for i in range(3)]
    author = server.sign_up("author")
    for person in (ben, author, *fans):
        ana.follow(person)
    posts = [author.post(f"post {i}") for i in range(6)]
    filler = [ben.post(f"filler {i}") for i in range(6)]
    for fan in fans:
        for post in posts[:4]:
            share(fan, post)
    first = [(f"post {i}", "fan2") for i in (3, 2, 1, 0)]
    expected = first + [(f["text"], None) for f in reversed(filler)] + [("post 5", None), ("post 4", None)]
    feed_is(ana, *expected)
    for limit in (1, 2, 3, 5, 100):
        assert entries(ana, limit) == expected, f"pages of {limit}"
    # What is shared or taken back between two pages makes nothing come twice or not at all.
    page = ana.get("/v1/feed", limit=3, order="latest")
    unshare(fans[2], posts[3])
    share(ben, posts[4])
    seen = [item["post"]["text"] for item in page["items"]]
    while page["next"]:
        page = ana.get("/v1/feed", limit=3, order="latest", cursor=page["next"])
        seen += [item["post"]["text"] for item in page["items"]]
    assert seen == [text for text, _ in expected]


def test_a_quote_shows_what_its_reader_may_see(server, ana, ben):
    carla = server.sign_up("carla")
    ana.follow(ben)
    ben.follow(carla)
    carla.follow(ben)
    post = carla.post("wise words")
    quote = ben.post("so true", quote_of=post["id"])
    assert quote["quote"]["text"] == "wise words" and quote["quote"]["author"]["username"] == "carla"
    wait_until(lambda: entries(ana) == [("so true", None)], "the quote")
    assert ana.feed()[0]["quote"]["text"] == "wise words"
    carla.call("PATCH", f"/v1/posts/{post['id']}", {"privacy": "friends"})
    tombstone = {"id": post["id"], "unavailable": True}
    assert ana.feed()[0]["quote"] == tombstone
    assert ben.get(f"/v1/posts/{quote['id']}")["quote"]["text"] == "wise words"
    carla.delete(post)
    assert ben.get(f"/v1/posts/{quote['id']}")["quote"] == tombstone
    again = ben.post("twice", quote_of=quote["id"])
    assert again["quote"]["quote_of"] == post["id"] and "quote" not in again["quote"]
    answer = ana.call("POST", "/v1/posts", {"text": "x", "quote_of": post["id"]})
    assert answer.status == 422 and answer.json["errors"][0]["field"] == "/quote_of"


def test_a_share_repeated_with_its_key_is_made_once(server, ana, ben):
    post = ana.post("x")
    answers = [ben.call("POST", f"/v1/posts/{post['id']}/shares", {}, {"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    wait_until(lambda: ana.get(f"/v1/posts/{post['id']}")["counts"]["shares"] == 1, "the count")
