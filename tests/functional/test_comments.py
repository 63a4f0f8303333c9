"""Comments: written, answered, edited, deleted, liked and paged through, by those who may see the post."""

import pytest

from support.freshet import wait_until


def comment(person, post, text, **members):
    answer = person.call("POST", f"/v1/posts/{post['id']}/comments", {"text": text, **members})
    assert answer.status == 201, answer
    return answer.json


def texts(person, post, order="newest", limit=20, **query):
    return [found["text"] for found in person.pages(f"/v1/posts/{post['id']}/comments", limit=limit, order=order, **query)]


def count(person, post):
    return person.get(f"/v1/posts/{post['id']}")["counts"]["comments"]


def like(person, found, method="PUT"):
    answer = person.call(method, f"/v1/comments/{found['id']}/like")
    assert answer.status == 200, answer
    return answer.json


def test_a_comment_stands_under_its_post_and_counts_at_once(ana, ben):
    post = ana.post("hello")
    made = comment(ben, post, "hi @ana, see https://example.com #fine")
    assert made["author"]["username"] == "ben" and made["post_id"] == post["id"] and not made["deleted"]
    assert [entity["type"] for entity in made["entities"]] == ["mention", "link", "hashtag"]
    assert count(ana, post) == 1
    assert ana.get(f"/v1/posts/{post['id']}/comments")["items"] == [made]
    assert ben.server.anybody().get(f"/v1/posts/{post['id']}/comments")["items"] == [made]


def test_a_repeated_request_makes_one_comment(ana, ben):
    post = ana.post("hello")
    answers = [
        ben.call("POST", f"/v1/posts/{post['id']}/comments", {"text": "once"}, {"Idempotency-Key": "k1"}) for _ in range(3)
    ]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert texts(ana, post) == ["once"] and count(ana, post) == 1


def test_replies_are_one_level_deep(ana, ben):
    post = ana.post("hello")
    top = comment(ben, post, "top")
    reply = comment(ana, post, "reply", reply_to=top["id"])
    deeper = comment(ben, post, "deeper", reply_to=reply["id"])
    assert reply["reply_to"] == deeper["reply_to"] == top["id"]
    assert texts(ana, post) == ["top"]
    assert texts(ana, post, "oldest", reply_to=top["id"]) == ["reply", "deeper"]
    assert ana.get(f"/v1/posts/{post['id']}/comments")["items"][0]["counts"]["replies"] == 2
    assert count(ana, post) == 3
    other = ana.post("another")
    refused = ben.call("POST", f"/v1/posts/{other['id']}/comments", {"text": "x", "reply_to": top["id"]})
    assert refused.status == 422 and refused.json["errors"][0]["code"] == "no_such_comment"


def test_an_edit_shows_when_it_was_made_and_is_for_the_author_alone(ana, ben):
    post = ana.post("hello")
    made = comment(ben, post, "before")
    assert made["edited_at"] is None
    edited = ben.call("PATCH", f"/v1/comments/{made['id']}", {"text": "after"})
    assert edited.status == 200 and edited.json["text"] == "after" and edited.json["edited_at"] >= made["created_at"]
    assert ana.call("PATCH", f"/v1/comments/{made['id']}", {"text": "mine"}).status == 403
    assert texts(ana, post) == ["after"]


def test_a_deleted_comment_leaves_a_tombstone_where_there_are_replies(ana, ben):
    post = ana.post("hello")
    answered, alone = comment(ben, post, "answered"), comment(ben, post, "alone")
    reply = comment(ana, post, "reply", reply_to=answered["id"])
    for found in (answered, alone):
        for _ in range(2):
            assert ben.call("DELETE", f"/v1/comments/{found['id']}").status == 204
    (tombstone,) = ana.get(f"/v1/posts/{post['id']}/comments")["items"]
    assert tombstone["deleted"] and tombstone["author"] is None and tombstone["text"] == ""
    assert count(ana, post) == 1
    assert ben.call("POST", f"/v1/posts/{post['id']}/comments", {"text": "x", "reply_to": answered["id"]}).status == 422
    assert ana.call("DELETE", f"/v1/comments/{reply['id']}").status == 204
    assert texts(ana, post) == [] and count(ana, post) == 0


def test_the_author_of_a_post_may_delete_what_stands_under_it_and_strangers_may_not(server, ana, ben):
    post = ana.post("hello")
    made = comment(ben, post, "rude")
    assert server.sign_up("cem").call("DELETE", f"/v1/comments/{made['id']}").status == 403
    assert ana.call("DELETE", f"/v1/comments/{made['id']}").status == 204
    assert texts(ben, post) == []


