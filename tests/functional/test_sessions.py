"""Signing up, signing in, staying signed in, and leaving."""


def test_signing_up_signs_in(server, ana):
    me = ana.get("/v1/me")
    assert me["username"] == "ana"
    assert me["followers_count"] == 0
    assert server.sign_in("ANA").id == ana.id


def test_a_name_is_taken_without_regard_to_case(server, ana):
    answer = server.anybody().call("POST", "/v1/accounts", {"username": "Ana", "password": "correct horse", "display_name": "A"})
    assert answer.status == 409
    assert answer.json["code"] == "username_taken"


def test_wrong_credentials_say_the_same_for_strangers_and_wrong_passwords(server, ana):
    answers = [
        server.anybody().call("POST", "/v1/sessions", {"username": name, "password": "wrong password"})
        for name in ("ana", "nobody")
    ]
    assert [answer.status for answer in answers] == [401, 401]
    assert answers[0].json["detail"] == answers[1].json["detail"]
    assert answers[0].json["code"] == "wrong_credentials"


def test_a_refresh_token_rotates_and_its_reuse_ends_the_session(server, ana):
    anybody = server.anybody()
    first = anybody.call("POST", "/v1/sessions/refresh", {"refresh_token": ana.refresh_token})
    assert first.status == 201
    assert first.json["account"] == ana.get("/v1/me")
    second = anybody.call("POST", "/v1/sessions/refresh", {"refresh_token": first.json["refresh_token"]})
    assert second.status == 201
    stolen = anybody.call("POST", "/v1/sessions/refresh", {"refresh_token": ana.refresh_token})
    assert (stolen.status, stolen.json["code"]) == (401, "invalid_refresh_token")
    for token in (second.json["access_token"], ana.token):
        assert anybody.call("GET", "/v1/me", headers={"Authorization": f"Bearer {token}"}).status == 401
    ended = anybody.call("POST", "/v1/sessions/refresh", {"refresh_token": second.json["refresh_token"]})
    assert ended.status == 401


def test_signing_out_ends_the_session_at_once_and_for_good(server, ana):
    other = server.sign_in("ana")
    assert ana.call("DELETE", "/v1/sessions/current").status == 204
    assert ana.call("GET", "/v1/me").status == 401
    assert other.call("GET", "/v1/me").status == 200
    server.restart()
    ana.connection = other.connection = None
    assert ana.call("GET", "/v1/me").status == 401
    assert other.call("GET", "/v1/me").status == 200


def test_a_forged_token_is_refused(server, ana):
    header, claims, signature = ana.token.split(".")
    for token in (f"{header}.{claims}.{signature[::-1]}", f"{header}.{claims}.", "x.y.z", "", ana.token + "x"):
        answer = server.anybody().call("GET", "/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == 401, token
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_repeated_post_with_the_same_key_is_made_once(server, ana):
    key = {"Idempotency-Key": "b3b1"}
    first = ana.call("POST", "/v1/posts", {"text": "once"}, key)
    again = ana.call("POST", "/v1/posts", {"text": "once"}, key)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    other = ana.call("POST", "/v1/posts", {"text": "something else"}, key)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(ana.pages(f"/v1/accounts/{ana.id}/posts")) == 1
    server.restart()
    ana.connection = None
    assert ana.call("POST", "/v1/posts", {"text": "once"}, key).body == first.body


def test_a_repeated_sign_up_with_the_same_key_finds_the_account(server):
    body = {"username": "dora", "password": "correct horse", "display_name": "Dora"}
    key = {"Idempotency-Key": "signup-1"}
    first = server.anybody().call("POST", "/v1/accounts", body, key)
    again = server.anybody().call("POST", "/v1/accounts", body, key)
    assert (first.status, again.status) == (201, 201)
    assert first.json["account"]["id"] == again.json["account"]["id"]


def test_the_keys_that_sign_tokens_are_public(server, ana):
    keys = server.anybody().get("/.well-known/jwks.json")["keys"]
    assert keys and all("d" not in key for key in keys)


def test_renewing_a_session_is_no_attempt_to_sign_in(start):
    server = start({"rate_limits.enabled": "true"})
    ana = server.sign_up("ana")
    anybody = server.anybody()
    token = ana.refresh_token
    for _ in range(30):
        renewed = anybody.call("POST", "/v1/sessions/refresh", {"refresh_token": token})
        assert renewed.status == 201, "many people open the page at one address"
        token = renewed.json["refresh_token"]
    attempts = [anybody.call("POST", "/v1/sessions", {"username": "nobody", "password": "wrong one"}) for _ in range(12)]
    assert 401 in {answer.status for answer in attempts}
    assert attempts[-1].status == 429
