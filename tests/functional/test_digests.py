"""Mail: an address is confirmed before anything else comes to it; digests tell once, of what may be seen."""

import re
import time

import pytest

from support.freshet import wait_until
from support.mail_server import MailServer, make_certificate, part

KINDS = ["follow", "request", "like", "share", "comment", "reply", "mention", "quote"]
ADDRESS = "ana@example.org"
ORIGIN = "https://feed.example.org"


def options(mail, **more):
    return {
        "mail.server": mail.url,
        "mail.tls": "off",
        "mail.from": "feed@example.org",
        "mail.from_name": "The Feed",
        "mail.public_url": ORIGIN,
        "accounts.email_poll_interval": "20ms",
        "digests.poll_interval": "20ms",
        "digests.daily": "1s",
        "digests.first_retry": "10ms",
        "digests.longest_retry": "20ms",
        **{name.replace("__", "."): value for name, value in more.items()},
    }


@pytest.fixture
def mail():
    mail = MailServer()
    yield mail
    mail.stop()


@pytest.fixture
def server(start, mail):
    return start(options(mail))


def path_in(text, path):
    (link,) = re.findall(re.escape(ORIGIN + path) + r"[^\s<>\"]*", text)
    return link.removeprefix(ORIGIN)


def post_form(server, path, form="List-Unsubscribe=One-Click"):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return server.anybody().call("POST", path, raw=form, headers=headers)


def confirmations(mail, address=ADDRESS):
    return [message for message in mail.to(address) if "confirmation" in message["Message-ID"]]


def digests(mail, address=ADDRESS):
    return [message for message in mail.to(address) if "digest" in message["Message-ID"]]


def confirm(server, mail, person, address=ADDRESS):
    answer = person.call("PATCH", "/v1/me", {"email": address})
    assert answer.status == 200, answer
    message = wait_until(lambda: confirmations(mail, address), "the confirmation's mail")[-1]
    assert post_form(server, path_in(part(message, "plain"), "/v1/email/confirmation"), "").status == 200


def prefer(person, email_digest="daily", quiet_hours=None, **types):
    body = {"types": {**dict.fromkeys(KINDS, "push"), **types}, "email_digest": email_digest}
    if quiet_hours:
        body["quiet_hours"] = quiet_hours
    answer = person.call("PUT", "/v1/me/notification-preferences", body)
    assert answer.status == 200 and answer.json["email_digest"] == email_digest, answer


