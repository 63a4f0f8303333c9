"""The one-time link that makes the first administrator."""

import re
import threading
import urllib.parse

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli, wait_until

PASSWORD = "correct horse"


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def printed_link(server, start=1):
    """The path of the link that the server's n-th start has printed."""

    def links():
        return re.findall(r"http://[^/\s]+(/admin/claim\?code=\S+)\n", server.output())[start - 1 :]

    return wait_until(links, "the link")[0]


def claim(server, link, username, password=PASSWORD):
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["code"][0]
    form = urllib.parse.urlencode({"username": username, "password": password, "code": code})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return server.anybody().call("POST", "/admin/claim", headers=headers, raw=form.encode())


def is_admin(server, username):
    status = server.sign_in(username).call("GET", "/v1/admin/state").status
    assert status in (200, 403)
    return status == 200


def test_the_link_shows_a_form_and_makes_one_administrator(server, ana, ben):
    link = printed_link(server)
    page = server.anybody().call("GET", link)
    assert page.status == 200 and page.headers["Content-Type"].startswith("text/html")
    assert '<form method="post" action="/admin/claim">' in page.body.decode()
    assert link.partition("=")[2] in page.body.decode()
    assert not is_admin(server, "ana")
    assert claim(server, link, "ana").status == 200
    assert is_admin(server, "ana")
    assert claim(server, link, "ben").status == 403
    assert not is_admin(server, "ben")


def test_a_wrong_code_and_a_wrong_password_make_nobody_administrator(server, ana):
    link = printed_link(server)
    assert claim(server, "/admin/claim?code=AAAAAAAAAAAAAAAAAAAAAAAA", "ana").status == 403
    wrong = claim(server, link, "ana", "wrong password")
    assert wrong.status == 401
    assert claim(server, link, "nobody").status == 401
    assert not is_admin(server, "ana")
    assert '<form method="post"' in wrong.body.decode()  # the link is not used up
    assert claim(server, link, "ana").status == 200


@pytest.mark.parametrize("code", ["", "%22%3E%3Cscript%3E", "a%20b"])
def test_what_cannot_be_a_code_is_not_written_into_the_form(server, code):
    page = server.anybody().call("GET", f"/admin/claim?code={code}")
    assert page.status in (403, 422)
    assert "<form" not in page.body.decode() and "<script" not in page.body.decode()


def test_the_link_is_dead_once_an_administrator_was_made_otherwise(server, ana, ben):
    link = printed_link(server)
    run_cli("admin", "accounts", "grant-admin", "ben", "--data", server.folder)
    assert claim(server, link, "ana").status == 403
    assert is_admin(server, "ben") and not is_admin(server, "ana")


def test_two_who_use_the_link_at_once_do_not_both_become_administrators(server, ana, ben):
    link = printed_link(server)
    together = threading.Barrier(2)
    statuses = {}

    def use(username):
        together.wait()
        statuses[username] = claim(server, link, username).status

    threads = [threading.Thread(target=use, args=[name]) for name in ("ana", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses.values()) == [200, 403]
    assert {name: is_admin(server, name) for name in statuses} == {name: status == 200 for name, status in statuses.items()}


def test_a_start_prints_a_new_link_only_while_there_is_no_administrator(server, ana):
    first = printed_link(server)
    server.restart()
    second = printed_link(server, start=2)
    assert claim(server, first, "ana").status == 403
    assert claim(server, second, "ana").status == 200
    server.restart()
    wait_until(lambda: server.output().count("freshet is ready at") == 3, "the greeting of the third start")
    assert server.output().count("/admin/claim") == 2
