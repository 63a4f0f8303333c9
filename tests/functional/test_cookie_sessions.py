"""The page's sessions: the refresh token in a cookie that only pages of this server can use."""

import http.cookies

import pytest

SIGN_UP = {"username": "ana", "password": "correct horse", "display_name": "Ana"}
SIGN_IN = {"username": "ana", "password": "correct horse"}


class Browser:
    """Keeps cookies, and says where it comes from, as browsers do."""

    def __init__(self, server, origin=None):
        self.person = server.anybody()
        self.origin = origin or f"http://127.0.0.1:{server.port}"
        self.cookie = None
        self.kept = None  # the last Set-Cookie

    def call(self, method, path, body=None, headers=None):
        headers = {"Origin": self.origin, **(headers or {})}
        if self.cookie and path.startswith("/v1/sessions"):
            headers["Cookie"] = f"theme=dark; freshet_refresh={self.cookie}"
        answer = self.person.call(method, path, body, {name: value for name, value in headers.items() if value is not None})
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.kept = http.cookies.SimpleCookie(line)["freshet_refresh"]
            self.cookie = self.kept.value
        return answer

    def refresh(self, **headers):
        return self.call("POST", "/v1/sessions/refresh", {"cookie": True}, headers)


@pytest.fixture
def browser(server):
    return Browser(server)


@pytest.fixture
def signed_in(browser):
    assert browser.call("POST", "/v1/accounts", {**SIGN_UP, "cookie": True}).status == 201
    return browser


@pytest.fixture
def signed_in_as_ben(browser):
    assert browser.call("POST", "/v1/accounts", {**SIGN_UP, "username": "ben", "cookie": True}).status == 201
    return browser


def test_signing_up_keeps_the_refresh_token_from_scripts(browser):
    answer = browser.call("POST", "/v1/accounts", {**SIGN_UP, "cookie": True})
    assert answer.status == 201
    assert "refresh_token" not in answer.json["session"] and answer.json["session"]["access_token"]
    assert browser.cookie and browser.cookie not in answer.body.decode()
    kept = browser.kept
    assert kept["httponly"] and kept["samesite"] == "Strict" and kept["path"] == "/v1/sessions"
    assert int(kept["max-age"]) == 90 * 24 * 3600
    assert not kept["secure"] and not kept["domain"]


def test_signing_in_keeps_it_likewise(server, ana, browser):
    answer = browser.call("POST", "/v1/sessions", {**SIGN_IN, "cookie": True})
    assert answer.status == 201 and "refresh_token" not in answer.json and browser.cookie


def test_without_cookie_nothing_changes(server, ana, browser):
    for body in (SIGN_IN, {**SIGN_IN, "cookie": False}):
        answer = browser.call("POST", "/v1/sessions", body)
        assert answer.status == 201 and answer.json["refresh_token"] and browser.cookie is None
    refreshed = browser.call("POST", "/v1/sessions/refresh", {"refresh_token": answer.json["refresh_token"]})
    assert refreshed.json["refresh_token"] and browser.cookie is None


def test_a_refresh_takes_the_cookie_and_rotates_it(server, signed_in):
    first = signed_in.cookie
    answer = signed_in.refresh()
    assert answer.status == 201 and "refresh_token" not in answer.json
    assert signed_in.cookie != first
    me = server.anybody().call("GET", "/v1/me", headers={"Authorization": f"Bearer {answer.json['access_token']}"})
    assert me.json["username"] == "ana"
    assert signed_in.refresh().status == 201
    signed_in.cookie = first
    stolen = signed_in.refresh()
    assert (stolen.status, stolen.json["code"]) == (401, "invalid_refresh_token")


def test_a_refresh_token_can_move_into_the_cookie(server, ana, browser):
    answer = browser.call("POST", "/v1/sessions/refresh", {"refresh_token": ana.refresh_token, "cookie": True})
    assert answer.status == 201 and "refresh_token" not in answer.json and browser.cookie
    assert browser.refresh().status == 201


@pytest.mark.parametrize("origin", [
    None, "null", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", "https://127.0.0.1.evil.example",
])
def test_a_cookie_counts_only_for_pages_of_this_server(signed_in, origin):
    before = signed_in.cookie
    for path, body in (
        ("/v1/sessions/refresh", {"cookie": True}),
        ("/v1/sessions", {**SIGN_IN, "cookie": True}),
        ("/v1/accounts", {**SIGN_UP, "username": "ben", "cookie": True}),
    ):
        answer = signed_in.call("POST", path, body, {"Origin": origin})
        assert (answer.status, answer.json["code"]) == (403, "cross_site"), path
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "Set-Cookie" not in answer.headers
    assert signed_in.cookie == before
    assert signed_in.refresh().status == 201, "what was refused used nothing up"
    assert signed_in.call("GET", "/v1/accounts/lookup?username=ben").status == 404


