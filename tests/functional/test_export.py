"""Whoever wants to, takes along everything that is kept about them, and nothing of what others keep to themselves."""

import io
import json
import zipfile

from support.freshet import CHEAP_PASSWORDS, wait_until

PAGE = 200  # more rows than one page of a list has


def export(person):
    answer = person.call("GET", "/v1/me/export")
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "application/zip" and "attachment" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in archive.namelist()}


def ok(answer):
    assert 200 <= answer.status < 300, answer
    return answer.json if answer.body else None


def test_every_noun_is_in_it(server):
    ana = server.sign_up("ana", email="ana@example.com")
    ben, carla, dora = (server.sign_up(name) for name in ("ben", "carla", "dora"))
    ok(ana.call("PATCH", "/v1/me", {"bio": "of the river"}))
    post = ana.post("frist", location={"name": "Weir", "lat": 1, "lng": 2})
    ok(ana.call("PATCH", f"/v1/posts/{post['id']}", {"text": "first", "privacy": "friends"}))
    deleted = ana.post("deleted")
    ana.delete(deleted)
    bens = ben.post("ben's")
    quote = ana.post("quoting", quote_of=bens["id"])
    ok(ana.call("POST", f"/v1/posts/{bens['id']}/shares", {"text": "look"}))
    comment = ok(ana.call("POST", f"/v1/posts/{bens['id']}/comments", {"text": "fine"}))
    gone = ok(ana.call("POST", f"/v1/posts/{bens['id']}/comments", {"text": "taken back"}))
    assert ana.call("DELETE", f"/v1/comments/{gone['id']}").status == 204
    ok(ana.call("PUT", f"/v1/comments/{comment['id']}/like"))
    for reaction in ("like", "save"):
        ok(ana.call("PUT", f"/v1/posts/{bens['id']}/{reaction}"))
    ana.follow(ben)
    carla.follow(ana)
    ok(ana.call("PATCH", "/v1/me", {"private": True}))
    dora.follow(ana)
    ok(carla.call("PATCH", "/v1/me", {"private": True}))
    ana.follow(carla)
    eve = server.sign_up("eve")
    ok(ana.call("PUT", f"/v1/accounts/{eve.id}/block"))
    ok(ana.call("PUT", f"/v1/accounts/{ben.id}/mute", {}))
    ok(ana.call("PUT", "/v1/me/muted-words", {"words": [{"word": "drizzle"}]}))
    ok(carla.call("PUT", f"/v1/accounts/{ana.id}/mute", {}))  # nobody tells ana
    wait_until(lambda: len(ana.get("/v1/me/likes")["items"]) == 1 and len(ana.get("/v1/me/saved")["items"]) == 1, "the lists")
    wait_until(lambda: len(ana.get("/v1/notifications")["items"]) == 2, "the notifications")

    taken = export(ana)
    (account,) = taken["account"]
    assert account["email"] == "ana@example.com" and account["account"]["bio"] == "of the river"
    assert account["account"]["settings"] == ana.get("/v1/me")["settings"]
    posts = {item["id"]: item for item in taken["posts"]}
    (share,) = posts.keys() - {post["id"], quote["id"]}
    assert posts[post["id"]]["text"] == "first" and posts[post["id"]]["privacy"] == "friends"
    assert posts[post["id"]]["location"] == {"name": "Weir", "lat": 1, "lng": 2}
    assert [version["text"] for version in posts[post["id"]]["history"]] == ["frist"]
    assert posts[quote["id"]]["quote_of"] == posts[share]["share_of"] == bens["id"]
    assert posts[share]["text"] == "look"
    assert [(item["id"], item["text"]) for item in taken["deleted_posts"]] == [(deleted["id"], "deleted")]
    assert [(item["id"], item["text"], item["post_id"]) for item in taken["comments"]] == [(comment["id"], "fine", bens["id"])]
    assert [item["comment_id"] for item in taken["comment_likes"]] == [comment["id"]]
    assert [item["post_id"] for item in taken["likes"]] == [item["post_id"] for item in taken["saves"]] == [bens["id"]]
    people = {
        "following": "ben", "followers": "carla", "requested": "carla", "follow_requests": "dora", "blocks": "eve",
        "mutes": "ben"}  # fmt: skip
    for name, username in people.items():
        assert [item["username"] for item in taken[name]] == [username], name
    assert [item["word"] for item in taken["muted_words"]] == ["drizzle"]
    assert {item["type"] for item in taken["notifications"]} == {"follow", "request"}
    assert taken["notification_preferences"] == [ana.get("/v1/me/notification-preferences")]
    (session,) = taken["sessions"]
    assert session["address"] == "127.0.0.1"
    assert set(taken) == set(people) | {
        "account", "sessions", "posts", "deleted_posts", "comments", "comment_likes", "likes", "saves", "muted_words",
        "notifications", "notification_preferences"}, "say here what is new"  # fmt: skip


def test_it_has_nothing_that_others_keep_to_themselves(server, ana, ben):
    ben.follow(ana)
    ana.follow(ben)
    secret = ben.post("nobody is to read this")
    ok(ana.call("PUT", f"/v1/posts/{secret['id']}/like"))
    ok(ben.call("PATCH", f"/v1/posts/{secret['id']}", {"privacy": "private"}))
    ok(ben.call("PUT", f"/v1/accounts/{ana.id}/mute", {}))
    assert "nobody is to read this" not in json.dumps(export(ana))
    everything = export(ana)
    assert everything["mutes"] == everything["blocks"] == []
    assert "password" not in json.dumps(everything) and "token" not in json.dumps(everything)


def test_a_long_one_comes_page_by_page_and_is_whole(start):
    server = start(CHEAP_PASSWORDS)
    ana = server.sign_up("ana")
    bens = server.sign_up("ben").post("ben's")
    texts = [f"{i} " + "x" * 3000 for i in range(PAGE + 60)]
    for text in texts:
        ana.post(text)
    for i in range(PAGE + 10):
        ok(ana.call("POST", f"/v1/posts/{bens['id']}/comments", {"text": str(i)}))
    answer = ana.call("GET", "/v1/me/export")
    assert "Content-Length" not in answer.headers, "its size is not known when it begins"
    taken = export(ana)
    assert [item["text"] for item in taken["posts"]] == texts
    assert [item["text"] for item in taken["comments"]] == [str(i) for i in range(PAGE + 10)]


def test_only_for_oneself(server, ana):
    assert server.anybody().call("GET", "/v1/me/export").status == 401
    ben = server.sign_up("ben")
    assert export(ben)["account"][0]["account"]["username"] == "ben"


def test_one_that_has_ended_makes_room_for_the_next(start):
    server = start({"accounts.exports_at_once": 1, **CHEAP_PASSWORDS})
    ana = server.sign_up("ana")
    for _ in range(3):
        export(ana)
    assert ana.call("HEAD", "/v1/me/export").status == 200
    export(ana)
