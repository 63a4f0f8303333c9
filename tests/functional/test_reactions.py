"""Likes and saves: at once, exactly once, and durable."""

import pytest

from support.freshet import wait_until

KINDS = [("like", "liked"), ("save", "saved")]


def react(person, post, kind, method="PUT"):
    answer = person.call(method, f"/v1/posts/{post['id']}/{kind}")
    assert answer.status == 200, answer
    return answer.json


def shown(person, post):
    return person.get(f"/v1/posts/{post['id']}")


@pytest.mark.parametrize(("kind", "flag"), KINDS)
def test_a_reaction_counts_once_however_often_it_is_sent(ana, ben, kind, flag):
    post = ana.post("hello")
    for _ in range(3):
        answer = react(ben, post, kind)
        assert answer["viewer"][flag] and answer["counts"]["likes"] == (1 if kind == "like" else 0)
    assert shown(ben, post)["viewer"][flag]
    assert not shown(ana, post)["viewer"][flag], "it was somebody else's"
    for _ in range(2):
        answer = react(ben, post, kind, "DELETE")
        assert not answer["viewer"][flag] and answer["counts"]["likes"] == 0


def test_likes_stand_under_posts_wherever_they_are_shown(server, ana, ben):
    ben.follow(ana)
    post = ana.post("hello")
    for number in range(5):
        react(server.sign_up(f"fan{number}"), post, "like")
    react(ben, post, "like")
    wait_until(lambda: ben.feed_ids() == [post["id"]], "the post")
    for found in [
        shown(ben, post),
        ben.feed()[0],
        ben.get(f"/v1/accounts/{ana.id}/posts")["items"][0],
        ben.get("/v1/posts", ids=post["id"])["items"][0],
    ]:
        assert found["counts"] == {"likes": 6, "comments": 0, "shares": 0}
        assert found["viewer"] == {"liked": True, "saved": False, "shared": False}


def test_nobody_reacts_to_what_they_may_not_see(ana, ben):
    post = ana.post("mine", privacy="private")
    for kind, _ in KINDS:
        for method in ("PUT", "DELETE"):
            assert ben.call(method, f"/v1/posts/{post['id']}/{kind}").status == 404
    assert shown(ana, post)["counts"]["likes"] == 0


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_reactions_outlive_the_process(server, ana, ben, end):
    post = ana.post("hello")
    react(ben, post, "like")
    react(ben, post, "save")
    react(ana, post, "like")
    react(ana, post, "like", "DELETE")
    getattr(server, end)()
    server.start()
    for person in (ana, ben):
        person.connection = None
    assert shown(ben, post)["viewer"] == {"liked": True, "saved": True, "shared": False}
    assert shown(ben, post)["counts"]["likes"] == 1
    assert not shown(ana, post)["viewer"]["liked"]


def test_a_hundred_reactions_a_minute_are_the_limit(start):
    server = start({"rate_limits.enabled": "true"})
    ana = server.sign_up("ana")
    post = ana.post("hello")
    statuses = [ana.call("PUT", f"/v1/posts/{post['id']}/like").status for _ in range(130)]
    assert statuses[:100] == [200] * 100
    assert 429 in statuses[100:]
