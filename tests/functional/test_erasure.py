"""Who leaves is erased: from every list and count, and from every byte of the data folder."""

import contextlib
import http.client
import os
import random
import re
import secrets
import sqlite3
import string
import time

import pytest

from support.freshet import CHEAP_PASSWORDS, Person, now, wait_until
from support.mail_server import MailServer
from support.push_service import PushService

OPTIONS = {
    "accounts.erasure_delay": 200,
    "push.contact": "mailto:push@example.org",
    "push.private_addresses": "true",
    "push.poll_interval": "20ms",
    "mail.tls": "off",
    "mail.from": "feed@example.org",
    "mail.public_url": "https://feed.example.org",
    "accounts.email_poll_interval": "20ms",
    **CHEAP_PASSWORDS,
}
FILLERS = 60  # more posts than fit into a page of the file


def word():
    """A text that stands nowhere else, that no compression finds a part of, and that is one word in every index."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(24))


class Texts:
    """What one person writes, each a text of its own."""

    NOUNS = (
        "display_name", "bio", "email", "avatar", "post", "first_version", "second_version", "private", "trash", "place",
        "hashtag", "comment", "edited_comment", "share", "muted_word", "repeated", "user_agent", "filler", "push_endpoint",
        "event")  # fmt: skip

    def __init__(self):
        for noun in self.NOUNS:
            setattr(self, noun, word())

    def all(self):
        return {noun: getattr(self, noun) for noun in self.NOUNS}


def ok(answer):
    assert 200 <= answer.status < 300, answer
    return answer.json if answer.body else None


def be_reachable(person, texts, push_service, mail):
    """By pushes and by mail: a digest is asked for, a push is owed that the push service puts off."""
    browser = push_service.browser(texts.push_endpoint)
    push_service.answer(browser, *[(503, {"Retry-After": "3600"})] * 9)
    browser.subscribe(person)
    preferences = person.get("/v1/me/notification-preferences")
    ok(person.call("PUT", "/v1/me/notification-preferences", {**preferences, "email_digest": "weekly"}))
    wait_until(lambda: mail.to(f"{texts.email}@example.com"), "the confirmation's mail")


def owed_pushes(server):
    text = server.anybody().call("GET", "/metrics").body.decode()
    return float(re.search(r"^freshet_push_waiting (\S+)$", text, re.MULTILINE)[1])


def write_everything(person, texts, other_post):
    """Leaves a text at every place where the product keeps one."""
    ok(person.call("PATCH", "/v1/me", {"bio": texts.bio, "avatar_url": f"https://example.com/{texts.avatar}.png"}))
    posts = {"post": person.post(f"{texts.post} #{texts.hashtag}", location={"name": texts.place, "lat": 1, "lng": 2})}
    posts["edited"] = person.post(texts.first_version)
    ok(person.call("PATCH", f"/v1/posts/{posts['edited']['id']}", {"text": texts.second_version}))
    ok(person.call("PATCH", f"/v1/posts/{posts['edited']['id']}", {"text": f"{texts.second_version} and more"}))
    posts["private"] = person.post(texts.private, privacy="private")
    posts["trash"] = person.post(texts.trash)
    person.delete(posts["trash"])
    comment = ok(person.call("POST", f"/v1/posts/{other_post['id']}/comments", {"text": texts.comment}))
    ok(person.call("PATCH", f"/v1/comments/{comment['id']}", {"text": texts.edited_comment}))
    ok(person.call("POST", f"/v1/posts/{other_post['id']}/shares", {"text": texts.share}))
    ok(person.call("PUT", "/v1/me/muted-words", {"words": [{"word": texts.muted_word}]}))
    ok(person.call("POST", "/v1/posts", {"text": texts.repeated}, headers={"Idempotency-Key": secrets.token_hex(8)}))
    for reaction in ("like", "save"):
        ok(person.call("PUT", f"/v1/posts/{other_post['id']}/{reaction}"))
    view = {"id": texts.event, "type": "view", "subject": {"kind": "post", "id": other_post["id"]}, "at": now()}
    assert ok(person.call("POST", "/v1/events", {"events": [view]}))["accepted"] == 1
    for i in range(FILLERS):
        person.post(f"{texts.filler} " + str(i) * 300)
    return posts


def sign_up(server, username, texts):
    body = {"username": username, "password": "correct horse", "display_name": texts.display_name,
            "email": f"{texts.email}@example.com"}  # fmt: skip
    answer = ok(server.anybody().call("POST", "/v1/accounts", body, headers={"User-Agent": texts.user_agent}))
    return Person(server, answer["session"]["access_token"], answer["account"], answer["session"]["refresh_token"])


def contents(server, folder=""):
    for path, _, names in os.walk(os.path.join(server.folder, folder)):
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                yield os.path.relpath(os.path.join(path, name), server.folder), file.read().lower()


def places(server, text, folder=""):
    """The files in which the text stands."""
    return [name for name, content in contents(server, folder) if text.lower().encode() in content]


def assert_nothing_is_left(server, username, texts):
    left = {noun: places(server, text) for noun, text in {**texts.all(), "username": username}.items()}
    assert not any(left.values()), {noun: names for noun, names in left.items() if names}


def assert_all_is_there(server, username, texts):
    """The control: what was not erased is found by the same search."""
    kept = {**texts.all(), "username": username}
    del kept["comment"]  # of an edited comment nobody keeps what it said before
    del kept["event"]  # what clients name events is hashed
    missing = [noun for noun, text in kept.items() if not places(server, text)]
    assert missing == [], "the search does not find what is there"


# What a person is reached by.
REACHED_BY = ("email_confirmations", "email_digests", "notification_preferences", "push_subscriptions", "push_queue")


def rows_of(database, table, account):
    tables = f"{table} JOIN push_subscriptions ON id = subscription_id" if table == "push_queue" else table
    ((count,),) = database.execute(f"SELECT count(*) FROM {tables} WHERE account_id = ?", (int(account),))
    return count


def erase(person, password="correct horse"):
    assert person.call("DELETE", "/v1/me", {"password": password}).status == 204


def wait_until_erased(server, admin):
    def pending():
        components = {component["name"]: component["values"] for component in admin.get("/v1/admin/state")["components"]}
        return components["erasures"]["pending"]

    wait_until(lambda: pending() == 0, "the erasure to end")
    server.settle(admin)


@pytest.fixture
def push_service():
    service = PushService()
    yield service
    service.stop()


@pytest.fixture
def mail():
    mail = MailServer()
    yield mail
    mail.stop()


@pytest.fixture
def world(start, push_service, mail):
    """(server, admin, who leaves, who stays) with their names and texts."""
    return make_world(start, push_service, mail)


def make_world(start, push_service, mail):
    server = start({"mail.server": mail.url, **OPTIONS})
    admin = sign_up(server, "admin", Texts())
    admin = server.admin("admin")
    people = []
    for _ in range(2):
        texts, name = Texts(), word()
        people.append((sign_up(server, name, texts), name, texts))
    for person, _, texts in people:
        write_everything(person, texts, admin.post("a post of somebody else's"))
    (leaver, leaver_name, _), (stayer, _, _) = people
    for person, _, texts in people:
        be_reachable(person, texts, push_service, mail)
    leaver.follow(stayer)
    stayer.follow(leaver)
    wait_until(lambda: owed_pushes(server) == 2, "both to be owed a push")
    return server, admin, people[0], people[1]


def test_nothing_that_was_written_is_left_in_the_data_folder(world):
    server, admin, (ana, ana_name, ana_texts), (ben, ben_name, ben_texts) = world
    # What others were answered, too.
    quoted = ana.post("to be quoted " + ana_texts.post)
    quote = {"text": "quoting", "quote_of": quoted["id"]}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    first = ok(ben.call("POST", "/v1/posts", quote, headers=key))
    server.settle(admin)
    assert_all_is_there(server, ana_name, ana_texts)
    erase(ana)
    wait_until_erased(server, admin)
    assert_nothing_is_left(server, ana_name, ana_texts)
    assert_all_is_there(server, ben_name, ben_texts)
    posts = ben.get("/v1/me")["posts_count"]
    assert ben.call("POST", "/v1/posts", quote, headers=key).status == 422, "what it quoted is not there any more"
    assert ben.get("/v1/me")["posts_count"] == posts and ben.get(f"/v1/posts/{first['id']}")["quote"]["unavailable"]
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "freshet.sqlite"))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table in REACHED_BY:
            assert rows_of(database, table, ana.id) == 0, table
            assert rows_of(database, table, ben.id) > 0, table
    server.start()
    assert_nothing_is_left(server, ana_name, ana_texts)
    assert_all_is_there(server, ben_name, ben_texts)


def test_no_text_ever_gets_into_the_log(world):
    server, admin, (ana, ana_name, ana_texts), _ = world
    server.settle(admin)
    for folder in ("log", "activity", "counters"):
        for noun, text in {**ana_texts.all(), "username": ana_name}.items():
            assert places(server, text, folder) == [], f"{noun} in {folder}"
    assert places(server, ana.id, "log") and places(server, "post.created", "log"), "the search finds what is there"
    server.restart()
    for noun, text in {**ana_texts.all(), "username": ana_name}.items():
        assert places(server, text, "log") == [], noun


def test_who_leaves_is_gone_for_everybody_at_once_and_for_good(world):
    server, admin, (ana, ana_name, _), (ben, _, _) = world
    bens = ben.post("ben's")
    for reaction in ("like", "save"):
        ok(ana.call("PUT", f"/v1/posts/{bens['id']}/{reaction}"))
    comment = ok(ana.call("POST", f"/v1/posts/{bens['id']}/comments", {"text": "mine"}))
    ok(ben.call("POST", f"/v1/posts/{bens['id']}/comments", {"text": "a reply", "reply_to": comment["id"]}))
    bens_comment = ok(ben.call("POST", f"/v1/posts/{bens['id']}/comments", {"text": "mine"}))
    ok(ana.call("PUT", f"/v1/comments/{bens_comment['id']}/like"))
    ok(ana.call("POST", f"/v1/posts/{bens['id']}/shares", {}))
    anas = ana.post("ana's")
    ok(ben.call("POST", f"/v1/posts/{anas['id']}/shares", {}))
    mentioning = ben.post(f"hello @{ana_name}")
    server.settle(admin)
    wait_until(lambda: ben.get("/v1/notifications/unread-count")["count"] > 0, "notifications")
    assert ben.get(f"/v1/posts/{bens['id']}")["counts"] == {"likes": 1, "comments": 3, "shares": 1}
    token = server.token(ana_name, "read,write")

    erase(ana)
    for gone in (f"/v1/accounts/{ana.id}", f"/v1/accounts/{ana.id}/posts", f"/v1/posts/{anas['id']}"):
        assert ben.call("GET", gone).status == 404, gone
    for old in (ana.token, token):
        assert Person(server, old).call("GET", "/v1/me").json["code"] == "token_revoked"
        assert Person(server, old).call("POST", "/v1/posts", {"text": "x"}).status == 401
    assert not any(post["author"]["id"] == ana.id for post in ben.feed())
    refused = server.anybody().call("POST", "/v1/sessions", {"username": ana_name, "password": "correct horse"})
    assert refused.json["code"] == "wrong_credentials"
    refresh = server.anybody().call("POST", "/v1/sessions/refresh", {"refresh_token": ana.refresh_token})
    assert refresh.json["code"] == "invalid_refresh_token"

    wait_until_erased(server, admin)
    for _ in range(2):
        me = ben.get("/v1/me")
        assert (me["followers_count"], me["following_count"]) == (0, 0)
        assert ben.get(f"/v1/accounts/{ben.id}/followers")["items"] == []
        shown = ben.get(f"/v1/posts/{bens['id']}")
        assert shown["counts"] == {"likes": 0, "comments": 2, "shares": 0}, shown["counts"]
        comments = {found["id"]: found for found in ben.pages(f"/v1/posts/{bens['id']}/comments")}
        assert comments[comment["id"]]["deleted"] and comments[comment["id"]]["author"] is None
        assert comments[bens_comment["id"]]["counts"]["likes"] == 0
        for item in ben.pages("/v1/notifications"):
            assert all(actor["id"] != ana.id for actor in item["actors"]), item
        assert ana.id not in ben.call("GET", f"/v1/posts/{mentioning['id']}").body.decode(), "a word, and nobody's name"
        assert not any(post["author"]["id"] == ana.id for post in ben.feed())
        assert Person(server, token).call("GET", "/v1/me").json["code"] == "token_revoked"
        server.restart()
        for person in (ben, admin):
            person.connection = None
    again = server.sign_up(ana_name)
    assert again.get("/v1/me")["posts_count"] == 0 and again.id != ana.id


def test_only_with_the_password(world):
    server, _, (ana, ana_name, _), _ = world
    for body in ({}, {"password": "wrong"}):
        answer = ana.call("DELETE", "/v1/me", body)
        assert answer.status == 403 and answer.json["code"] == "wrong_password"
    assert ana.get("/v1/me")["username"] == ana_name


def test_a_crash_at_any_moment_only_delays_it(start, push_service, mail):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    server, admin, (ana, ana_name, ana_texts), (ben, ben_name, ben_texts) = make_world(start, push_service, mail)
    try:
        ana.call("DELETE", "/v1/me", {"password": "correct horse"})
    except (http.client.HTTPException, OSError):
        pass
    for _ in range(8):
        time.sleep(chance.uniform(0, 0.15))  # no condition: the moment is what varies
        server.kill()
        server.start()
    for person in (admin, ben):
        person.connection = None
    wait_until_erased(server, admin)
    assert_nothing_is_left(server, ana_name, ana_texts)
    assert_all_is_there(server, ben_name, ben_texts)
    assert ben.get("/v1/me")["followers_count"] == 0


def test_a_deleted_post_that_cannot_come_back_is_in_no_file(start):
    server = start({"posts.restorable": 300, "posts.purge_interval": 50, "database.scrub_interval": 200, **CHEAP_PASSWORDS})
    ana, texts = server.sign_up("ana"), Texts()
    kept = ana.post(texts.post)
    post = ana.post(texts.first_version, location={"name": texts.place, "lat": 1, "lng": 2})
    ok(ana.call("PATCH", f"/v1/posts/{post['id']}", {"text": f"{texts.trash} #{texts.hashtag}"}))
    ok(ana.call("POST", f"/v1/posts/{post['id']}/comments", {"text": texts.comment}))
    removed = (texts.first_version, texts.place, texts.trash, texts.hashtag, texts.comment)
    assert all(places(server, text) for text in removed)
    ana.delete(post)
    wait_until(lambda: not any(places(server, text) for text in removed), "the texts to be gone")
    assert places(server, texts.post) and ana.get(f"/v1/posts/{kept['id']}")["text"] == texts.post
