"""Every declared route, attacked: generated from /openapi.json, so that a new route is covered by being declared."""

import http.client
import itertools
import json

import pytest

HOSTILE_TEXTS = ["\u0000", "x" * 70_000, "'; DROP TABLE posts; --", "../../../etc/passwd", "<script>alert(1)</script>", "𝕏" * 6000]


@pytest.fixture
def world(server):
    ana = server.sign_up("ana")
    ana.post("a post")
    return server, ana, server.anybody().get("/openapi.json")


def resolve(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def routes(document):
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield method.upper(), path, route


def concrete(path, account):
    return path.replace("{id}", account["id"]).replace("{account_id}", account["id"]).replace("{username}", account["username"])


def body_schema(document, route):
    content = route.get("requestBody", {}).get("content", {}).get("application/json")
    return resolve(document, content["schema"]) if content else None


def kinds_of(document, schema):
    """The JSON types that the schema allows."""
    schema = resolve(document, schema)
    choices = schema.get("anyOf", []) + schema.get("oneOf", [])
    kind = schema.get("type", [])
    own = kind if isinstance(kind, list) else [kind]
    return own + [kind for choice in choices for kind in kinds_of(document, choice)]


def example(document, schema):
    """The smallest body that the schema allows."""
    schema = resolve(document, schema)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: example(document, schema["properties"][name]) for name in schema.get("required", [])}
    if kind == "array":
        return [example(document, schema["items"])] * max(schema.get("minItems", 0), 1)
    if kind == "string":
        return "a" * max(schema.get("minLength", 1), 8)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return True


def counts(server, ana):
    """What must not have changed."""
    me = ana.get("/v1/me")
    return me["followers_count"], me["following_count"], me["posts_count"], ana.feed_ids(), me["display_name"]


def assert_problem(answer, statuses, what):
    assert answer.status in statuses, f"{what}: {answer}"
    assert answer.headers["Content-Type"].startswith("application/problem+json"), what
    problem = answer.json
    assert problem["status"] == answer.status and problem["code"] and problem["title"] and problem["request_id"], what
    return problem


def test_the_document_describes_every_route_with_its_scope_and_failures(world):
    _, _, document = world
    assert document["openapi"].startswith("3.1")
    for method, path, route in routes(document):
        assert route["summary"], (method, path)
        assert route["x-freshet-scope"] in {"public", "read", "write", "admin"}
        assert "default" in route["responses"] or "500" in route["responses"] or "401" in route["responses"]


def test_wrong_bodies_are_refused_naming_the_member(world):
    server, ana, document = world
    admin = server.admin("ana")
    before = counts(server, ana)
    tried = 0
    for method, path, route in routes(document):
        schema = body_schema(document, route)
        if schema is None:
            continue
        what = f"{method} {path}"
        target = concrete(path, ana.account)
        good = example(document, schema)
        for raw in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"{" * 1000, b'{"a":1,"a":2}'):
            assert_problem(admin.call(method, target, raw=raw), {400, 422}, f"{what} {raw!r}")
        problem = assert_problem(admin.call(method, target, {**good, "no_such_member": 1}), {422}, what)
        assert any("no_such_member" in error["field"] for error in problem["errors"]), what
        for name, member in schema["properties"].items():
            for wrong in ([], {}, 12345678901234567890, True, None):
                problem = admin.call(method, target, {**good, name: wrong})
                kinds = kinds_of(document, member)
                if (isinstance(wrong, bool) and "boolean" in kinds) or (isinstance(wrong, list) and "array" in kinds and not resolve(document, member).get("minItems")):
                    continue
                if (wrong is None and "null" in kinds) or (wrong == {} and "object" in kinds):
                    continue
                problem = assert_problem(problem, {422, 400}, f"{what} {name}={wrong!r}")
                assert any(error["field"].startswith(f"/{name}") for error in problem["errors"]), f"{what} {name}={wrong!r}: {problem}"
                tried += 1
            if name in schema.get("required", []):
                missing = {key: value for key, value in good.items() if key != name}
                problem = assert_problem(admin.call(method, target, missing), {422}, f"{what} without {name}")
                assert any(error["field"] == f"/{name}" for error in problem["errors"])
        answer = admin.call(method, target, good, headers={"Content-Type": "text/plain"})
        assert_problem(answer, {415}, what)
        try:
            oversized = admin.call(method, target, raw=b'{"x":"' + b"y" * (17 << 20) + b'"}')
            assert_problem(oversized, {413}, what)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            pass  # the server need not read what it will not take
        admin.connection = None
    assert tried > 20
    assert counts(server, ana) == before


def test_hostile_texts_break_nothing(world):
    server, ana, document = world
    for method, path, route in routes(document):
        schema = body_schema(document, route)
        if schema is None or "admin" in path:
            continue
        good = example(document, schema)
        for name, text in itertools.product(schema["properties"], HOSTILE_TEXTS):
            answer = ana.call(method, concrete(path, ana.account), {**good, name: text})
            assert answer.status < 500, f"{method} {path} {name}={text[:30]!r}: {answer}"
            ana.connection = None
    assert server.anybody().get("/readyz")["status"] == "ok"


