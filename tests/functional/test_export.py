"""Whoever wants to, takes along everything that is kept about them, and nothing of what others keep to themselves."""

import http.client
import io
import json
import random
import socket
import string
import subprocess
import zipfile

import pytest

from support.freshet import BINARY, CHEAP_PASSWORDS, program_environment, run_cli, wait_until
from support.push_service import PushService

EVERY_KIND = dict.fromkeys(["follow", "request", "like", "share", "comment", "reply", "mention", "quote"], "push")
PAGE = 200  # more rows than one page of a list has


def export(person):
    answer = person.call("GET", "/v1/me/export")
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "application/zip" and "attachment" in answer.headers["Content-Disposition"]
    return unpack(answer.body)


def unpack(archive):
    archive = zipfile.ZipFile(io.BytesIO(archive))
    assert archive.testzip() is None
    return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in archive.namelist()}


def ok(answer):
    assert 200 <= answer.status < 300, answer
    return answer.json if answer.body else None


@pytest.fixture
def push_service():
    service = PushService()
    yield service
    service.stop()


def test_every_noun_is_in_it(start, push_service):
    server = start({"push.contact": "mailto:push@example.org", "push.private_addresses": "true", **CHEAP_PASSWORDS})
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
    browser = push_service.browser("ana")
    subscription = browser.subscribe(ana)
    ok(ana.call("PUT", "/v1/me/notification-preferences", {"types": EVERY_KIND, "email_digest": "weekly"}))
    wait_until(lambda: len(ana.get("/v1/me/likes")["items"]) == 1 and len(ana.get("/v1/me/saved")["items"]) == 1, "the lists")
    wait_until(lambda: len(ana.get("/v1/notifications")["items"]) == 2, "the notifications")

    taken = export(ana)
    (account,) = taken["account"]
    assert account["email"] == "ana@example.com" and account["email_confirmed"] is False
    assert account["account"]["bio"] == "of the river"
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
    assert taken["notification_preferences"][0]["email_digest"] == "weekly"
    (told,) = taken["push_subscriptions"]
    assert told == {
        "id": subscription["id"], "created_at": subscription["created_at"], "endpoint": push_service.origin + browser.path}  # fmt: skip
    assert not any(key in json.dumps(taken) for key in browser.subscription()["keys"].values()), "what only browsers need"
    (session,) = taken["sessions"]
    assert session["address"] == "127.0.0.1"
    assert set(taken) == set(people) | {
        "account", "sessions", "posts", "deleted_posts", "comments", "comment_likes", "likes", "saves", "muted_words",
        "notifications", "notification_preferences", "push_subscriptions"}, "say here what is new"  # fmt: skip


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


def test_more_than_the_bound_at_once_are_told_to_come_again(start):
    server = start({"accounts.exports_at_once": 1, **CHEAP_PASSWORDS})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    for i in range(400):  # more than fits into the buffers between here and there
        ana.post(f"{i} " + "".join(random.choices(string.ascii_letters, k=4_900)))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.sock = socket.socket()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.sock.settimeout(60)
    connection.sock.connect(("127.0.0.1", server.port))
    connection.request("GET", "/v1/me/export", headers={"Authorization": f"Bearer {ana.token}"})
    answer = connection.getresponse()  # and reads nothing of the archive
    assert answer.status == 200
    refused = ben.call("GET", "/v1/me/export")
    assert refused.status == 503 and refused.json["code"] == "exports_busy", refused
    assert int(refused.headers["Retry-After"]) > 0
    assert len(unpack(answer.read())["posts"]) == 400
    connection.close()
    wait_until(lambda: ben.call("GET", "/v1/me/export").status == 200, "room for the next")


def written_by(*arguments, check=True):
    """What the command line wrote to standard output, as bytes."""
    done = subprocess.run(
        [BINARY, "export", "account", *map(str, arguments)], capture_output=True, timeout=60, env=program_environment()
    )
    assert (done.returncode == 0) == check, done.stderr
    return done.stdout if check else done


@pytest.fixture
def exported(server, ana, ben):
    """A server, and what of ana is to be in every archive."""
    post = ana.post("mine")
    ok(ana.call("PUT", f"/v1/posts/{ben.post('bens')['id']}/like"))
    wait_until(lambda: export(ana)["likes"], "the like to be listed")

    def check(archive):
        taken = unpack(archive)
        assert taken["account"][0]["account"]["username"] == "ana"
        assert [item["id"] for item in taken["posts"]] == [post["id"]] and len(taken["likes"]) == 1
        assert set(taken) == everything

    everything = set(export(ana))
    return server, check


def test_operators_export_from_a_running_and_from_a_stopped_installation(exported, tmp_path):
    server, check = exported
    check(written_by("ana", "--data", server.folder))
    file = tmp_path / "ana.zip"
    assert written_by("ana", "--data", server.folder, "--output", file) == b""
    check(file.read_bytes())
    assert file.stat().st_mode & 0o077 == 0, "nobody else's to read"
    refused = written_by("ana", "--data", server.folder, "--output", file, check=False)
    assert b"exists" in refused.stderr
    check(file.read_bytes())
    server.kill()
    for _ in range(2):
        check(written_by("ana", "--data", server.folder))
    server.start()
    assert len(server.sign_in("ana").get("/v1/me/likes")["items"]) == 1


def test_a_person_exports_through_the_api_with_a_token_of_their_own(exported, ana, ben):
    server, check = exported
    url = f"http://127.0.0.1:{server.port}"
    check(written_by("ana", "--server", url, "--token", ana.token))
    refused = written_by("ana", "--server", url, "--token", ben.token, check=False)
    assert b"ben" in refused.stderr and refused.stdout == b""
    refused = written_by("ana", "--server", url, "--token", "nonsense", check=False)
    assert refused.stdout == b""


def test_an_export_that_fails_leaves_no_file(server, ana, tmp_path):
    file = tmp_path / "out.zip"
    for username in ("nobody", "no/body", "ana"):
        folder = tmp_path / "empty" if username == "ana" else server.folder
        refused = run_cli("export", "account", username, "--data", folder, "--output", file, check=False)
        assert refused.returncode == 1 and refused.stderr, username
        assert not file.exists()
    assert run_cli("export", "account", check=False).returncode == 2
