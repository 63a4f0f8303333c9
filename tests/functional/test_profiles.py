"""What people say about themselves, who sees it, and what an edit may not run over."""

import pytest

from support.freshet import CHEAP_PASSWORDS, wait_until


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def edit(person, body, **headers):
    return person.call("PATCH", "/v1/me", body, headers)


def test_an_edit_changes_what_it_names_and_nothing_else(server, ana):
    before = ana.get("/v1/me")
    answer = edit(ana, {"bio": "Rivers, mostly.", "avatar_url": "https://example.org/ana.png"})
    assert answer.status == 200
    expected = {**before, "bio": "Rivers, mostly.", "avatar_url": "https://example.org/ana.png"}
    for member in expected.keys() - {"last_active_at"}:
        assert answer.json[member] == expected[member], member
    assert edit(ana, {"avatar_url": None, "bio": None}).json["avatar_url"] is None
    assert ana.get("/v1/me")["bio"] == ""
    assert edit(ana, {}).status == 200
    server.restart()
    ana.connection = None
    assert ana.get("/v1/me")["display_name"] == "Ana"


@pytest.mark.parametrize(
    "wrong",
    [
        {"display_name": None},
        {"display_name": "   "},
        {"display_name": "a\nb"},
        {"display_name": "x" * 101},
        {"bio": "x" * 501},
        {"avatar_url": "javascript:alert(1)"},
        {"avatar_url": "https://"},
        {"avatar_url": "//example.org/x"},
        {"avatar_url": "https://ana:secret@example.org/x"},
        {"private": None},
        {"username": "other"},
        {"settings": None},
        {"settings": {"language": "english language"}},
        {"settings": {"time_zone": "../etc/passwd "}},
        {"settings": {"no_such_setting": 1}},
    ],
)
def test_a_wrong_edit_changes_nothing_and_names_the_member(server, ana, wrong):
    before = ana.get("/v1/me")
    answer = edit(ana, {"bio": "new", **wrong})
    assert answer.status == 422
    (member,) = wrong
    assert any(error["field"].startswith(f"/{member}") for error in answer.json["errors"])
    assert ana.get("/v1/me")["bio"] == before["bio"]


def test_settings_are_kept_one_by_one_and_seen_by_their_owner_alone(server, ana, ben):
    assert ana.get("/v1/me")["settings"] == {"language": None, "time_zone": None, "discoverable": True}
    edit(ana, {"settings": {"language": "pt-BR", "time_zone": "America/Sao_Paulo"}})
    assert edit(ana, {"settings": {"language": None}}).json["settings"] == {
        "language": None,
        "time_zone": "America/Sao_Paulo",
        "discoverable": True,
    }
    for reader in (ben, server.anybody(), server.admin("ben")):
        assert "settings" not in reader.get(f"/v1/accounts/{ana.id}")
        assert "settings" not in reader.get("/v1/accounts/lookup", username="ana")


def test_an_edit_of_something_older_is_refused(server, ana, ben):
    read = ana.call("GET", "/v1/me")
    assert edit(ana, {"bio": "first"}, **{"If-Match": read.headers["ETag"]}).status == 200
    late = edit(ana, {"bio": "second"}, **{"If-Match": read.headers["ETag"]})
    assert (late.status, late.json["code"]) == (412, "precondition_failed")
    assert ana.get("/v1/me")["bio"] == "first"
    tag = edit(ana, {"bio": "third"}, **{"If-Match": "*"}).headers["ETag"]
    ben.follow(ana)
    after = edit(ana, {"bio": "fourth"}, **{"If-Match": f'"other", W/{tag}'})
    assert after.status == 200, "a new follower does not stand in the way of an edit"
    assert after.json["followers_count"] == 1


def test_an_unchanged_account_is_not_sent_again(server, ana, ben):
    tag = ana.call("GET", "/v1/me").headers["ETag"]
    assert ana.call("GET", "/v1/me", headers={"If-None-Match": tag}).status == 304
    ben.follow(ana)
    assert ana.call("GET", "/v1/me", headers={"If-None-Match": tag}).status == 200


def test_posts_show_their_author_as_they_are_now(server, ana, ben):
    post = ana.post("mine")
    assert ben.get(f"/v1/posts/{post['id']}")["author"]["display_name"] == "Ana"
    edit(ana, {"display_name": "Ana of the Rivers", "avatar_url": "/media/ana.png"})
    author = ben.get(f"/v1/posts/{post['id']}")["author"]
    assert (author["display_name"], author["avatar_url"]) == ("Ana of the Rivers", "/media/ana.png")


def test_administrators_give_and_take_the_verified_mark(server, ana, ben):
    post = ana.post("mine")
    path = f"/v1/admin/accounts/{ana.id}/verified"
    assert ben.call("PUT", path).status == 403
    admin = server.admin("ben")
    for _ in range(2):
        assert admin.call("PUT", path).status == 204
        assert ben.get(f"/v1/accounts/{ana.id}")["verified"] is True
        assert ben.get(f"/v1/posts/{post['id']}")["author"]["verified"] is True
    assert admin.call("DELETE", path).status == 204
    assert ben.get(f"/v1/posts/{post['id']}")["author"]["verified"] is False
    assert admin.call("PUT", "/v1/admin/accounts/12345/verified").status == 404


def test_when_somebody_was_here_last_is_for_them_and_administrators(start):
    server = start({**CHEAP_PASSWORDS, "accounts.last_active_interval": "50ms"})
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    first = wait_until(lambda: ana.get("/v1/me").get("last_active_at"), "the activity to be written")
    wait_until(lambda: ana.get("/v1/me")["last_active_at"] > first, "later activity to be written")
    assert "last_active_at" not in ben.get(f"/v1/accounts/{ana.id}")
    assert "last_active_at" not in ben.get("/v1/accounts/lookup", username="ana")
    assert "last_active_at" not in server.anybody().get(f"/v1/accounts/{ana.id}")
    assert server.admin("ben").get(f"/v1/accounts/{ana.id}")["last_active_at"] > first
    server.restart()
    ana.connection = None
    assert ana.get("/v1/me")["last_active_at"] > first
