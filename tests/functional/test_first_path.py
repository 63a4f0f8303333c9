"""People sign up, follow, post and read; each post goes through the outbox and the event log to its readers."""

import pytest

from support.freshet import wait_until


def texts(person):
    return [post["text"] for post in person.feed()]


def test_a_post_reaches_those_who_follow_its_author(server, ana, ben):
    carla = server.sign_up("carla")
    ana.follow(ben)
    ben.post("hello #rivers")
    wait_until(lambda: texts(ana) == ["hello #rivers"], "the post to arrive")
    assert texts(ben) == ["hello #rivers"]
    assert texts(carla) == []


def test_following_brings_the_earlier_posts_and_unfollowing_takes_them_away(server, ana, ben):
    first = ben.post("first")
    wait_until(lambda: texts(ben) == ["first"], "the post to arrive at its author")
    ana.follow(ben)
    assert ana.feed_ids() == [first["id"]]
    ana.unfollow(ben)
    assert ana.feed_ids() == []
    ben.post("second")
    ana.follow(ben)
    wait_until(lambda: texts(ana) == ["second", "first"], "both posts")


def test_a_deleted_post_is_gone_everywhere(server, ana, ben):
    ana.follow(ben)
    post = ben.post("a slip")
    wait_until(lambda: ana.feed_ids() == [post["id"]], "the post to arrive")
    ben.delete(post)
    assert ana.feed_ids() == []
    assert ana.call("GET", f"/v1/posts/{post['id']}").status == 404
    assert ben.pages(f"/v1/accounts/{ben.id}/posts") == []
    ben.delete(post)  # idempotent


def test_pages_neither_repeat_nor_skip_while_posts_arrive(server, ana, ben):
    ana.follow(ben)
    before = [ben.post(f"before {i}")["id"] for i in range(60)]
    wait_until(lambda: len(ana.feed_ids(100)) == 60, "the posts to arrive")
    seen, cursor = [], None
    while True:
        page = ana.get("/v1/feed", limit=7, order="latest", **({"cursor": cursor} if cursor else {}))
        seen += [item["post"]["id"] for item in page["items"]]
        ben.post("while reading")
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == list(reversed(before))


def test_a_cursor_works_after_a_restart(server, ana, ben):
    ana.follow(ben)
    posted = [ben.post(f"post {i}")["id"] for i in range(30)]
    wait_until(lambda: len(ana.feed_ids(100)) == 30, "the posts to arrive")
    first = ana.get("/v1/feed", limit=10)
    server.restart()
    ana.connection = None
    rest = ana.get("/v1/feed", limit=100, cursor=first["next"])
    ids = [item["post"]["id"] for item in first["items"] + rest["items"]]
    assert ids == list(reversed(posted))


def test_a_feed_longer_than_a_timeline_goes_on_from_the_authors_lists(start):
    server = start({"timelines.capacity": 20})
    ana, ben, carla = (server.sign_up(name) for name in ("ana", "ben", "carla"))
    ana.follow(ben)
    ana.follow(carla)
    posted = [author.post(f"post {i}")["id"] for i in range(45) for author in (ben, carla)]
    wait_until(lambda: len(ana.feed_ids(100)) == 90, "the posts to arrive")
    assert ana.feed_ids(7) == list(reversed(posted))


def test_posts_of_celebrities_are_merged_when_read(start):
    server = start({"fanout.celebrity_threshold": 3})
    star, ben = server.sign_up("star"), server.sign_up("ben")
    fans = [server.sign_up(f"fan{i}") for i in range(4)]
    early = star.post("before anybody came")
    for fan in fans:
        fan.follow(star)
        fan.follow(ben)
    ids = [early["id"]]
    for i in range(3):
        ids.append(star.post(f"star {i}")["id"])
        ids.append(ben.post(f"ben {i}")["id"])
    wait_until(lambda: fans[0].feed_ids() == ids[::-1], "both kinds of posts")
    for fan in fans:
        assert fan.feed_ids(3) == ids[::-1]
    sources = {item["post"]["text"]: item["source"] for item in fans[0].get("/v1/feed", limit=50)["items"]}
    assert sources["star 2"] == "celebrity"


