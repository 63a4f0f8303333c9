"""The ranked home: every post once, what matters first, nobody twice in a row, whatever happens meanwhile."""

import itertools

import pytest

from support.freshet import CHEAP_PASSWORDS, wait_until

# Pages go over several segments, celebrities and what lies beyond the timeline.
OPTIONS = {**CHEAP_PASSWORDS, "ranking.candidates": 10, "timelines.capacity": 15, "fanout.celebrity_threshold": 4}


@pytest.fixture
def server(start):
    return start(OPTIONS)


@pytest.fixture
def town(server):
    """Ana follows six people, the first of whom posts most and the last of whom is a celebrity."""
    ana = server.sign_up("ana")
    others = [server.sign_up(f"person{i}") for i in range(6)]
    for other in others:
        ana.follow(other)
    for fan in others[:5]:
        fan.follow(others[5])
    for number in range(40):
        others[min(number % 9, 5) if number % 2 else 0].post(f"text {number}")
    wait_until(lambda: len(ana.feed(100)) == 40, "the posts")
    return ana, others


def page(person, cursor=None, limit=7):
    return person.get("/v1/feed", order="ranked", limit=limit, **({"cursor": cursor} if cursor else {}))


def rest(person, cursor, limit=7):
    items = []
    while cursor:
        answer = page(person, cursor, limit)
        items += answer["items"]
        cursor = answer["next"]
    return items


def ids(items):
    return [item["post"]["id"] for item in items]


@pytest.mark.parametrize("limit", [1, 3, 10, 11, 100])
def test_every_post_comes_once(town, limit):
    ana, _ = town
    ranked = ana.pages("/v1/feed", limit=limit, order="ranked")
    assert sorted(ids(ranked)) == sorted(ana.feed_ids())


def test_ranked_is_what_one_gets(town):
    ana, _ = town
    answer = ana.get("/v1/feed")
    assert answer["served"] == {"rung": "ranked", "late": []}
    assert all("score" in item for item in answer["items"])
    latest = ana.get("/v1/feed", order="latest")
    assert latest["served"]["rung"] == "latest"
    assert not any("score" in item or "why" in item for item in latest["items"])


def test_nobody_stands_twice_in_a_row_while_others_wait(town):
    ana, _ = town
    ranked = ana.pages("/v1/feed", limit=5, order="ranked")
    for start in range(0, 40, 10):  # within a segment
        authors = [item["post"]["author"]["id"] for item in ranked[start : start + 10]]
        for at, (one, two) in enumerate(itertools.pairwise(authors)):
            if one == two:
                assert set(authors[at:]) == {one}, authors


def test_what_happens_between_pages_makes_nothing_come_twice_or_not_at_all(server, town):
    ana, others = town
    before = ana.feed()
    first = page(ana)
    shown = ids(first["items"])
    waiting = [post for post in before if post["id"] not in shown]
    gone = waiting[0]
    author = next(person for person in others if person.id == gone["author"]["id"])
    author.delete(gone)
    blocked = others[2]
    assert ana.call("PUT", f"/v1/accounts/{blocked.id}/block").status == 200
    new = others[1].post("new")
    wait_until(lambda: new["id"] in ana.feed_ids(), "the new post")
    server.restart()
    ana.connection = None
    items = rest(ana, first["next"])
    expected = {post["id"] for post in waiting if post is not gone and post["author"]["id"] != blocked.id}
    assert sorted(ids(items)) == sorted(expected)
    newer = ana.get("/v1/feed/newer", since=first["newest"])
    assert newer == {"count": 1}


def test_closeness_moves_posts_up_and_says_so(server):
    ana = server.sign_up("ana")
    close, far = server.sign_up("close"), server.sign_up("far")
    for person in (close, far):
        ana.follow(person)
    liked = [close.post(f"earlier {i}") for i in range(4)]
    for post in liked:
        assert ana.call("PUT", f"/v1/posts/{post['id']}/like").status == 200
        assert ana.call("POST", f"/v1/posts/{post['id']}/comments", {"text": "yes"}).status == 201
    for post in liked:
        close.delete(post)
    by_close, by_far = close.post("by somebody close"), far.post("by somebody far away")

    def ranked():
        items = ana.get("/v1/feed")["items"]
        return items if ids(items) == [by_close["id"], by_far["id"]] else None

    items = wait_until(ranked, "the closer one to come first")
    assert items[0]["why"][0] == "close_to_you" and "close_to_you" not in items[1]["why"]
    assert items[0]["score"] > items[1]["score"]
    assert ana.feed_ids() == [by_far["id"], by_close["id"]]


def test_what_was_seen_comes_last(server):
    ana = server.sign_up("ana")
    for number in range(8):
        other = server.sign_up(f"person{number}")
        ana.follow(other)
        other.post(f"text {number}")
    wait_until(lambda: len(ana.feed()) == 8, "the posts")
    first = page(ana, limit=3)
    assert ids(page(ana, limit=3)["items"]) == ids(first["items"])  # asking again is not reading on
    second = page(ana, first["next"], limit=3)
    again = ids(page(ana, limit=8)["items"])
    assert again[5:] == ids(first["items"]) and again[:3] == ids(second["items"])


def test_a_cursor_of_one_order_is_none_of_the_other(town):
    ana, _ = town
    ranked, latest = page(ana)["next"], ana.get("/v1/feed", order="latest")["next"]
    for order, cursor in (("ranked", latest), ("latest", ranked)):
        answer = ana.call("GET", f"/v1/feed?order={order}&cursor={cursor}")
        assert answer.status == 422 or answer.status == 400, answer
        assert answer.json["errors"][0]["field"] == "cursor"


def test_an_empty_home_is_an_empty_page(server):
    ana = server.sign_up("ana")
    answer = ana.get("/v1/feed")
    assert answer["items"] == [] and answer["next"] is None
    ana.post("first")
    wait_until(lambda: ana.get("/v1/feed/newer", since=answer["newest"]) == {"count": 1}, "the first post")
