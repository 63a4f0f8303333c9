"""Signing up with an Idempotency-Key can be repeated, and leaves no secret on the disk."""

import base64
import hashlib
import json
import pathlib

import pytest

from support.freshet import CHEAP_PASSWORDS, Person

KEY = {"Idempotency-Key": "signup-1"}
BODY = json.dumps({"username": "dora", "password": "a quite rare password", "display_name": "Dora"}).encode()


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def sign_up(server, body=BODY):
    return server.anybody().call("POST", "/v1/accounts", headers=KEY, raw=body)


def signed_in(server, answer):
    return Person(server, answer.json["session"]["access_token"]).call("GET", "/v1/me")


def test_each_answer_holds_the_same_account_and_a_session_that_works(server):
    answers = [sign_up(server), sign_up(server)]
    server.restart()
    answers.append(sign_up(server))
    assert [answer.status for answer in answers] == [201] * 3
    assert len({answer.json["account"]["id"] for answer in answers}) == 1
    for answer in answers:
        me = signed_in(server, answer)
        assert (me.status, me.json["username"]) == (200, "dora")
        refresh = {"refresh_token": answer.json["session"]["refresh_token"]}
        assert server.anybody().call("POST", "/v1/sessions/refresh", refresh).status == 201
    assert len({answer.json["session"]["refresh_token"] for answer in answers}) == 3


def test_another_body_under_the_same_key_is_refused(server):
    assert sign_up(server).status == 201
    for changed in (BODY.replace(b"dora", b"dori"), BODY.replace(b"rare", b"bare")):
        answer = sign_up(server, changed)
        assert (answer.status, answer.json["code"]) == (422, "idempotency_key_reused")
    assert server.anybody().call("GET", "/v1/accounts/lookup?username=dori").status == 404


def test_neither_tokens_nor_a_hash_of_the_body_are_on_the_disk(server):
    sessions = [sign_up(server).json["session"] for _ in range(2)]
    secrets = {"password": b"a quite rare password", "key": b"signup-1"}
    for number, session in enumerate(sessions):
        secrets[f"access token {number}"] = session["access_token"].encode()
        secrets[f"its signature {number}"] = session["access_token"].rsplit(".", 1)[1].encode()
        secrets[f"refresh token {number}"] = session["refresh_token"].encode()
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(algorithm, BODY).digest()
        secrets[f"{algorithm} as bytes"] = digest
        secrets[f"{algorithm} as hex"] = digest.hex().encode()
        secrets[f"{algorithm} as base64"] = base64.b64encode(digest).rstrip(b"=")
        secrets[f"{algorithm} as base64url"] = base64.urlsafe_b64encode(digest).rstrip(b"=")

    def assert_kept_nowhere():
        files = {path: path.read_bytes() for path in pathlib.Path(server.folder).rglob("*") if path.is_file()}
        database = b"".join(content for path, content in files.items() if path.name.startswith("freshet.sqlite"))
        assert b"dora" in database, "this is where accounts are"
        for path, content in files.items():
            found = [name for name, secret in secrets.items() if secret in content]
            assert not found, f"{path.name} holds: {found}"

    assert_kept_nowhere()
    assert server.stop() == 0
    assert_kept_nowhere()