def test_a_cookie_that_was_not_asked_for_is_not_used(signed_in):
    answer = signed_in.call("POST", "/v1/sessions/refresh", {})
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "/refresh_token" and answer.json["errors"][0]["code"] == "required"
    assert signed_in.call("GET", "/v1/me/sessions").status == 401, "no route but the refresh reads it"


@pytest.mark.parametrize("cookie, code", [
    (None, "no_session_cookie"), ("", "no_session_cookie"), ("forged", "invalid_refresh_token"), ("x" * 1000, "invalid_refresh_token"),
])
def test_without_a_cookie_that_counts_nobody_is_signed_in(browser, cookie, code):
    headers = {} if cookie is None else {"Cookie": f"freshet_refresh={cookie}"}
    answer = browser.refresh(**headers)
    assert (answer.status, answer.json["code"]) == (401, code)


def test_signing_out_ends_the_cookie(signed_in):
    token = signed_in.refresh().json["access_token"]
    cookie = signed_in.cookie
    answer = signed_in.call("DELETE", "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 204
    assert signed_in.cookie == "" and signed_in.kept["max-age"] == "0" and signed_in.kept["path"] == "/v1/sessions"
    signed_in.cookie = cookie
    assert signed_in.refresh().status == 401


def test_signing_out_leaves_the_cookie_of_somebody_else(server, ana, signed_in_as_ben):
    before = signed_in_as_ben.cookie
    answer = signed_in_as_ben.call("DELETE", "/v1/sessions/current", headers={"Authorization": f"Bearer {ana.token}"})
    assert answer.status == 204 and "Set-Cookie" not in answer.headers
    assert ana.call("GET", "/v1/me").status == 401
    assert signed_in_as_ben.cookie == before and signed_in_as_ben.refresh().status == 201


def test_signing_out_leaves_the_cookie_of_another_session_of_ones_own(server, browser):
    assert browser.call("POST", "/v1/accounts", {**SIGN_UP, "cookie": True}).status == 201
    other = server.anybody().call("POST", "/v1/sessions", SIGN_IN).json["access_token"]
    answer = browser.call("DELETE", "/v1/sessions/current", headers={"Authorization": f"Bearer {other}"})
    assert answer.status == 204 and "Set-Cookie" not in answer.headers
    assert browser.refresh().status == 201


def test_signing_out_ends_also_a_cookie_whose_successor_was_lost(signed_in):
    lost = signed_in.cookie
    token = signed_in.refresh().json["access_token"]
    signed_in.cookie = lost
    assert signed_in.call("DELETE", "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"}).status == 204
    assert signed_in.cookie == ""


def test_signing_out_needs_the_access_token(signed_in):
    assert signed_in.call("DELETE", "/v1/sessions/current").status == 401
    assert signed_in.refresh().status == 201


def test_a_session_of_a_browser_is_listed_exported_and_erased_like_others(server, signed_in):
    token = signed_in.refresh().json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert len(signed_in.call("GET", "/v1/me/sessions", headers=headers).json["items"]) == 1
    export = signed_in.call("GET", "/v1/me/export", headers=headers)
    assert export.status == 200 and signed_in.cookie.encode() not in export.body
    assert signed_in.call("DELETE", "/v1/me", {"password": "correct horse"}, headers).status == 204
    assert signed_in.refresh().status == 401


def test_behind_a_trusted_tls_proxy_the_cookie_is_secure(start):
    server = start({"http.trusted_proxies": "127.0.0.0/8"})
    browser = Browser(server, f"https://127.0.0.1:{server.port}")
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    assert browser.call("POST", "/v1/accounts", {**SIGN_UP, "cookie": True}, proxied).status == 201
    assert browser.kept["secure"]
    browser.origin = f"http://127.0.0.1:{server.port}"
    assert browser.refresh(**proxied).json["code"] == "cross_site"


def test_behind_a_tls_proxy_that_is_not_trusted_the_cookie_is_secure_too(server):
    browser = Browser(server, f"https://127.0.0.1:{server.port}")
    answer = browser.call("POST", "/v1/accounts", {**SIGN_UP, "cookie": True})
    assert answer.status == 201 and browser.kept["secure"]
    token = answer.json["session"]["access_token"]
    assert browser.refresh().status == 201 and browser.kept["secure"]
    assert browser.call("DELETE", "/v1/sessions/current", headers={"Authorization": f"Bearer {token}"}).status == 204
    assert browser.cookie == "" and browser.kept["secure"], "a browser lets only such a one take its place"
