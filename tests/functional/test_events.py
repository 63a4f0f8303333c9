"""What people do, as programs tell it, and what ranking learns from it."""

import pytest

from support.freshet import CHEAP_PASSWORDS, now, wait_until


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def event(kind, subject, number=1, **members):
    return {"id": f"e{number}", "type": "view", "subject": {"kind": kind, "id": subject}, "at": now(), **members}


def send(person, *events):
    answer = person.call("POST", "/v1/events", {"events": list(events)})
    assert answer.status == 202, answer
    return answer.json


def test_each_event_is_judged_by_itself(ana, ben):
    post, secret = ben.post("for all"), ben.post("mine", privacy="private")
    told = send(
        ana,
        event("post", post["id"], 1, dwell_ms=4000),
        event("post", secret["id"], 2),
        event("account", ben.id, 3),
        event("post", "nonsense", 4),
        event("planet", "1", 5),
        event("post", post["id"], 6, type="teleport"),
        event("post", post["id"], 7, at=now(days=-8)),
        event("post", post["id"], 8, at=now(hours=1)),
        event("account", "12345", 9),
    )
    assert told["accepted"] == 2
    codes = {one["index"]: one["code"] for one in told["rejected"]}
    assert codes == {
        1: "not_found",
        3: "invalid_subject",
        4: "unknown_subject",
        5: "unknown_type",
        6: "too_old",
        7: "in_the_future",
        8: "not_found",
    }
    assert all(one["message"] for one in told["rejected"])


def test_a_batch_is_bounded_and_needs_a_person(server, ana, ben):
    view = event("account", ben.id)
    assert ana.call("POST", "/v1/events", {"events": []}).status == 422
    assert ana.call("POST", "/v1/events", {"events": [view] * 101}).status == 422
    assert server.anybody().call("POST", "/v1/events", {"events": [view]}).status == 401


def test_what_was_in_sight_goes_down(server, ana):
    posts = []
    for number in range(4):
        other = server.sign_up(f"person{number}")
        ana.follow(other)
        posts.append(other.post(f"text {number}"))
    wait_until(lambda: len(ana.feed()) == 4, "the posts")

    def ranked():
        return [item["post"]["id"] for item in ana.get("/v1/feed")["items"]]

    first = ranked()
    send(ana, event("post", first[0], 1), event("post", first[1], 2))
    wait_until(lambda: ranked() == first[2:] + first[:2], "what was seen to go down")


def test_dwell_and_visits_bring_people_closer(server, ana):
    close, far = server.sign_up("close"), server.sign_up("far")
    for person in (close, far):
        ana.follow(person)
    looked_at = close.post("look at this")
    wait_until(lambda: ana.feed_ids() == [looked_at["id"]], "the post")
    for number in range(8):
        send(ana, event("account", close.id, number), event("post", looked_at["id"], 100 + number, dwell_ms=60_000))
    close.delete(looked_at)
    by_close, by_far = close.post("by somebody close"), far.post("by somebody far away")

    def closer_first():
        items = ana.get("/v1/feed")["items"]
        ids = [item["post"]["id"] for item in items]
        return items if ids == [by_close["id"], by_far["id"]] else None

    items = wait_until(closer_first, "the closer one to come first")
    assert "close_to_you" in items[0]["why"]
