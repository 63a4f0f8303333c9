"""Hashtags are found by their beginnings, while somebody writes."""

import pytest
from support.freshet import wait_until


def found(person, q, **query):
    return [(item["tag"], item["uses"]) for item in person.get("/v1/hashtags/search", q=q, **query)["items"]]


def test_the_most_used_come_first(server, ana, ben):
    ana.post("#river #rivers")
    ben.post("#rivers #road")
    ben.post("#rivers #Rivers, twice in one post")
    assert found(server.anybody(), "riv") == [("rivers", 3), ("river", 1)]
    assert found(server.anybody(), "r") == [("rivers", 3), ("river", 1), ("road", 1)]
    assert found(server.anybody(), "r", limit=1) == [("rivers", 3)]
    assert found(server.anybody(), "ivers") == []


@pytest.mark.parametrize("written, asked, tag", [
    ("Café", "CAFE", "café"), ("ΟΔΟΣ", "οδ", "οδοσ"), ("Łódź", "#lo", "łódź"), ("川", "川", "川"), ("Straße", "stras", "strasse"),
])
def test_case_and_accents_do_not_matter(server, ana, written, asked, tag):
    ana.post(f"see #{written}")
    assert found(server.anybody(), asked) == [(tag, 1)]


def test_uses_follow_what_becomes_of_posts(server, ana):
    first, second = ana.post("#tide"), ana.post("#tide")
    path = f"/v1/posts/{second['id']}"
    assert found(ana, "tide") == [("tide", 2)]
    assert ana.call("PATCH", path, {"privacy": "private"}).status == 200
    assert found(ana, "tide") == [("tide", 1)]
    assert ana.call("PATCH", path, {"privacy": "public", "text": "#tidal"}).status == 200
    assert found(ana, "tid") == [("tidal", 1), ("tide", 1)]
    ana.delete(first)
    assert found(ana, "tid") == [("tidal", 1)]
    assert ana.call("POST", f"/v1/posts/{first['id']}/restore").status == 200
    assert found(ana, "tid") == [("tidal", 1), ("tide", 1)]
    server.restart()
    ana.connection = None
    assert found(ana, "tid") == [("tidal", 1), ("tide", 1)]


def test_a_share_is_no_use(server, ana, ben):
    post = ana.post("#tide")
    assert ben.call("POST", f"/v1/posts/{post['id']}/shares", {}).status == 201
    assert found(ben, "tide") == [("tide", 1)]


def test_a_tag_that_only_a_closed_account_uses_is_for_its_followers(server, ana, ben):
    ana.post("#hermitage")
    assert ana.call("PATCH", "/v1/me", {"private": True}).status == 200
    assert found(ana, "herm") == [("hermitage", 1)]
    assert found(ben, "herm") == [] and found(server.anybody(), "herm") == []
    ben.post("#hermitage")
    assert found(server.anybody(), "herm") == [("hermitage", 2)]


def test_an_erased_account_takes_its_uses_along(server, ana, ben):
    ana.post("#tide")
    ben.post("#tide")
    assert ana.call("DELETE", "/v1/me", {"password": "correct horse"}).status == 204
    wait_until(lambda: found(ben, "tide") == [("tide", 1)], "the erased posts to be counted no more")


def test_where_very_many_tags_begin_alike_the_most_used_are_found(server, ana, ben):
    for at in range(0, 2100, 50):
        ana.post(" ".join(f"#a{number:04}" for number in range(at, at + 50)))
    ben.post("#a1999 #a0001 #b0001")
    ben.post("#a1999")
    assert found(ben, "a", limit=3) == [("a1999", 3), ("a0001", 2), ("a0000", 1)]


@pytest.mark.parametrize("query", ["", "?q=", "?q=" + "x" * 101, "?q=a&limit=0", "?q=a&limit=51", "?q=a&other=1"])
def test_wrong_queries_are_refused(server, query):
    assert server.anybody().call("GET", "/v1/hashtags/search" + query).status == 422
