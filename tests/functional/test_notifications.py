"""What people are told of: made once, grouped, withdrawn, and never about what one may not see."""

import threading

import pytest

from support.freshet import wait_until

KINDS = ["follow", "request", "like", "share", "comment", "reply", "mention", "quote"]


def inbox(person, **query):
    return person.pages("/v1/notifications", **query)


def unread(person):
    return person.get("/v1/notifications/unread-count")["count"]


def call(person, method, path, body=None, status=(200, 201, 204)):
    answer = person.call(method, path, body)
    assert answer.status in status, f"{method} {path}: {answer}"
    return answer.json if answer.body else None


def like(person, post, method="PUT"):
    call(person, method, f"/v1/posts/{post['id']}/like")


def names(notification):
    return [actor["username"] for actor in notification["actors"]]


def prefer(person, quiet_hours=None, **types):
    body = {"types": {**dict.fromkeys(KINDS, "push"), **types}}
    if quiet_hours:
        body["quiet_hours"] = quiet_hours
    return call(person, "PUT", "/v1/me/notification-preferences", body)


@pytest.fixture
def settle(server):
    """Waits until every fact has been processed."""
    server.sign_up("the_admin")
    admin = server.admin("the_admin")

    def run():
        # A topic may get facts from another that was still being looked at.
        for _ in range(2):
            server.settle(admin)

    return run


def test_a_follow_is_told_once_and_taken_back(ana, ben, settle):
    for _ in range(2):
        ben.follow(ana)
    settle()
    (told,) = inbox(ana)
    assert told["type"] == "follow" and names(told) == ["ben"] and told["count"] == 1 and not told["read"]
    assert "post" not in told
    assert inbox(ben) == []
    ben.unfollow(ana)
    settle()
    assert inbox(ana) == [] and unread(ana) == 0


def test_who_follows_again_does_not_notify_again(ana, ben, settle):
    ben.follow(ana)
    settle()
    call(ana, "POST", "/v1/notifications/read", {"up_to": inbox(ana)[0]["id"]})
    ben.unfollow(ana)
    ben.follow(ana)
    settle()
    (told,) = inbox(ana)
    assert told["read"] and told["count"] == 1


