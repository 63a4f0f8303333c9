"""Web Push: encrypted, sent to those who may see it when it is sent, ended with the session."""

import contextlib
import os
import sqlite3
import time

import pytest

from support.freshet import wait_until
from support.push_service import PushService, check_authorization

KINDS = ["follow", "request", "like", "share", "comment", "reply", "mention", "quote"]
CONTACT = "mailto:push@example.org"
OPTIONS = {
    "push.contact": CONTACT,
    "push.private_addresses": "true",
    "push.poll_interval": "20ms",
    "push.first_retry": "10ms",
    "push.longest_retry": "50ms",
}


@pytest.fixture
def service():
    service = PushService()
    yield service
    service.stop()


@pytest.fixture
def server(start):
    return start(OPTIONS)


def prefer(person, quiet_hours=None, **types):
    body = {"types": {**dict.fromkeys(KINDS, "push"), **types}}
    if quiet_hours:
        body["quiet_hours"] = quiet_hours
    answer = person.call("PUT", "/v1/me/notification-preferences", body)
    assert answer.status == 200, answer


def always_quiet():
    """From an hour ago until in two hours, by UTC."""
    now = time.time()
    return {name: time.strftime("%H:%M", time.gmtime(now + offset)) for name, offset in {"start": -3600, "end": 7200}.items()}


def let_hours_pass(server, hours):
    """While nobody serves: moves the times back that quiet hours and owed pushes are kept by."""
    with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "freshet.sqlite"))) as database, database:
        moved = database.execute("UPDATE push_queue SET due_at = due_at - ?", (hours * 3_600_000,))
        assert moved.rowcount == 1
        quiet = [f"quiet_{end} = (quiet_{end} + 1440 - {60 * hours}) % 1440" for end in ("start", "end")]
        database.execute(f"UPDATE notification_preferences SET {', '.join(quiet)} WHERE quiet_start IS NOT NULL")


def like(person, post):
    assert person.call("PUT", f"/v1/posts/{post['id']}/like").status == 200


