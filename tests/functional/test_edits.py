"""Posts are edited, keep their history, change their audience, are deleted and come back."""

import asyncio
import json
import os

import pytest
import websockets

from support.freshet import wait_until


def edit(person, post, expect=200, headers=None, **changes):
    answer = person.call("PATCH", f"/v1/posts/{post['id']}", changes, headers=headers)
    assert answer.status == expect, answer
    return answer.json


def restore(person, post, expect=200):
    answer = person.call("POST", f"/v1/posts/{post['id']}/restore")
    assert answer.status == expect, answer
    return answer.json


def versions(person, post):
    return [version["text"] for version in person.get(f"/v1/posts/{post['id']}/history")["items"]]


def feed_is(person, *posts):
    ids = [post["id"] for post in posts]
    wait_until(lambda: person.feed_ids() == ids, f"the feed {ids}")


def test_an_edit_changes_what_is_said_and_the_history_tells_what_was(server, ana, ben):
    ana.follow(ben)
    post = ben.post("frist", location={"name": "Weir", "lat": 1, "lng": 2})
    feed_is(ana, post)
    edited = edit(ben, post, text="first #done")
    assert edited["text"] == "first #done" and edited["edited_at"] and edited["created_at"] == post["created_at"]
    assert edited["location"] == post["location"], "what is left out stays as it is"
    assert [entity["tag"] for entity in edited["entities"]] == ["done"]
    assert ana.feed()[0] == {**edited}
    assert edit(ben, post, location=None)["location"] is None
    history = ana.get(f"/v1/posts/{post['id']}/history")["items"]
    assert [(v["text"], v["location"] is None) for v in history] == [
        ("first #done", True), ("first #done", False), ("frist", False)]
    assert history[-1]["written_at"] == post["created_at"]
    assert [v["version"] for v in history] == [3, 2, 1]


def test_an_edit_that_changes_nothing_is_none(server, ben):
    post = ben.post("same")
    assert edit(ben, post, text="same", privacy="public") == post
    assert edit(ben, post) == post
    assert versions(ben, post) == ["same"]


def test_only_the_author_edits_and_only_what_was_read(server, ana, ben):
    post = ben.post("one")
    edit(ana, post, 403, text="two")
    hidden = ben.post("hidden", privacy="private")
    edit(ana, hidden, 404, text="two")
    tag = ben.call("GET", f"/v1/posts/{post['id']}").headers["ETag"]
    edit(ben, post, text="two", headers={"If-Match": tag})
    assert edit(ben, post, 412, text="three", headers={"If-Match": tag})["code"] == "precondition_failed"
    assert ben.get(f"/v1/posts/{post['id']}")["text"] == "two"
    assert edit(ben, post, 422, text="  ")["errors"][0]["field"] == "/text"
    ben.delete(post)
    edit(ben, post, 404, text="three")


def test_a_text_that_few_could_see_stays_with_them(server, ana, ben):
    post = ben.post("for me alone", privacy="private")
    edit(ben, post, text="for everybody")
    edit(ben, post, privacy="public")
    assert versions(ana, post) == ["for everybody"]
    assert versions(ben, post) == ["for everybody", "for me alone"]


@pytest.mark.parametrize("warm", ["present", "rebuilt"])
def test_a_changed_audience_moves_the_post_out_of_feeds_and_back_to_its_place(start, warm):
    server = start()
    ana, ben, carla = (server.sign_up(name) for name in ("ana", "ben", "carla"))
    for fan in (ana, carla):
        fan.follow(ben)
    ben.follow(ana)  # a friend; carla is none
    first, post, last = (ben.post(text) for text in ("first", "between", "last"))

    def reads():
        if warm == "rebuilt":
            assert server.stop() == 0
            os.remove(os.path.join(server.folder, "timelines.snapshot"))
            server.start()
            for person in (ana, ben, carla):
                person.connection = None

    feed_is(ana, last, post, first)
    feed_is(carla, last, post, first)
    edit(ben, post, privacy="friends")
    reads()
    feed_is(carla, last, first)
    feed_is(ana, last, post, first)
    edit(ben, post, privacy="private")
    reads()
    feed_is(ana, last, first)
    feed_is(ben, last, post, first)
    edit(ben, post, privacy="public")
    reads()
    for person in (ana, ben, carla):
        feed_is(person, last, post, first)


