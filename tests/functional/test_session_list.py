"""Where somebody is signed in, ending it, changing the password, and guessing it."""

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def sign_in(server, username, password="correct horse", **headers):
    return server.anybody().call("POST", "/v1/sessions", {"username": username, "password": password}, headers)


def refresh(server, token):
    return server.anybody().call("POST", "/v1/sessions/refresh", {"refresh_token": token})


def is_signed_in(person):
    return person.call("GET", "/v1/me").status == 200


def test_sessions_tell_from_where_and_with_what(server, ana):
    agent = "Phone/1.0 " + "x" * 500
    phone = sign_in(server, "ana", **{"User-Agent": agent})
    assert phone.status == 201
    sessions = ana.get("/v1/me/sessions")["items"]
    assert [session["current"] for session in sessions] == [False, True]
    assert sessions[0]["user_agent"] == agent[:300]
    assert sessions[0]["address"] == "127.0.0.1"
    assert sessions[0]["created_at"] >= sessions[1]["created_at"]
    assert sessions[0]["last_used_at"] >= sessions[0]["created_at"]
    assert [session["id"] for session in ana.pages("/v1/me/sessions", limit=1)] == [session["id"] for session in sessions]


def test_one_session_is_ended_and_only_ones_own(server, ana, ben):
    phone = server.sign_in("ana")
    session = ana.get("/v1/me/sessions")["items"][0]["id"]
    assert ben.call("DELETE", f"/v1/me/sessions/{session}").status == 404
    assert is_signed_in(phone)
    assert ana.call("DELETE", f"/v1/me/sessions/{session}").status == 204
    assert not is_signed_in(phone) and is_signed_in(ana)
    assert refresh(server, phone.refresh_token).status == 401
    assert ana.call("DELETE", f"/v1/me/sessions/{session}").status == 404
    server.restart()
    phone.connection = ana.connection = None
    assert not is_signed_in(phone) and is_signed_in(ana)


def test_all_other_sessions_are_ended_at_once(server, ana, ben):
    others = [server.sign_in("ana") for _ in range(3)]
    for _ in range(2):
        assert ana.call("DELETE", "/v1/me/sessions").status == 204
        assert not any(is_signed_in(other) for other in others)
        assert is_signed_in(ana) and is_signed_in(ben)
    assert len(ana.get("/v1/me/sessions")["items"]) == 1


def test_a_new_password_ends_the_other_sessions(server, ana):
    other = server.sign_in("ana")
    change = {"current": "correct horse", "new": "battery staple"}
    assert ana.call("POST", "/v1/me/password", change).status == 204
    assert is_signed_in(ana) and not is_signed_in(other)
    assert refresh(server, ana.refresh_token).status == 201
    assert sign_in(server, "ana", "correct horse").status == 401
    assert sign_in(server, "ana", "battery staple").status == 201
    repeated = ana.call("POST", "/v1/me/password", change)
    assert repeated.status == 204, "an answer that was lost is asked for again"


def test_the_current_password_is_needed(server, ana):
    for body in ({"new": "battery staple"}, {"current": "wrong horse", "new": "battery staple"}):
        answer = ana.call("POST", "/v1/me/password", body)
        assert (answer.status, answer.json["code"]) == (403, "wrong_password")
    assert sign_in(server, "ana").status == 201


def test_who_has_no_password_sets_one(server, ana, tmp_path):
    graph = tmp_path / "graph.txt"
    graph.write_text("dora ana\n")
    server.stop()
    run_cli("import", "graph", graph, "--data", server.folder)
    server.start()
    dora = server.person("dora")
    assert sign_in(server, "dora", "battery staple").status == 401
    assert dora.call("POST", "/v1/me/password", {"new": "battery staple"}).status == 204
    assert sign_in(server, "dora", "battery staple").status == 201


def test_guessing_waits_longer_and_longer_whether_or_not_the_name_exists(start):
    server = start({**CHEAP_PASSWORDS, "sign_in.account_attempts": 3, "sign_in.first_delay": "100s"})
    server.sign_up("owner")
    # From where the owner is signed in, their attempts are counted apart; so guess at somebody who is not.
    ana = server.sign_up("ana")
    assert ana.call("DELETE", "/v1/sessions/current").status == 204
    for name in ("ana", "nobody_of_this_name"):
        answers = [sign_in(server, name, "wrong password") for _ in range(5)]
        assert [answer.status for answer in answers] == [401, 401, 401, 429, 429], name
        assert answers[-1].json["code"] == "quota_sign_in"
        assert 90 <= int(answers[-1].headers["Retry-After"]) <= 100
        assert sign_in(server, name).status == 429, "not even the right password is looked at"
    assert sign_in(server, "owner").status == 201


def test_strangers_do_not_hold_up_the_owner_where_they_are_signed_in(start):
    options = {**CHEAP_PASSWORDS, "sign_in.account_attempts": 3, "sign_in.first_delay": "100s"}
    server = start(options)
    ana = server.sign_up("ana")
    assert [sign_in(server, "ana", "wrong password").status for _ in range(4)] == [401, 401, 401, 429]
    assert ana.call("DELETE", "/v1/sessions/current").status == 204
    assert sign_in(server, "ana").status == 201, "what was counted apart does not count for others"


def test_an_address_that_tries_many_names_waits(start):
    server = start({**CHEAP_PASSWORDS, "sign_in.address_attempts": 5, "sign_in.first_delay": "100s"})
    statuses = [sign_in(server, f"name{i}", "wrong password").status for i in range(6)]
    assert statuses == [401] * 5 + [429]


def test_guessing_with_a_stolen_token_waits_too(start):
    server = start({**CHEAP_PASSWORDS, "sign_in.account_attempts": 3, "sign_in.first_delay": "100s"})
    ana = server.sign_up("ana")
    wrong = {"current": "wrong horse", "new": "battery staple"}
    assert [ana.call("POST", "/v1/me/password", wrong).status for _ in range(4)] == [403, 403, 403, 429]
    assert sign_in(server, "ana").status == 201


def test_a_refresh_whose_answer_was_lost_is_asked_for_again(server, ana):
    for _ in range(3):
        answer = refresh(server, ana.refresh_token)
        assert answer.status == 201
    later = refresh(server, answer.json["refresh_token"])
    assert later.status == 201
    server.kill()
    server.start()
    assert refresh(server, later.json["refresh_token"]).status == 201


def test_a_refresh_token_is_over_once_its_successor_was_used(server, ana):
    first = refresh(server, ana.refresh_token).json["refresh_token"]
    second = refresh(server, first).json["refresh_token"]
    assert refresh(server, ana.refresh_token).status == 401
    assert refresh(server, second).status == 401
    assert not is_signed_in(ana)


def test_of_the_tokens_for_one_lost_answer_only_one_goes_on(server, ana):
    mine = refresh(server, ana.refresh_token).json["refresh_token"]
    stolen = refresh(server, ana.refresh_token).json["refresh_token"]
    mine = refresh(server, mine).json["refresh_token"]
    assert refresh(server, stolen).status == 401
    assert refresh(server, mine).status == 401, "somebody has a copy: the session is over for both"
