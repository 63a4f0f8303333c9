"""What follows from something else is made anew while everything goes on; and how far consumers are behind."""

import contextlib
import json
import os
import sqlite3
import threading

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli, wait_until


@pytest.fixture
def server(start):
    return start({**CHEAP_PASSWORDS, "engagement.reconcile_patience": "10ms", "engagement.reconcile_interval": "1h", "engagement.counts_interval": "10ms"})


def damage(server, *statements):
    """As a fault would leave it."""
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "freshet.sqlite"))) as database, database:
        for statement in statements:
            database.execute(statement)
    server.start()


def rebuild(server, kind):
    return json.loads(run_cli("admin", "rebuild", kind, "--data", server.folder).stdout)


def again(server, *people):
    return [server.sign_in(person.account["username"]) for person in people]


def test_counts_are_made_anew_from_what_they_count(server):
    ana, ben, cleo = (server.sign_up(name) for name in ("ana", "ben", "cleo"))
    ana.follow(ben), cleo.follow(ben)
    posts = [ben.post(f"post {i}") for i in range(3)]
    ben.delete(posts.pop())
    assert ana.call("POST", f"/v1/posts/{posts[0]['id']}/shares", {}).status == 201
    assert ana.call("PUT", f"/v1/posts/{posts[0]['id']}/like").status == 200
    server.settle(server.admin("ana"))
    wait_until(lambda: ana.get(f"/v1/posts/{posts[0]['id']}")["counts"]["shares"] == 1, "the share")
    expected = [server.anybody().get(f"/v1/accounts/{p.id}") for p in (ana, ben, cleo)]
    damage(server, "UPDATE social_counts SET followers = 77, posts = posts + 5", "UPDATE post_counts SET likes = 9")
    assert [server.anybody().get(f"/v1/accounts/{p.id}") for p in (ana, ben, cleo)] != expected
    report = rebuild(server, "counts")
    assert (report["state"], report["phase"], report["done"] >= report["total"]) == ("done", "posts", True)
    assert report["figures"]["accounts_mended"] == 3 and report["figures"]["posts_mended"] > 0
    assert [server.anybody().get(f"/v1/accounts/{p.id}") for p in (ana, ben, cleo)] == expected
    assert rebuild(server, "counts")["figures"] == {"accounts_mended": 0, "posts_mended": 0}


def test_the_search_index_is_made_anew(server):
    ana = server.sign_up("ana", display_name="Anaïs Nin")
    server.sign_up("ben", display_name="Ben")

    def found(text):
        return [account["username"] for account in server.anybody().get("/v1/accounts/search", q=text)["items"]]

    assert found("anais") == ["ana"]
    damage(server, "DELETE FROM account_words", f"INSERT INTO account_words VALUES ('wrong', {ana.id})")
    assert found("anais") == []
    report = rebuild(server, "search")
    assert (report["done"], report["total"], report["figures"]["accounts_mended"]) == (2, 2, 2)
    assert (found("anais"), found("ben"), found("wrong")) == (["ana"], ["ben"], [])
    assert rebuild(server, "search")["figures"]["accounts_mended"] == 0


def test_timelines_are_made_anew_beside_posts_and_readers(server):
    people = [server.sign_up(f"person{i}") for i in range(6)]
    for person in people:
        for other in people:
            if other is not person:
                person.follow(other)
    posts = [people[0].post("first")]
    server.settle(server.admin("person0"))  # a follow drops its follower's timeline when it is processed
    for person in people:
        person.feed_ids()
    stop = threading.Event()

    def go_on():
        while not stop.is_set():
            posts.append(people[len(posts) % 3].post(f"post {len(posts)}"))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        figures = [rebuild(server, "timelines")["figures"]["timelines"] for _ in range(5)]
    finally:
        stop.set()
        thread.join()
    assert min(figures) >= len(people), "those that somebody reads are present"
    expected = sorted((post["id"] for post in posts), key=int, reverse=True)
    for person in people[3:]:
        wait_until(lambda: person.feed_ids(limit=100) == expected, "every post, once")


def test_a_rebuild_says_how_far_it_is_and_what_there_is(server):
    admin_name = server.sign_up("ana").account["username"]
    admin = server.admin(admin_name)
    begun = admin.call("POST", "/v1/admin/rebuilds", {"kind": "timelines"}).json
    path = f"/v1/admin/rebuilds/{begun['id']}"
    report = wait_until(lambda: (r := admin.get(path))["state"] != "running" and r, "the end")
    assert (report["state"], report["kind"], report["unit"], report["total"]) == ("done", "timelines", "accounts", 1)
    assert [run["id"] for run in admin.get("/v1/admin/rebuilds")["items"]] == [begun["id"]]
    assert admin.call("GET", "/v1/admin/rebuilds/77").status == 404
    assert server.person("ana").call("POST", "/v1/admin/rebuilds", {"kind": "counts"}).status == 403
    wrong = run_cli("admin", "rebuild", "everything", "--data", server.folder, check=False)
    assert wrong.returncode == 1 and "timelines, counts and search" in wrong.stderr


def test_lag_is_told_by_group_and_topic(server):
    ana = server.sign_up("ana")
    ana.post("hello")
    admin = server.admin("ana")
    server.settle(admin)
    items = admin.get("/v1/admin/lag")["items"]
    assert {("fanout", "posts"), ("social.follows", "follows")} <= {(item["group"], item["topic"]) for item in items}
    assert all(item["lag"] == 0 and item["age"] == 0 and "oldest_at" not in item for item in items)
    assert json.loads(run_cli("admin", "lag", "--data", server.folder).stdout)["items"]


def test_the_oldest_record_that_waits_has_its_age(start):
    server = start({**CHEAP_PASSWORDS, "worker.attempts": 100, "worker.first_backoff": "60s", "worker.longest_backoff": "60s"})
    server.sign_up("ana")
    server.stop()
    with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "freshet.sqlite"))) as database, database:
        database.execute("INSERT INTO outbox (topic, key, value) VALUES ('posts', '1', '{ this is no event')")
    server.start()
    admin = server.admin("ana")

    def waiting():
        items = admin.get("/v1/admin/lag")["items"]
        return [item for item in items if (item["group"], item["topic"]) == ("fanout", "posts") and item["lag"] and item["age"] > 0]

    (item,) = wait_until(waiting, "the record that nobody can process")
    assert item["lag"] == 1 and item["oldest_at"]
