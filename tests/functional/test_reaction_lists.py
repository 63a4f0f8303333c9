"""Who likes a post, what one saved and likes, and counts in the database."""

import sqlite3
import time

from support.freshet import wait_until


def react(person, post, kind, method="PUT"):
    answer = person.call(method, f"/v1/posts/{post['id']}/{kind}")
    assert answer.status == 200, answer


def ids(person, path, **query):
    return [found["id"] for found in person.pages(path, **query)]


def metric(server, name):
    text = server.anybody().call("GET", "/metrics").body.decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name)


def test_those_who_like_a_post_are_paged_through_once_each(server, ana):
    post = ana.post("hello")
    fans = [server.sign_up(f"fan{number}") for number in range(7)]
    for fan in fans:
        react(fan, post, "like")
    found = ana.pages(f"/v1/posts/{post['id']}/likes", limit=3)
    assert [account["id"] for account in found] == [fan.id for fan in fans]
    assert found[0]["relationship"]["following"] is False
    react(fans[2], post, "like", "DELETE")
    assert fans[2].id not in ids(ana, f"/v1/posts/{post['id']}/likes")


def test_likers_can_be_paged_through_up_to_a_bound_and_counted_beyond_it(start):
    server = start({"engagement.likers": 3})
    ana = server.sign_up("ana")
    post = ana.post("hello")
    for number in range(5):
        react(server.sign_up(f"fan{number}"), post, "like")
    assert len(ids(ana, f"/v1/posts/{post['id']}/likes", limit=2)) == 3
    assert ana.get(f"/v1/posts/{post['id']}")["counts"]["likes"] == 5


def test_saved_posts_come_in_the_order_of_saving(ana, ben):
    posts = [ana.post(f"post {number}") for number in range(5)]
    order = [posts[number] for number in (3, 0, 4, 1)]
    for post in order:
        react(ben, post, "save")
        wait_until(lambda: ids(ben, "/v1/me/saved")[:1] == [post["id"]], "the save")
    assert ids(ben, "/v1/me/saved", limit=2) == [post["id"] for post in reversed(order)]
    assert ids(ana, "/v1/me/saved") == []
    react(ben, posts[0], "save", "DELETE")
    wait_until(lambda: posts[0]["id"] not in ids(ben, "/v1/me/saved"), "the save to go")
    ana.delete(posts[4])
    wait_until(lambda: ids(ben, "/v1/me/saved") == [posts[1]["id"], posts[3]["id"]], "the deleted post to go")


def test_liked_posts_are_a_durable_list(server, ana, ben):
    posts = [ana.post(f"post {number}") for number in range(3)]
    for post in posts:
        react(ben, post, "like")
    react(ben, posts[1], "like", "DELETE")
    server.kill()
    server.start()
    ben.connection = None
    wait_until(lambda: ids(ben, "/v1/me/likes") == [posts[2]["id"], posts[0]["id"]], "the likes")


def test_counts_reach_the_database_and_nothing_drifts(start):
    server = start(
        {
            "engagement.counts_interval": 50,
            "engagement.reconcile_interval": 50,
            "engagement.reconcile_patience": 200,
        }
    )
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    post = ana.post("hello")
    for person in (ana, ben):
        react(person, post, "like")
    assert ben.call("POST", f"/v1/posts/{post['id']}/comments", {"text": "nice"}).status == 201

    def stored():
        database = sqlite3.connect(f"file:{server.folder}/freshet.sqlite?mode=ro", uri=True)
        try:
            return database.execute("SELECT likes, comments, shares, score FROM post_counts").fetchall()
        finally:
            database.close()

    wait_until(lambda: stored() == [(2, 1, 0, 4.0)], "the counts")
    wait_until(lambda: metric(server, "freshet_engagement_reconciled_posts_total") > 2, "the comparison")
    assert metric(server, "freshet_engagement_drift_total") == 0


def test_what_was_saved_anew_stands_first_however_quickly_that_was(ana, ben):
    posts = [ben.post(f"post {number}") for number in range(3)]
    for _ in range(10):
        for post in posts:
            react(ana, post, "save")
            saved_in = time.time_ns() // 10**6
            wait_until(lambda: time.time_ns() // 10**6 > saved_in, "the next millisecond: the list is as fine as that")
        react(ana, posts[0], "save", "DELETE")
        react(ana, posts[0], "save")
        expected = [posts[0]["id"], posts[2]["id"], posts[1]["id"]]
        ana.server.settle(ana.server.admin("ana"))
        assert ids(ana, "/v1/me/saved") == expected
        for post in posts:
            react(ana, post, "save", "DELETE")