def test_a_deleted_post_comes_back_at_its_place_with_its_likes(server, ana, ben):
    ana.follow(ben)
    first, post, last = (ben.post(text) for text in ("first", "#between", "last"))
    feed_is(ana, last, post, first)
    ana.call("PUT", f"/v1/posts/{post['id']}/like")
    ben.delete(post)
    feed_is(ana, last, first)
    assert ben.get("/v1/me")["posts_count"] == 2
    assert ana.pages("/v1/hashtags/between/posts") == []
    deleted = ben.get("/v1/me/deleted")["items"]
    assert [item["post"]["text"] for item in deleted] == ["#between"]
    assert deleted[0]["restorable_until"] > deleted[0]["deleted_at"]
    assert ana.get("/v1/me/deleted")["items"] == []
    restore(ana, post, 404)
    restored = restore(ben, post)
    assert restored["counts"]["likes"] == 1
    assert restore(ben, post) == restored, "again: nothing changes"
    for person in (ana, ben):
        feed_is(person, last, post, first)
    assert [p["id"] for p in ana.pages("/v1/hashtags/between/posts")] == [post["id"]]
    assert ben.get("/v1/me")["posts_count"] == 3
    assert ben.get("/v1/me/deleted")["items"] == []
    assert [p["id"] for p in ana.pages(f"/v1/accounts/{ben.id}/posts")] == [p["id"] for p in (last, post, first)]


def test_deleted_posts_are_listed_last_deleted_first_page_by_page(server, ben):
    posts = [ben.post(f"post {i}") for i in range(7)]
    for post in posts:
        ben.delete(post)
    listed = ben.pages("/v1/me/deleted", limit=3)
    assert [item["post"]["id"] for item in listed] == [post["id"] for post in reversed(posts)]


def test_after_its_time_a_deleted_post_is_gone_for_good(start):
    server = start({"posts.restorable": 300, "posts.purge_interval": 50})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    ana.follow(ben)
    kept = ben.post("kept")
    post = ben.post("the secret word is estuary #tidal @ana")
    edit(ben, post, text="the secret word is delta #tidal @ana")
    ana.call("POST", f"/v1/posts/{post['id']}/shares", {})
    ben.delete(post)
    wait_until(lambda: ben.get("/v1/me/deleted")["items"] == [], "its time to be over")
    admin = server.admin("ana")

    def purged():
        text = admin.call("GET", "/metrics").body.decode()
        return "freshet_posts_purged_total 1" in text

    wait_until(purged, "the purge")
    server.settle(admin)
    assert restore(ben, post, 410)["code"] == "gone"
    restore(ana, post, 404)
    assert ben.get("/v1/me/deleted")["items"] == []
    assert ana.pages("/v1/hashtags/tidal/posts") == [] and ana.pages("/v1/me/mentions") == []
    assert ana.call("DELETE", f"/v1/posts/{post['id']}/shares/mine").status == 404, "its shares went with it"
    assert ana.pages(f"/v1/accounts/{ana.id}/posts") == []
    assert ana.feed_ids() == [kept["id"]]


def test_the_stream_tells_of_edits_and_of_posts_that_went_out_of_sight(server, ana, ben):
    ana.follow(ben)
    post = ben.post("one")
    feed_is(ana, post)

    async def next_post_event(socket):
        while True:
            message = json.loads(await asyncio.wait_for(socket.recv(), 30))
            if message["event"] in ("post.created", "post.updated", "post.deleted"):
                assert (message["data"].get("post") or message["data"])["id"] == post["id"]
                return message["event"], message["data"].get("post", {}).get("text")

    async def run():
        url = f"ws://127.0.0.1:{server.port}/v1/stream"
        async with websockets.connect(url, subprotocols=[ana.token]) as socket:
            metrics = server.anybody()
            await asyncio.to_thread(wait_until, lambda: b"freshet_streams_open 1" in metrics.call("GET", "/metrics").body, "the stream")
            for act, told in [
                (lambda: edit(ben, post, text="two"), ("post.updated", "two")),
                (lambda: edit(ben, post, privacy="private"), ("post.deleted", None)),
                (lambda: edit(ben, post, privacy="public"), ("post.updated", "two")),
                (lambda: ben.delete(post), ("post.deleted", None)),
                (lambda: restore(ben, post), ("post.created", "two")),
            ]:
                await asyncio.to_thread(act)
                assert await next_post_event(socket) == told

    asyncio.run(run())
