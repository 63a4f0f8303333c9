"""What may keep answers, for whom and for how long."""

import pytest

from support.freshet import CHEAP_PASSWORDS, wait_until


@pytest.fixture
def server(start):
    return start({**CHEAP_PASSWORDS, "http_api.edge_lifetime": "60s"})


def paths(person, post):
    return {
        f"/v1/posts/{post['id']}": f"post-{post['id']}",
        f"/v1/posts/{post['id']}/comments": f"post-{post['id']}",
        f"/v1/accounts/{person.id}": f"account-{person.id}",
        f"/v1/accounts/{person.id}/posts": f"account-{person.id}",
        "/v1/hashtags/rivers/posts": "hashtag-rivers",
    }


def test_the_edge_keeps_what_strangers_get(server, ana):
    post = ana.post("a kingfisher #rivers")
    for path, key in paths(ana, post).items():
        answer = server.anybody().call("GET", path)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=60", path
        assert answer.headers["Surrogate-Key"] == key
        assert "Authorization" in answer.headers["Vary"]


def test_the_edge_keeps_nothing_of_who_is_signed_in(server, ana):
    post = ana.post("a kingfisher #rivers")
    for path in [*paths(ana, post), "/v1/feed", "/v1/me"]:
        answer = ana.call("GET", path)
        assert answer.status == 200
        assert "public" not in answer.headers["Cache-Control"] and "Surrogate-Key" not in answer.headers, path


def test_the_edge_keeps_no_errors(server, ana):
    post = ana.post("mine", privacy="private")
    answer = server.anybody().call("GET", f"/v1/posts/{post['id']}")
    assert answer.status == 404 and answer.headers["Cache-Control"] == "no-store"


def test_unless_configured_the_edge_keeps_nothing(start):
    ana = (server := start(CHEAP_PASSWORDS)).sign_up("ana")
    for path in paths(ana, ana.post("a kingfisher #rivers")):
        answer = server.anybody().call("GET", path)
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache, private"), path
        assert "Surrogate-Key" not in answer.headers


@pytest.mark.parametrize("order", ["ranked", "latest"])
def test_the_client_keeps_its_feed_and_asks_behind_it(server, ana, order):
    ana.post("one")
    wait_until(lambda: ana.get("/v1/feed", order=order)["items"], "the first post")
    first = ana.call("GET", f"/v1/feed?order={order}")
    assert first.headers["Cache-Control"] == "private, max-age=0, stale-while-revalidate=300"
    again = ana.call("GET", f"/v1/feed?order={order}", headers={"If-None-Match": first.headers["ETag"]})
    if order == "latest":  # ranked scores fade from moment to moment
        assert again.status == 304 and again.body == b""
    ana.post("two")

    def changed():
        answer = ana.call("GET", f"/v1/feed?order={order}", headers={"If-None-Match": first.headers["ETag"]})
        return answer.status == 200 and len(answer.json["items"]) == 2

    wait_until(changed, "the new post")