def test_newer_counts_without_moving_the_page(server, ana, ben):
    ana.follow(ben)
    ben.post("one")
    wait_until(lambda: texts(ana) == ["one"], "the post to arrive")
    newest = ana.get("/v1/feed")["newest"]
    assert ana.get("/v1/feed/newer", since=newest) == {"count": 0}
    ben.post("two")
    ben.post("three")
    wait_until(lambda: ana.get("/v1/feed/newer", since=newest) == {"count": 2}, "two newer posts")


def test_privacy_is_kept_in_feeds_lists_and_single_reads(server, ana, ben):
    ana.follow(ben)
    private = ben.post("mine alone", privacy="private")
    friends = ben.post("for friends", privacy="friends")
    public = ben.post("for all")
    wait_until(lambda: ana.feed_ids() == [public["id"]], "the public post")
    assert ben.feed_ids() == [public["id"], friends["id"], private["id"]]
    assert ana.call("GET", f"/v1/posts/{private['id']}").status == 404
    assert [post["id"] for post in ana.pages(f"/v1/accounts/{ben.id}/posts")] == [public["id"]]
    ben.follow(ana)
    assert ana.feed_ids() == [public["id"], friends["id"]]
    ids = ",".join(post["id"] for post in (private, friends, public))
    assert [post["id"] for post in ana.get("/v1/posts", ids=ids)["items"]] == [friends["id"], public["id"]]
    assert [post["id"] for post in server.anybody().get("/v1/posts", ids=ids)["items"]] == [public["id"]]


def test_a_post_says_what_its_text_points_at(server, ana):
    post = ana.post("Hi @Ben, see #rivers at https://example.org/x.", location={"name": "Weir", "lat": 1.5, "lng": -2})
    assert post["entities"] == [
        {"type": "mention", "start": 3, "end": 7, "username": "ben"},
        {"type": "hashtag", "start": 13, "end": 20, "tag": "rivers"},
        {"type": "link", "start": 24, "end": 45, "url": "https://example.org/x"},
    ]
    assert post["location"] == {"name": "Weir", "lat": 1.5, "lng": -2}
    assert post["author"]["username"] == "ana"
    assert post["counts"] == {"likes": 0, "comments": 0, "shares": 0}
    assert ana.get(f"/v1/posts/{post['id']}") == post


def test_counts_and_relationships_follow_every_change(server, ana, ben):
    assert ana.follow(ben) == {"following": True, "requested": False, "followed_by": False, "friend": False,
                               "blocking": False, "muting": False}
    assert ana.follow(ben)["following"]  # again: nothing changes
    assert ben.follow(ana)["friend"]
    ben.post("x")
    shown = ana.get(f"/v1/accounts/{ben.id}")
    assert (shown["followers_count"], shown["following_count"], shown["posts_count"]) == (1, 1, 1)
    assert shown["relationship"]["friend"]
    ana.unfollow(ben)
    ana.unfollow(ben)
    assert ana.get(f"/v1/accounts/{ben.id}")["followers_count"] == 0


def test_followers_are_listed_newest_first_page_by_page(server, ana):
    fans = [server.sign_up(f"fan{i}") for i in range(7)]
    for fan in fans:
        fan.follow(ana)
    names = [account["username"] for account in ana.pages(f"/v1/accounts/{ana.id}/followers", limit=3)]
    assert names == [f"fan{i}" for i in reversed(range(7))]
    assert [account["username"] for account in fans[0].pages(f"/v1/accounts/{fans[0].id}/following")] == ["ana"]


@pytest.mark.parametrize("wrong", ["self", "nobody"])
def test_one_follows_neither_oneself_nor_nobody(server, ana, wrong):
    target = ana.id if wrong == "self" else "123456789"
    answer = ana.call("PUT", f"/v1/accounts/{target}/follow")
    assert answer.status == (422 if wrong == "self" else 404), answer


def test_only_its_author_deletes_a_post(server, ana, ben):
    post = ben.post("mine")
    assert ana.call("DELETE", f"/v1/posts/{post['id']}").status == 403
    hidden = ben.post("hidden", privacy="private")
    assert ana.call("DELETE", f"/v1/posts/{hidden['id']}").status == 404
    assert len(ben.pages(f"/v1/accounts/{ben.id}/posts")) == 2