def test_a_like_of_a_comment_counts_once(ana, ben):
    post = ana.post("hello")
    made = comment(ben, post, "nice")
    for _ in range(3):
        liked = like(ana, made)
        assert liked["counts"]["likes"] == 1 and liked["viewer"]["liked"]
    assert not ben.get(f"/v1/posts/{post['id']}/comments")["items"][0]["viewer"]["liked"]
    for _ in range(2):
        assert like(ana, made, "DELETE")["counts"]["likes"] == 0


@pytest.mark.parametrize("order", ["newest", "oldest", "top"])
def test_pages_neither_repeat_nor_skip_while_comments_arrive_and_are_liked(server, ana, ben, order):
    post = ana.post("hello")
    made = [comment(ben, post, f"c{number}") for number in range(25)]
    for number in (3, 7, 11):
        like(ana, made[number])
    before = texts(ana, post, order, limit=100)
    seen, cursor = [], None
    while True:
        page = ana.get(f"/v1/posts/{post['id']}/comments", order=order, limit=4, **({"cursor": cursor} if cursor else {}))
        seen += [found["text"] for found in page["items"]]
        cursor = page["next"]
        if cursor is None or len(seen) > 100:
            break
        comment(ben, post, f"late{len(seen)}")
        like(ana, made[(len(seen) * 5) % 25])
        if len(seen) == 8:
            server.restart()
            ana.connection = ben.connection = None
    kept = [text for text in seen if not text.startswith("late")]
    assert kept == before
    assert len(seen) == len(set(seen))
    if order == "top":
        assert before[:3] == ["c11", "c7", "c3"] and kept == seen


def test_who_may_not_see_a_post_learns_nothing_of_its_comments(server, ana, ben):
    post = ana.post("for friends", privacy="friends")
    made = comment(ana, post, "mine")
    for method, path, body in [
        ("GET", f"/v1/posts/{post['id']}/comments", None),
        ("POST", f"/v1/posts/{post['id']}/comments", {"text": "x"}),
        ("PATCH", f"/v1/comments/{made['id']}", {"text": "x"}),
        ("DELETE", f"/v1/comments/{made['id']}", None),
        ("PUT", f"/v1/comments/{made['id']}/like", None),
        ("DELETE", f"/v1/comments/{made['id']}/like", None),
        ("GET", f"/v1/posts/{post['id']}/likes", None),
    ]:
        assert ben.call(method, path, body).status == 404, (method, path)
    ana.follow(ben)
    ben.follow(ana)
    assert texts(ben, post) == ["mine"]


def test_comments_outlive_the_process(server, ana, ben):
    post = ana.post("hello")
    made = comment(ben, post, "kept")
    like(ana, made)
    server.kill()
    server.start()
    ana.connection = ben.connection = None
    (found,) = ana.get(f"/v1/posts/{post['id']}/comments")["items"]
    assert found["text"] == "kept" and found["counts"]["likes"] == 1 and found["viewer"]["liked"]
    wait_until(lambda: count(ana, post) == 1, "the count")


def test_blocked_people_cannot_comment_on_each_others_posts_nor_meet_under_anothers(server, ana, ben):
    cem = server.sign_up("cem")
    post, bens, cems = ana.post("ana's"), ben.post("ben's"), cem.post("cem's")
    by_ben, by_cem = comment(ben, post, "by ben"), comment(cem, post, "by cem")
    under_bens = comment(cem, bens, "under ben's")
    assert ben.call("PUT", f"/v1/accounts/{cem.id}/block").status == 200
    wait_until(lambda: texts(ben, post) == ["by ben"] and texts(cem, post) == ["by cem"], "the block")
    assert texts(ana, post) == ["by cem", "by ben"]
    for person, other_post, other_comment in ((ben, cems, by_cem), (cem, bens, by_ben)):
        assert person.call("POST", f"/v1/posts/{other_post['id']}/comments", {"text": "x"}).status == 404
        assert person.call("PUT", f"/v1/comments/{other_comment['id']}/like").status == 404
        reply = {"text": "x", "reply_to": other_comment["id"]}
        assert person.call("POST", f"/v1/posts/{post['id']}/comments", reply).status == 422
    assert ben.call("DELETE", f"/v1/comments/{under_bens['id']}").status == 204, "it stands under ben's own post"


def test_shares_count_once_and_are_withdrawn(server, ana, ben):
    post = ana.post("hello")
    answer = ben.call("POST", f"/v1/posts/{post['id']}/shares", {})
    assert answer.status == 201, answer

    def shown(person):
        found = person.get(f"/v1/posts/{post['id']}")
        return found["counts"]["shares"], found["viewer"]["shared"]

    assert shown(ben) == (1, True) and shown(ana) == (1, False)
    assert ben.call("DELETE", f"/v1/posts/{post['id']}/shares/mine").status in (200, 204)
    assert shown(ben) == (0, False)