def test_likes_of_one_post_are_one_notification_with_an_exact_count(server, ana, settle):
    post, other = ana.post("hello"), ana.post("world")
    fans = [server.sign_up(f"fan{number}") for number in range(6)]
    threads = [threading.Thread(target=like, args=(fan, post)) for fan in fans[:5]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle()
    like(fans[5], post)
    like(ana, post)
    like(fans[0], other)
    settle()
    newest, told = inbox(ana)
    assert (newest["type"], newest["count"], newest["post"]["id"]) == ("like", 1, other["id"])
    assert (told["type"], told["count"], told["post"]["id"]) == ("like", 6, post["id"])
    assert len(told["actors"]) == 3 and names(told)[0] == "fan5"
    assert unread(ana) == 2
    for fan in fans[1:]:
        like(fan, post, "DELETE")
    settle()
    told = inbox(ana)[-1]
    assert told["count"] == 1 and names(told) == ["fan0"]
    like(fans[0], post, "DELETE")
    like(fans[0], other, "DELETE")
    settle()
    assert inbox(ana) == [] and unread(ana) == 0


def test_comments_and_replies_reach_those_they_answer(server, ana, ben, settle):
    cleo = server.sign_up("cleo")
    post = ana.post("hello")
    path = f"/v1/posts/{post['id']}/comments"
    first = call(ben, "POST", path, {"text": "first"})
    call(ben, "POST", path, {"text": "second"})
    settle()
    (told,) = inbox(ana)
    assert told["type"] == "comment" and told["count"] == 1 and names(told) == ["ben"]
    reply = call(cleo, "POST", path, {"text": "so it is", "reply_to": first["id"]})
    settle()
    (answer,) = inbox(ben)
    assert answer["type"] == "reply" and answer["comment_id"] == reply["id"] and names(answer) == ["cleo"]
    assert names(inbox(ana)[0]) == ["cleo", "ben"] and inbox(ana)[0]["count"] == 2
    call(cleo, "DELETE", f"/v1/comments/{reply['id']}")
    settle()
    assert inbox(ben) == [] and inbox(ana)[0]["count"] == 1
    call(ana, "PUT", f"/v1/comments/{first['id']}/like")
    settle()
    (liked,) = inbox(ben)
    assert liked["type"] == "like" and liked["comment_id"] == first["id"]


def test_mentions_quotes_and_shares_are_told(server, ana, ben, settle):
    post = ana.post("hello")
    mention = ben.post("look, @ana")
    settle()
    assert [(told["type"], told["post"]["id"]) for told in inbox(ana)] == [("mention", mention["id"])]
    quote = ben.post("so true", quote_of=post["id"])
    call(ben, "POST", f"/v1/posts/{post['id']}/shares", {})
    settle()
    told = {one["type"]: one for one in inbox(ana)}
    assert told["quote"]["post"]["id"] == quote["id"] and told["share"]["post"]["id"] == post["id"]
    assert names(told["share"]) == ["ben"]
    call(ben, "DELETE", f"/v1/posts/{post['id']}/shares/mine")
    ben.delete(quote)
    call(ben, "PATCH", f"/v1/posts/{mention['id']}", {"text": "look"})
    settle()
    assert inbox(ana) == [] and unread(ana) == 0


def test_nobody_is_told_of_what_they_may_not_see(ana, ben, settle):
    ben.post("@ana is not told", privacy="private")
    ben.post("@ana is no friend", privacy="friends")
    settle()
    assert inbox(ana) == []
    post = ben.post("@ana may see this")
    settle()
    assert unread(ana) == 1
    call(ben, "PATCH", f"/v1/posts/{post['id']}", {"privacy": "private"})
    settle()
    assert inbox(ana) == [] and unread(ana) == 0
    call(ben, "PATCH", f"/v1/posts/{post['id']}", {"privacy": "public"})
    settle()
    assert [told["post"]["id"] for told in inbox(ana)] == [post["id"]] and unread(ana) == 1


def test_what_hung_on_a_deleted_post_goes_and_comes_back_with_it(ana, ben, settle):
    post = ana.post("hello")
    like(ben, post)
    settle()
    before = inbox(ana)
    ana.delete(post)
    settle()
    assert inbox(ana) == [] and unread(ana) == 0
    call(ana, "POST", f"/v1/posts/{post['id']}/restore")
    settle()
    assert [told["id"] for told in inbox(ana)] == [told["id"] for told in before] and unread(ana) == 1


@pytest.mark.parametrize("way", ["block", "mute"])
def test_people_whom_one_does_not_want_to_hear_of_notify_of_nothing(server, ana, ben, settle, way):
    cleo = server.sign_up("cleo")
    post = ana.post("hello")
    like(ben, post)
    like(cleo, post)
    settle()
    call(ana, "PUT", f"/v1/accounts/{ben.id}/{way}", {} if way == "mute" else None)
    (told,) = inbox(ana)
    assert names(told) == ["cleo"] and told["count"] == 1
    if way == "mute":
        call(ben, "POST", f"/v1/posts/{post['id']}/comments", {"text": "hear me"})
    ben.post("@ana")
    settle()
    assert [names(told) for told in inbox(ana)] == [["cleo"]]


def test_a_request_is_told_until_it_is_answered(ana, ben, settle):
    call(ana, "PATCH", "/v1/me", {"private": True})
    ben.follow(ana)
    settle()
    (told,) = inbox(ana)
    assert told["type"] == "request" and names(told) == ["ben"]
    call(ana, "PUT", f"/v1/follow-requests/{ben.id}")
    settle()
    assert [told["type"] for told in inbox(ana)] == ["follow"]


def test_reading_marks_up_to_a_point_and_what_comes_later_is_unread(server, ana, ben, settle):
    posts = [ana.post(f"post {number}") for number in range(3)]
    for post in posts:
        like(ben, post)
        settle()
    told = inbox(ana)
    assert unread(ana) == 3
    assert call(ana, "POST", "/v1/notifications/read", {"up_to": told[1]["id"]}) == {"count": 1}
    assert [one["read"] for one in inbox(ana)] == [False, True, True]
    assert [one["id"] for one in inbox(ana, unread="true")] == [told[0]["id"]]
    like(server.sign_up("cleo"), posts[0])
    settle()
    newest = inbox(ana)[0]
    assert newest["group"] == told[2]["group"] and int(newest["id"]) > int(told[0]["id"]) and not newest["read"]
    assert unread(ana) == 2


def test_the_inbox_is_paged_and_filtered_without_holes(server, ana, ben, settle):
    posts = [ana.post(f"post {number}") for number in range(7)]
    for post in posts:
        like(ben, post)
    ben.follow(ana)
    settle()
    everything = inbox(ana, limit=100)
    assert len(everything) == 8
    assert inbox(ana, limit=3) == everything
    likes = inbox(ana, limit=2, types="like,comment")
    assert likes == [told for told in everything if told["type"] == "like"]
    ana.delete(posts[3])
    assert [told["id"] for told in inbox(ana, limit=2, types="like")] == [
        told["id"] for told in likes if told["post"]["id"] != posts[3]["id"]
    ]
    assert ana.call("GET", "/v1/notifications?types=like,nonsense").status == 422
    assert ben.call("GET", "/v1/notifications?cursor=" + ana.get("/v1/notifications", limit=1)["next"]).status == 422


def test_preferences_say_what_is_made(ana, ben, settle):
    assert ana.get("/v1/me/notification-preferences") == {"types": dict.fromkeys(KINDS, "push"), "email_digest": "off"}
    quiet = {"start": "22:00", "end": "07:30", "utc_offset": 120}
    answer = prefer(ana, quiet_hours=quiet, like="off", follow="inbox")
    assert answer["types"]["like"] == "off" and answer["quiet_hours"] == quiet
    assert ana.get("/v1/me/notification-preferences") == answer
    like(ben, ana.post("hello"))
    ben.follow(ana)
    settle()
    assert [told["type"] for told in inbox(ana)] == ["follow"]
    for wrong in ({"start": "24:00", "end": "07:00"}, {"start": "7:00am", "end": "07:00"}, {"start": "07:00"}):
        body = {"types": dict.fromkeys(KINDS, "push"), "quiet_hours": wrong}
        assert ana.call("PUT", "/v1/me/notification-preferences", body).status == 422


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_notifications_outlive_the_process_and_come_once(server, ana, ben, settle, end):
    posts = [ana.post(f"post {number}") for number in range(20)]
    for post in posts:
        like(ben, post)
    getattr(server, end)()
    server.start()
    ana.connection = ben.connection = None
    wait_until(lambda: unread(ana) == len(posts), "every like to be told")
    assert len(inbox(ana)) == len(posts) and all(told["count"] == 1 for told in inbox(ana))


def test_what_the_reader_may_no_longer_see_is_not_counted_as_unread(ana, ben, settle):
    ana.follow(ben), ben.follow(ana)
    post = ana.post("for friends", privacy="friends")
    asked = call(ben, "POST", f"/v1/posts/{post['id']}/comments", {"text": "a question"})
    call(ana, "POST", f"/v1/posts/{post['id']}/comments", {"text": "an answer", "reply_to": asked["id"]})
    settle()
    assert "reply" in [told["type"] for told in inbox(ben)]
    before = unread(ben)
    ana.unfollow(ben)
    settle()
    assert "reply" not in [told["type"] for told in inbox(ben)]
    assert (before, unread(ben), inbox(ben)) == (2, 0, []), "neither the reply nor the follow"
    ana.follow(ben)
    settle()
    assert unread(ben) == before


def test_a_like_of_a_comment_goes_with_the_comment(ana, ben, settle):
    post = ana.post("hello")
    made = call(ben, "POST", f"/v1/posts/{post['id']}/comments", {"text": "hi"})
    call(ana, "PUT", f"/v1/comments/{made['id']}/like")
    settle()
    assert [told["type"] for told in inbox(ben)] == ["like"]
    call(ben, "DELETE", f"/v1/comments/{made['id']}")
    settle()
    assert inbox(ben) == [] and unread(ben) == 0


def test_a_mention_that_was_taken_out_while_nobody_saw_it_does_not_come_back(ana, ben, settle):
    post = ben.post("hello @ana")
    settle()
    assert [told["type"] for told in inbox(ana)] == ["mention"]
    for change in ({"privacy": "private"}, {"text": "hello"}, {"privacy": "public"}):
        call(ben, "PATCH", f"/v1/posts/{post['id']}", change)
        settle()
        assert inbox(ana) == [] and unread(ana) == 0