def metric(server, name):
    answer = server.anybody().call("GET", "/metrics")
    for line in answer.body.decode().splitlines():
        if line.startswith(f"freshet_push_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"no freshet_push_{name}")


def owed(server):
    """How many pushes wait, as operators see it."""
    return metric(server, "waiting")


def test_a_notification_reaches_a_browser_that_alone_can_read_it(server, service, ana, ben):
    key = server.anybody().get("/v1/push/key")["public_key"]
    browser = service.browser("ana")
    shown = browser.subscribe(ana)
    assert shown["service"] == service.origin and shown["current"]
    post = ana.post("a word to the wise")
    like(ben, post)
    (message,) = wait_until(lambda: browser.messages, "the push")
    assert message["title"] == "Ben liked your post" and message["body"] == "a word to the wise"
    assert message["type"] == "like" and message["post_id"] == post["id"] and message["unread_count"] == 1
    (told,) = ana.get("/v1/notifications")["items"]
    assert message["tag"] == told["group"] and message["id"] == told["id"]
    headers = message["headers"]
    assert headers["Topic"] == told["group"] and headers["Urgency"] == "low" and 0 < int(headers["TTL"]) <= 86_400
    assert headers["Content-Encoding"] == "aes128gcm"
    check_authorization(headers["Authorization"], key, service.origin, CONTACT)


def test_everybody_who_joins_is_told_under_the_same_topic(server, service, ana, ben):
    browser = service.browser("ana")
    browser.subscribe(ana)
    post = ana.post("hello")
    like(ben, post)
    wait_until(lambda: browser.messages, "the first push")
    like(server.sign_up("cleo"), post)
    first, second = wait_until(lambda: len(browser.messages) == 2 and browser.messages, "the second push")
    assert second["title"] == "Cleo and Ben liked your post" and first["tag"] == second["tag"]


def test_what_the_service_does_not_take_is_sent_again_and_only_once_it_took_it(server, service, ana, ben):
    browser = service.browser("ana")
    browser.subscribe(ana)
    service.answer(browser, (500, {}), (503, {"Retry-After": "0"}), (429, {"Retry-After": "1"}))
    ben.follow(ana)
    (message,) = wait_until(lambda: browser.messages, "the push")
    assert message["title"] == "Ben followed you"
    assert service.attempts_at(browser) == 4
    wait_until(lambda: owed(server) == 0, "the queue to be empty")
    assert len(browser.messages) == 1


def test_a_subscription_that_its_service_ended_is_forgotten(server, service, ana, ben):
    gone, refused = service.browser("gone"), service.browser("refused")
    other_session = server.sign_in("ana")
    gone.subscribe(ana)
    refused.subscribe(other_session)
    service.answer(gone, (410, {}))
    service.answer(refused, (400, {}))
    ben.follow(ana)
    wait_until(lambda: len(ana.get("/v1/me/push-subscriptions")["items"]) == 1, "the subscription to be removed")
    wait_until(lambda: owed(server) == 0, "the queue to be empty")
    (left,) = other_session.get("/v1/me/push-subscriptions")["items"]
    assert left["current"]
    assert service.attempts_at(gone) == 1 and service.attempts_at(refused) == 1


def test_what_is_owed_survives_kill(start, service):
    server = start(OPTIONS)
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    browser = service.browser("ana")
    browser.subscribe(ana)
    key = server.anybody().get("/v1/push/key")["public_key"]
    prefer(ana, quiet_hours=always_quiet())
    ben.follow(ana)
    wait_until(lambda: owed(server) == 1, "the push to be owed")
    assert browser.messages == []
    server.kill()
    server.start()
    assert server.anybody().get("/v1/push/key")["public_key"] == key
    assert len(ana.get("/v1/me/push-subscriptions")["items"]) == 1
    assert owed(server) == 1
    assert browser.messages == [] and service.attempts_at(browser) == 0
    server.kill()
    let_hours_pass(server, 3)
    server.start()
    (message,) = wait_until(lambda: browser.messages, "the quiet hours to have ended")
    assert message["title"] == "Ben followed you"
    wait_until(lambda: owed(server) == 0, "the queue to be empty")
    assert service.attempts_at(browser) == 1


def test_quiet_hours_put_a_push_off_and_kinds_decide(server, service, ana, ben):
    browser = service.browser("ana")
    browser.subscribe(ana)
    prefer(ana, like="inbox")
    post = ana.post("hello")
    like(ben, post)
    wait_until(lambda: ana.get("/v1/notifications")["items"], "the notification")
    ben.follow(ana)
    wait_until(lambda: browser.messages, "the push")
    wait_until(lambda: owed(server) == 0, "the queue to be empty")
    assert [message["type"] for message in browser.messages] == ["follow"]


@pytest.fixture
def paused(server, service, ana, ben):
    """A push to ana that the service has put off, and what makes the service take it."""
    browser = service.browser("ana")
    browser.subscribe(ana)

    def pause(event):
        service.answer(browser, (503, {"Retry-After": "2"}))
        event()
        wait_until(lambda: service.attempts_at(browser) == 1, "the first attempt")

    pause.browser = browser
    return pause


@pytest.mark.parametrize("change", ["deleted", "private", "block", "mute", "read", "off"])
def test_nothing_is_sent_that_its_reader_may_not_see_by_then(server, service, ana, ben, paused, change):
    post = {}

    def mention():
        post.update(ben.post("hello @ana"))

    paused(mention)
    if change == "deleted":
        ben.delete(post)
    elif change == "private":
        assert ben.call("PATCH", f"/v1/posts/{post['id']}", {"privacy": "private"}).status == 200
    elif change in ("block", "mute"):
        assert ana.call("PUT", f"/v1/accounts/{ben.id}/{change}", {} if change == "mute" else None).status == 200
    elif change == "read":
        (told,) = ana.get("/v1/notifications")["items"]
        assert ana.call("POST", "/v1/notifications/read", {"up_to": told["id"]}).status == 200
    else:
        prefer(ana, mention="off")
    wait_until(lambda: metric(server, "dropped_total") == 1, "the push to be dropped")
    assert paused.browser.messages == []
    # Not because nothing is sent any more.
    server.sign_up("cleo").follow(ana)
    (message,) = wait_until(lambda: paused.browser.messages, "another push")
    assert message["type"] == "follow"


def test_a_push_that_was_put_off_is_sent_when_nothing_changed(server, service, ana, ben, paused):
    paused(lambda: ben.post("hello @ana"))
    (message,) = wait_until(lambda: paused.browser.messages, "the push")
    assert message["type"] == "mention" and message["headers"]["Urgency"] == "normal"


@pytest.mark.parametrize("way", ["sign out", "sign out elsewhere", "remove", "remove by id"])
def test_a_browser_is_told_nothing_after_its_session(server, service, ana, ben, way):
    browser, other = service.browser("ana"), service.browser("other")
    elsewhere = server.sign_in("ana")
    mine = browser.subscribe(elsewhere)
    other.subscribe(ana)
    if way == "sign out":
        assert elsewhere.call("DELETE", "/v1/sessions/current").status == 204
    elif way == "sign out elsewhere":
        assert ana.call("DELETE", "/v1/me/sessions").status == 204
    elif way == "remove":
        assert elsewhere.call("DELETE", "/v1/me/push-subscriptions/current").status == 204
    else:
        assert ana.call("DELETE", f"/v1/me/push-subscriptions/{mine['id']}").status == 204
    ben.follow(ana)
    wait_until(lambda: other.messages, "the other browser's push")
    wait_until(lambda: owed(server) == 0, "the queue to be empty")
    assert browser.messages == [] and service.attempts_at(browser) == 0
    wait_until(lambda: len(ana.get("/v1/me/push-subscriptions")["items"]) == 1, "the subscription to be removed")


def test_a_browser_belongs_to_whom_it_was_given_last(server, service, ana, ben):
    browser = service.browser("shared")
    browser.subscribe(ana)
    browser.subscribe(ben)
    assert ana.get("/v1/me/push-subscriptions")["items"] == []
    server.sign_up("cleo").follow(ana)
    ana.follow(ben)
    (message,) = wait_until(lambda: browser.messages, "the push")
    assert message["title"] == "Ana followed you"


def test_subscriptions_are_bounded_and_the_oldest_gives_way(start, service):
    server = start({"push.contact": CONTACT, "push.private_addresses": "true", "push.subscriptions": 2})
    ana = server.sign_up("ana")
    made = [service.browser(f"b{number}").subscribe(server.sign_in("ana"))["id"] for number in range(3)]
    assert [item["id"] for item in ana.get("/v1/me/push-subscriptions")["items"]] == [made[2], made[1]]


def test_nobody_removes_anothers_subscription(server, service, ana, ben):
    mine = service.browser("ana").subscribe(ana)
    assert ben.call("DELETE", f"/v1/me/push-subscriptions/{mine['id']}").status == 404
    assert len(ana.get("/v1/me/push-subscriptions")["items"]) == 1


def test_endpoints_that_lead_inside_are_refused(start, service):
    server = start({"push.contact": CONTACT})
    ana = server.sign_up("ana")
    good = service.browser("ana").subscription()
    for endpoint in ["http://push.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/", "https://u@push.example/", "nonsense"]:
        answer = ana.call("PUT", "/v1/me/push-subscriptions/current", {**good, "endpoint": endpoint})
        assert answer.status == 422 and answer.json["errors"][0]["field"] == "/endpoint", endpoint
    wrong = {**good, "endpoint": "https://push.example/x", "keys": {"p256dh": "AAAA", "auth": good["keys"]["auth"]}}
    answer = ana.call("PUT", "/v1/me/push-subscriptions/current", wrong)
    assert answer.status == 422 and answer.json["errors"][0]["field"] == "/keys/p256dh"


def test_push_is_off_until_a_contact_is_given(start, service):
    server = start()
    ana = server.sign_up("ana")
    assert server.anybody().call("GET", "/v1/push/key").json["code"] == "push_off"
    answer = ana.call("PUT", "/v1/me/push-subscriptions/current", service.browser("ana").subscription())
    assert answer.status == 404 and answer.json["code"] == "push_off"
