"""The page that the program carries, beside the API."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

NAVIGATION = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def fetch(server, path, method="GET", accept=NAVIGATION, **headers):
    sent = {"Accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return server.anybody().call(method, path, headers=sent)


def assets(server):
    """The scripts and styles that the page names."""
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', fetch(server, "/").body.decode())


WEB = Path(__file__).resolve().parents[2] / "web"

# Only a program that is wrong is told these.
MISTAKES = {
    "invalid_idempotency_key", "malformed_json", "malformed_query", "not_acceptable", "unsupported_media_type",
}


def refusals(document, sources):
    """The codes from 400 to 499, and the particular ones from 500 on, that the routes named in `sources` declare."""
    codes = set()
    for path, operations in document["paths"].items():
        # The page makes some paths of their beginning and a verb.
        if not re.search(re.escape(path) + r"[\"`?]|" + re.escape(path.rpartition("/")[0]) + r"/\$\{", sources):
            continue
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    codes |= set(re.findall(r"`(\w+)`", answer["description"]))
    return codes


def is_page(answer):
    return answer.status == 200 and b'<div id="root"' in answer.body


@pytest.mark.parametrize("path", [
    "/", "/index.html", "/sign-in", "/posts/1", "/@ana", "/@ana.b", "/tags/rivers", "/tags/%E5%B7%9D", "/settings/privacy",
    "/admin/topics", "/search?q=x", "/notifications/", "/v2",
])
def test_every_address_of_the_page_is_the_page(server, path):
    answer = fetch(server, path)
    assert is_page(answer), answer
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_page_lets_nothing_but_pictures_in_from_elsewhere(server):
    answer = fetch(server, "/posts/1")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'" and policy["trusted-types"] == "freshet-worker"
    assert policy["worker-src"] == "'self'"
    assert policy.pop("img-src") == "'self' https:", "people's pictures may stand elsewhere"
    assert "unsafe" not in str(policy) and "http" not in str(policy) and "*" not in str(policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    text = answer.body.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_the_worker_is_asked_for_anew_and_asks_this_server_alone(server):
    answer = fetch(server, "/sw.js", accept="*/*")
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; connect-src 'self'; ")
    script = answer.body.decode()
    assert all(name in script for name in assets(server)), "all that the page is made of opens without the server"
    index = base64.b64encode(hashlib.sha256(fetch(server, "/").body).digest()).decode()
    assert f"sha256-{index}" in script
    assert fetch(server, "/sw.js", accept="*/*", If_None_Match=answer.headers["ETag"]).status == 304


def test_assets_are_kept_for_ever(server):
    names = assets(server)
    assert any(name.endswith(".js") for name in names)
    for name in names:
        answer = fetch(server, name, accept="*/*")
        assert answer.status == 200 and answer.body
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[name.rsplit(".", 1)[1]]
        assert answer.headers["Content-Type"].startswith(kind)


def test_the_page_can_be_put_on_the_home_screen(server):
    page = fetch(server, "/").body.decode()
    (address,) = re.findall(r'<link rel="manifest" href="([^"]+)"', page)
    answer = fetch(server, address, accept="*/*")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "manifest-src 'self'" in fetch(server, "/").headers["Content-Security-Policy"]
    manifest = json.loads(answer.body)
    assert manifest["name"] and manifest["short_name"] and manifest["display"] == "standalone"
    assert is_page(fetch(server, manifest["start_url"]))
    icons = [(icon["src"], icon["type"]) for icon in manifest["icons"]]
    assert {kind for _, kind in icons} == {"image/png", "image/svg+xml"}
    for name, kind in [*icons, *((name, None) for name in re.findall(r'<link rel="[a-z-]*icon" href="([^"]+)"', page))]:
        icon = fetch(server, name, accept="image/*")
        assert icon.status == 200 and kind in (None, icon.headers["Content-Type"]), name


def test_gzip_is_sent_to_who_takes_it(server):
    scripts = [name for name in assets(server) if name.endswith(".js")]
    script = max(scripts, key=lambda name: len(fetch(server, name).body))
    plain = fetch(server, script)
    assert "Content-Encoding" not in plain.headers and plain.headers["Vary"] == "Accept-Encoding"
    small = fetch(server, script, Accept_Encoding="gzip, br")
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.body) == plain.body and len(small.body) < len(plain.body) / 2
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in fetch(server, script, Accept_Encoding="gzip;q=0").headers


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_a_browser_has_is_not_sent_again(server, coding):
    for path in ("/", "/posts/1", *assets(server)):
        first = fetch(server, path, Accept_Encoding=coding)
        again = fetch(server, path, Accept_Encoding=coding, If_None_Match=first.headers["ETag"])
        assert again.status == 304 and again.body == b"", path
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert fetch(server, path, Accept_Encoding=coding, If_None_Match='"other"').status == 200


def test_head_has_the_fields_and_no_body(server):
    for path in ("/", *assets(server)):
        whole, head = fetch(server, path), fetch(server, path, "HEAD")
        assert head.status == 200 and head.body == b""
        for field in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
            assert head.headers[field] == whole.headers[field], field


@pytest.mark.parametrize("method, path, accept", [
    ("GET", "/v1/nothing", NAVIGATION), ("GET", "/v1", NAVIGATION), ("GET", "/v1/accounts/1", "application/json"),
    ("GET", "/nothing", "application/json"), ("GET", "/nothing", "*/*"), ("GET", "/assets/gone-1234.js", NAVIGATION),
    ("GET", "/assets/", NAVIGATION), ("GET", "/favicon.png", NAVIGATION),
    ("POST", "/posts/1", NAVIGATION), ("DELETE", "/", NAVIGATION),
])
def test_what_is_not_the_pages_stays_a_problem(server, method, path, accept):
    answer = fetch(server, path, method, accept)
    assert answer.status in (404, 405), answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["code"]


def test_routes_come_before_the_page(server, ana):
    assert fetch(server, "/docs").body.startswith(b"<!doctype html>") and b"/v1/feed" in fetch(server, "/docs").body
    assert fetch(server, "/openapi.json", accept="*/*").json["openapi"].startswith("3.1")
    assert fetch(server, "/healthz").status == 200 and not is_page(fetch(server, "/healthz"))
    assert not is_page(fetch(server, "/metrics"))
    assert fetch(server, f"/v1/accounts/{ana.id}", accept="*/*").json["username"] == "ana"


def test_how_the_page_is_asked_for_is_measured_as_such(server):
    fetch(server, "/sign-in")
    metrics = server.anybody().call("GET", "/metrics").body.decode()
    assert re.search(r'freshet_api_requests_total\{route="page",status="2xx"\} 1\b', metrics)


def test_an_installation_can_do_without_the_page(start):
    server = start({"web.enabled": "false"})
    for path in ("/", "/posts/1", "/index.html", "/sw.js"):
        answer = fetch(server, path)
        assert answer.status == 404 and answer.headers["Content-Type"] == "application/problem+json"
    assert fetch(server, "/docs").status == 200


def test_an_installation_can_do_without_pictures_from_elsewhere(start):
    server = start({"web.images_from_elsewhere": "false"})
    for path in ("/", "/posts/1"):
        assert "; img-src 'self'; " in fetch(server, path).headers["Content-Security-Policy"]


def test_the_page_has_words_for_whatever_the_server_refuses(server):
    sources = "".join(file.read_text() for file in sorted(WEB.glob("src/**/*.ts*")))
    codes = refusals(fetch(server, "/openapi.json", accept="*/*").json, sources)
    assert {"following_limit", "wrong_password", "not_found", "rate_limited"} <= codes
    # The page tells these by their status.
    by_status = {
        "unauthenticated", "invalid_refresh_token", "no_session_cookie", "not_found", "gone", "invalid", "rate_limited",
        "internal", "deadline", "unavailable",
    }
    texts = {language: (WEB / f"src/i18n/{language}.ts").read_text() for language in ("en", "de")}
    for language, text in texts.items():
        known = set(re.findall(r'^  "(?:problem|field)\.(\w+)":', text, re.MULTILINE))
        assert codes - known - by_status - MISTAKES == set(), language


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/v1/accounts", {"username": "n n", "password": "x", "display_name": " ", "email": "nobody"}),
    ("POST", "/v1/accounts", {"username": "x" * 200, "password": "x" * 5000, "display_name": "x" * 500}),
    ("POST", "/v1/accounts", {"username": "", "password": "", "display_name": ""}),
    ("PATCH", "/v1/me", {"display_name": "", "bio": "x" * 5000, "avatar_url": "nothing", "email": "nobody"}),
    ("POST", "/v1/posts", {"text": "x" * 20000}),
    ("POST", "/v1/posts", {"text": ""}),
    ("POST", "/v1/posts", {"text": "\0", "location": {"name": "x" * 500, "lat": 91, "lng": 0}}),
    ("POST", "/v1/posts", {"text": "x", "quote_of": "1"}),
    ("PUT", "/v1/me/muted-words", {"words": [{"word": "!"}]}),
    ("PUT", "/v1/me/muted-words", {"words": [{"word": "x", "expires_at": "2000-01-01T00:00:00Z"}]}),
    ("POST", "/v1/me/password", {"current": "secret", "new": "x"}),
])
def test_the_page_has_words_for_what_is_wrong_with_a_field(ana, method, path, body):
    answer = ana.call(method, path, body)
    assert answer.status == 422, answer
    for language in ("en", "de"):
        text = (WEB / f"src/i18n/{language}.ts").read_text()
        for error in answer.json["errors"]:
            assert f'"field.{error["code"]}":' in text, (language, error)
            if error["code"] == "invalid":
                assert f'"field.{error["field"].rpartition("/")[2]}.invalid":' in text, (language, error)
