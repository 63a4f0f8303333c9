"""Portraits for those who have no picture of their own."""

import xml.etree.ElementTree as ElementTree

import pytest


def portrait(server, name):
    return server.anybody().call("GET", f"/avatars/{name}")


def test_everybody_has_a_portrait_that_stays(server, ana, ben):
    mine, bens = portrait(server, f"{ana.id}.svg"), portrait(server, f"{ben.id}.svg")
    assert mine.status == bens.status == 200
    assert mine.headers["Content-Type"] == "image/svg+xml"
    assert mine.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert mine.body != bens.body
    server.restart()
    assert portrait(server, f"{ana.id}.svg").body == mine.body


def test_portraits_differ_and_hold_nothing_that_acts(server):
    drawn = {portrait(server, f"{number}.svg").body for number in range(1, 60)}
    assert len(drawn) > 50
    for body in drawn:
        tree = ElementTree.fromstring(body)
        assert tree.get("viewBox")
        for element in tree.iter():
            assert element.tag.rpartition("}")[2] in {"svg", "rect", "path", "ellipse", "circle", "g"}
            assert not {name for name in element.attrib if name.startswith("on") or "href" in name or name == "style"}
    policy = portrait(server, "1.svg").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; sandbox"


def test_a_portrait_says_nothing_of_whether_there_is_somebody(server, ana):
    assert portrait(server, "12345.svg").status == portrait(server, f"{ana.id}.svg").status == 200
    assert ana.get("/v1/me")["avatar_url"] is None


@pytest.mark.parametrize("name", ["1", "ana.svg", "1.png", ".svg", "-1.svg", "99999999999999999999.svg", "%2e%2e%2fx.svg"])
def test_other_names_are_no_portraits(server, name):
    answer = portrait(server, name)
    assert answer.status == 404 and answer.headers["Content-Type"] == "application/problem+json"


def test_a_portrait_is_not_sent_twice(server):
    first = portrait(server, "7.svg")
    again = server.anybody().call("GET", "/avatars/7.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304 and again.body == b""