def metric(server, name):
    for line in server.anybody().call("GET", "/metrics").body.decode().splitlines():
        if line.startswith(f"freshet_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"no freshet_{name}")


def after_another_digest(server):
    """Waits until one more period has been looked at in which there was nothing to tell."""
    before = metric(server, "digests_empty_total")
    wait_until(lambda: metric(server, "digests_empty_total") > before + 1, "another period")


def test_an_address_is_private_and_counts_when_its_link_was_followed(server, mail, ana, ben):
    answer = ana.call("PATCH", "/v1/me", {"email": ADDRESS})
    assert answer.json["email"] == ADDRESS and answer.json["email_confirmed"] is False
    for shown in (ben.get(f"/v1/accounts/{ana.id}"), ben.get("/v1/accounts/lookup", username="ana")):
        assert "email" not in shown and "email_confirmed" not in shown
    (message,) = wait_until(lambda: confirmations(mail), "the confirmation's mail")
    assert message["From"] == "The Feed <feed@example.org>" and message["To"] == ADDRESS and message["Date"]
    link = path_in(part(message, "plain"), "/v1/email/confirmation")
    assert link in part(message, "html")
    page = server.anybody().call("GET", link)
    assert page.status == 200 and b"<form" in page.body
    assert ana.get("/v1/me")["email_confirmed"] is False, "a program that only looks at links confirms nothing"
    forged = link[:-2] + ("AA" if not link.endswith("AA") else "BB")
    assert post_form(server, forged, "").status == 422
    assert post_form(server, link, "").status == 200
    assert ana.get("/v1/me")["email_confirmed"] is True
    assert ana.call("POST", "/v1/me/email/confirmation").json["code"] == "email_confirmed"


def test_a_link_confirms_no_later_address(start, mail):
    server = start(options(mail, accounts__email_confirmation_interval="0ms"))
    ana = server.sign_up("ana", email=ADDRESS)
    (first,) = wait_until(lambda: confirmations(mail), "the confirmation's mail")
    ana.call("PATCH", "/v1/me", {"email": "other@example.org"})
    assert post_form(server, path_in(part(first, "plain"), "/v1/email/confirmation"), "").status == 422
    assert ana.get("/v1/me")["email_confirmed"] is False
    (second,) = wait_until(lambda: confirmations(mail, "other@example.org"), "the second mail")
    assert post_form(server, path_in(part(second, "plain"), "/v1/email/confirmation"), "").status == 200
    assert ana.call("PATCH", "/v1/me", {"email": None}).json["email"] is None
    assert ana.call("POST", "/v1/me/email/confirmation").json["code"] == "email_missing"


def test_nobodys_letter_box_is_filled(server, mail, ana):
    ana.call("PATCH", "/v1/me", {"email": ADDRESS})
    wait_until(lambda: confirmations(mail), "the confirmation's mail")
    for _ in range(3):
        assert ana.call("POST", "/v1/me/email/confirmation").status == 204
    ben = server.sign_up("ben", email="ben@example.org")
    wait_until(lambda: confirmations(mail, "ben@example.org"), "a later mail")
    assert len(confirmations(mail)) == 1 and ben.get("/v1/me")["email"] == "ben@example.org"


@pytest.mark.parametrize("address", ["ana", "ana@", "a b@example.org", "ana@example.org\r\nRCPT TO:<ben@example.org>", "ana@example.org,ben@example.org"])
def test_addresses_that_are_none_are_refused(server, ana, address):
    answer = ana.call("PATCH", "/v1/me", {"email": address})
    assert answer.status == 422 and answer.json["errors"][0]["field"] == "/email"


def test_a_digest_tells_once_of_what_is_not_read(server, mail, ana, ben):
    confirm(server, mail, ana)
    prefer(ana)
    post = ana.post("a <b>bold</b> word")
    assert ben.call("PUT", f"/v1/posts/{post['id']}/like").status == 200
    ben.follow(ana)
    wait_until(lambda: "Ben liked your post" in "".join(part(message, "plain") for message in digests(mail)), "the digest")
    wait_until(lambda: "Ben followed you" in "".join(part(message, "plain") for message in digests(mail)), "the digest")
    after_another_digest(server)
    told = "".join(part(message, "plain") for message in digests(mail))
    assert told.count("Ben liked your post") == 1 and told.count("Ben followed you") == 1
    (html,) = [part(message, "html") for message in digests(mail) if "liked" in part(message, "html")]
    assert "a &lt;b&gt;bold&lt;/b&gt; word" in html
    message = digests(mail)[0]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    link = message["List-Unsubscribe"].strip("<>").removeprefix(ORIGIN)
    assert link in part(message, "plain")
    assert b"<form" in server.anybody().call("GET", link).body
    assert ana.get("/v1/me/notification-preferences")["email_digest"] == "daily"
    assert post_form(server, link).status == 200
    assert ana.get("/v1/me/notification-preferences")["email_digest"] == "off"


def test_names_in_every_script_arrive(server, mail, ana):
    zoe = server.sign_up("zoe", display_name="Zoë 张伟\u2028Bcc: x@example.org")
    confirm(server, mail, ana)
    prefer(ana)
    zoe.follow(ana)
    (message,) = wait_until(lambda: digests(mail), "the digest")
    assert message["Subject"].startswith("Zoë 张伟") and message["Subject"].endswith("followed you")
    assert "Zoë 张伟" in part(message, "plain") and message["Bcc"] is None


@pytest.mark.parametrize("reason", ["not confirmed", "off", "read", "deleted", "private", "block", "kind off", "quiet"])
def test_nothing_is_mailed_that_must_not_be(start, mail, reason):
    server = start(options(mail, digests__daily="2s"))
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    if reason == "not confirmed":
        ana.call("PATCH", "/v1/me", {"email": ADDRESS})
    else:
        confirm(server, mail, ana)
    watcher = server.sign_up("watcher")
    confirm(server, mail, watcher, "watcher@example.org")
    quiet = None
    if reason == "quiet":
        now = time.time()
        quiet = {name: time.strftime("%H:%M", time.gmtime(now + offset)) for name, offset in {"start": -3600, "end": 7200}.items()}
    prefer(ana, "off" if reason == "off" else "daily", quiet)
    prefer(watcher)
    post = ben.post("hello @ana @watcher")
    (told,) = wait_until(lambda: ana.get("/v1/notifications")["items"], "the notification")
    if reason == "read":
        assert ana.call("POST", "/v1/notifications/read", {"up_to": told["id"]}).status == 200
    elif reason == "deleted":
        ben.delete(post)
    elif reason == "private":
        assert ben.call("PATCH", f"/v1/posts/{post['id']}", {"privacy": "private"}).status == 200
    elif reason == "block":
        assert ana.call("PUT", f"/v1/accounts/{ben.id}/block").status == 200
    elif reason == "kind off":
        prefer(ana, mention="off")
    if reason in ("deleted", "private"):
        ben.follow(watcher)
    wait_until(lambda: digests(mail, "watcher@example.org"), "the watcher's digest")
    after_another_digest(server)
    assert digests(mail) == []
    if reason in ("deleted", "private"):
        assert "mentioned" not in "".join(part(message, "plain") for message in digests(mail, "watcher@example.org"))


def test_what_the_mail_server_did_not_take_is_sent_again_as_the_same_mail(server, mail, ana, ben):
    confirm(server, mail, ana)
    mail.refuse("451 later", "421 later")
    before = mail.attempts
    prefer(ana)
    ben.follow(ana)
    (message,) = wait_until(lambda: digests(mail), "the digest")
    assert mail.attempts == before + 3 and "Ben followed you" in message["Subject"]


def test_a_mail_that_is_refused_for_good_is_not_sent_again(server, mail, ana, ben):
    confirm(server, mail, ana)
    mail.refuse("554 never")
    before = mail.attempts
    prefer(ana)
    ben.follow(ana)
    wait_until(lambda: mail.attempts > before, "the refused attempt")
    (message,) = wait_until(lambda: digests(mail), "the next period's digest")
    assert "Ben followed you" in message["Subject"] and mail.attempts == before + 2


def test_a_digest_is_sent_once_in_its_period_across_kills(start, mail):
    server = start(options(mail, digests__daily="1s"))
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    confirm(server, mail, ana)
    prefer(ana)
    ben.follow(ana)
    wait_until(lambda: digests(mail), "the digest")
    after_another_digest(server)  # the mail is noted as sent; a kill before that may send it again
    for _ in range(3):
        server.kill()
        server.start()
        after_another_digest(server)
    assert [message["Subject"] for message in digests(mail)] == ["Ben followed you"]


def test_mails_are_encrypted_and_signed_in_for(start, tmp_path):
    certificate = make_certificate(tmp_path)
    mail = MailServer(certificate)
    environment = {"FRESHET_MAIL_PASSWORD": "s3cret of the mail server"}
    server = start(options(mail, mail__tls="required", mail__ca_file=str(certificate[0]), mail__username="feed"), environment=environment)
    server.sign_up("ana", email=ADDRESS)
    wait_until(lambda: confirmations(mail), "the confirmation's mail")
    assert mail.encrypted >= 1 and ["feed", "s3cret of the mail server"] in mail.logins
    assert "s3cret" not in server.output()
    mail.stop()


def test_a_mail_server_without_tls_gets_nothing_unless_allowed(start, mail):
    server = start(options(mail, mail__tls="required"))
    server.sign_up("ana", email=ADDRESS)
    wait_until(lambda: metric(server, "email_confirmations_failed_total") >= 1, "the attempt to fail")
    assert mail.attempts == 0


def test_mail_is_off_until_a_server_is_named(start):
    server = start()
    ana = server.sign_up("ana", email=ADDRESS)
    assert ana.get("/v1/me")["email"] == ADDRESS
    answer = ana.call("POST", "/v1/me/email/confirmation")
    assert answer.status == 503 and answer.json["code"] == "mail_off"


def test_links_need_an_address_to_lead_to(start, mail):
    with pytest.raises(AssertionError, match="mail.public_url"):
        start({"mail.server": mail.url})
