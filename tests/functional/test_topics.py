"""Posts are found by their hashtags, in every script, and by whom they mention."""

import urllib.parse

import pytest


def tagged(person, tag, limit=20):
    return [post["text"] for post in person.pages(f"/v1/hashtags/{urllib.parse.quote(tag, safe='')}/posts", limit)]


@pytest.mark.parametrize("written, asked", [
    ("Rivers", "rIVERS"), ("ΟΔΟΣ", "οδος"), ("РЕКА", "река"), ("Straße", "STRASSE"), ("नदी", "नदी"),
    ("ＲＩＶＥＲ", "river"), ("cafe\u0301", "CAFÉ"), ("川", "#川"),
])
def test_a_tag_is_found_however_it_is_spelt(server, ana, written, asked):
    ana.post(f"see #{written}")
    ana.post("see nothing")
    assert tagged(server.anybody(), asked) == [f"see #{written}"]


def test_a_page_of_a_tag_shows_what_its_reader_may_see(server, ana, ben):
    ben.post("#t public")
    ben.post("#t friends", privacy="friends")
    ben.post("#t private", privacy="private")
    assert tagged(ana, "t") == ["#t public"]
    ana.follow(ben)
    ben.follow(ana)
    assert tagged(ana, "t") == ["#t friends", "#t public"]
    assert tagged(ben, "t", limit=1) == ["#t private", "#t friends", "#t public"]


def test_an_edit_moves_a_post_from_one_tag_to_another(server, ana):
    post = ana.post("#one #both")
    ana.call("PATCH", f"/v1/posts/{post['id']}", {"text": "#two #both"})
    assert (tagged(ana, "one"), tagged(ana, "two"), tagged(ana, "both")) == ([], ["#two #both"], ["#two #both"])


def test_mentions_are_whose_name_it_was_and_only_what_they_may_see(server, ana, ben):
    post = ben.post("hello @Ana and @nobody")
    mention, unknown = post["entities"]
    assert mention == {"type": "mention", "start": 6, "end": 10, "username": "ana", "account_id": ana.id}
    assert "account_id" not in unknown
    hidden = ben.post("@ana, for friends", privacy="friends")
    assert [p["id"] for p in ana.pages("/v1/me/mentions")] == [post["id"]]
    ana.follow(ben)
    ben.follow(ana)
    assert [p["id"] for p in ana.pages("/v1/me/mentions", limit=1)] == [hidden["id"], post["id"]]
    ben.call("PATCH", f"/v1/posts/{post['id']}", {"text": "hello"})
    ben.delete(hidden)
    assert ana.pages("/v1/me/mentions") == []
    assert server.anybody().call("GET", "/v1/me/mentions").status == 401


def test_a_tag_has_a_length(server, ana):
    assert ana.call("GET", f"/v1/hashtags/{'x' * 401}/posts").status == 422
    assert ana.get("/v1/hashtags/unused/posts") == {"items": [], "next": None}