def test_unknown_and_wrong_query_parameters_are_named(world):
    server, ana, document = world
    admin = server.admin("ana")
    for method, path, route in routes(document):
        if method != "GET" or path == "/v1/stream":
            continue
        target = concrete(path, ana.account)
        problem = assert_problem(admin.call(method, target + "?no_such_parameter=1"), {422}, f"{method} {path}")
        assert any(error["field"] == "no_such_parameter" for error in problem["errors"]), path
        for parameter in route.get("parameters", []):
            if parameter["in"] != "query":
                continue
            schema = resolve(document, parameter["schema"])
            if parameter["name"] == "cursor":
                wrong = ["x", "AAAA", "%00", "A" * 5000]
            elif schema.get("type") == "integer":
                wrong = ["x", "-1", "0", "101", "99999999999999999999", "1.5", ""]
            elif "enum" in schema:
                wrong = ["no_such_word"]
            else:
                continue
            for value in wrong:
                answer = admin.call(method, f"{target}?{parameter['name']}={value}")
                assert_problem(answer, {422, 400, 404}, f"{method} {path} {parameter['name']}={value}")
            repeated = admin.call(method, f"{target}?{parameter['name']}=1&{parameter['name']}=2")
            assert_problem(repeated, {422, 400}, f"{method} {path} twice {parameter['name']}")


@pytest.mark.parametrize("segment", ["0", "-1", "x", "99999999999999999999", "01", "%00", "%2e%2e", "a%2fb", "𝕏".encode().hex()])
def test_wrong_path_parameters_name_nothing(world, segment):
    server, ana, document = world
    admin = server.admin("ana")
    for method, path, route in routes(document):
        if "{id}" not in path:
            continue
        schema = body_schema(document, route)
        answer = admin.call(method, path.replace("{id}", segment), example(document, schema) if schema else None)
        assert_problem(answer, {404, 400, 422}, f"{method} {path} {segment}")


def test_every_route_answers_each_kind_of_token_as_it_declares(world):
    server, ana, document = world
    scoped = {
        scope: server.token("ana", scope) for scope in ("read", "write", "admin", "read,write", "read,write,admin")
    }
    header, claims, signature = ana.token.split(".")
    forged = f"{header}.{claims}.{'A' * len(signature)}"
    for method, path, route in routes(document):
        scope = route["x-freshet-scope"]
        target = concrete(path, ana.account)
        what = f"{method} {path}"
        schema = body_schema(document, route)

        def call(token):
            headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
            return server.anybody().call(method, target, {"no_such_member": 1} if schema else None, headers)

        bad = call(forged)
        assert_problem(bad, {401}, f"{what} forged")
        assert "WWW-Authenticate" in bad.headers
        if scope == "public":
            assert call(None).status not in (401, 403) or path in ("/v1/stream", "/admin/claim"), what
            continue
        assert_problem(call(None), {401}, f"{what} without a token")
        for scopes, token in scoped.items():
            if path.startswith("/v1/sessions/current") or "grant-admin" in path or "replay" in path or "imports" in path:
                if scope in scopes.split(","):
                    continue  # it would do what it is for
            answer = call(token)
            if scope in scopes.split(","):
                assert answer.status not in (401, 403), f"{what} with {scopes}: {answer}"
            else:
                assert_problem(answer, {403}, f"{what} with {scopes}")


def test_other_methods_and_paths_are_refused_with_what_is_allowed(world):
    server, ana, document = world
    for path, methods in document["paths"].items():
        target = concrete(path, ana.account)
        missing = {"GET", "POST", "PUT", "PATCH", "DELETE"} - {method.upper() for method in methods}
        for method in missing:
            answer = ana.call(method, target, {} if method in {"POST", "PUT", "PATCH"} else None)
            if answer.status == 404:
                continue  # another template matches and its parameter is wrong
            assert_problem(answer, {405}, f"{method} {path}")
            assert answer.headers["Allow"]
    for path in ("/nothing", "/v1", "/v1/", "//v1/me", "/v1/me/", "/v1/%zz"):
        assert_problem(ana.call("GET", path), {404, 400}, path)


def test_the_reference_page_shows_every_route(world):
    server, _, document = world
    page = server.anybody().call("GET", "/docs")
    assert page.status == 200 and page.headers["Content-Type"].startswith("text/html")
    text = page.body.decode()
    for _, path, route in routes(document):
        assert path in text and route["summary"] in text


def test_errors_carry_the_callers_request_id(server):
    answer = server.anybody().call("GET", "/v1/me", headers={"X-Request-Id": "abc-123"})
    assert answer.headers["X-Request-Id"] == "abc-123"
    assert answer.json["request_id"] == "abc-123"


def test_single_things_are_revalidated_by_etag(server, ana):
    post = ana.post("same")
    first = ana.call("GET", f"/v1/posts/{post['id']}")
    again = ana.call("GET", f"/v1/posts/{post['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_rate_limits_are_told_and_kept(start):
    server = start({"rate_limits.enabled": "true"})
    answers = [
        server.anybody().call("POST", "/v1/sessions", {"username": "nobody", "password": "wrong password"}) for _ in range(12)
    ]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused and int(refused[0].headers["Retry-After"]) > 0
    assert_problem(refused[0], {429}, "sign in")
    assert "RateLimit-Remaining" in answers[0].headers
