"""Follows, requests, blocks and mutes: who sees whom, and what stands in whose home."""

import pytest

from support.freshet import CHEAP_PASSWORDS, Server, now, wait_until


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("graph") / "data", {**CHEAP_PASSWORDS}).start()
    yield running
    running.kill()


@pytest.fixture
def sign_up(server, request):
    names = iter(range(1000))
    prefix = f"g{abs(hash(request.node.name)) % 10**8}_"

    def make(private=False):
        person = server.sign_up(f"{prefix}{next(names)}")
        if private:
            answer = person.call("PATCH", "/v1/me", {"private": True})
            assert answer.status == 200, answer
        return person

    return make


def put(person, path, body=None):
    answer = person.call("PUT", path, body)
    assert answer.status == 200, answer
    return answer.json


def remove(person, path):
    answer = person.call("DELETE", path)
    assert answer.status == 200, answer
    return answer.json


def relationship(person, other):
    return person.get(f"/v1/accounts/{other.id}")["relationship"]


def usernames(items):
    return [item["username"] for item in items]


def status(person, path):
    return person.call("GET", path).status


def in_home(person, post, there=True):
    """Waits until the post is in the home, or is not."""
    wait_until(lambda: (post["id"] in person.feed_ids()) == there, f"the post to be in home: {there}")


def test_a_private_account_is_asked_and_shows_its_posts_to_whom_it_accepts(sign_up):
    ana, ben, eve = sign_up(private=True), sign_up(), sign_up()
    post = ana.post("for those whom I let in")
    assert ben.follow(ana) == {
        "following": False,
        "requested": True,
        "followed_by": False,
        "friend": False,
        "blocking": False,
        "muting": False,
    }
    assert ben.follow(ana)["requested"], "asking again changes nothing"
    eve.follow(ana)
    assert usernames(ana.pages("/v1/follow-requests", limit=1)) == usernames([eve.account, ben.account])
    assert ben.call("GET", f"/v1/posts/{post['id']}").status == 404
    assert status(ben, f"/v1/accounts/{ana.id}/followers") == 403
    assert ben.get(f"/v1/accounts/{ana.id}/posts")["items"] == []

    accepted = put(ana, f"/v1/follow-requests/{ben.id}")["relationship"]
    assert accepted["followed_by"]
    assert put(ana, f"/v1/follow-requests/{ben.id}")["relationship"]["followed_by"], "accepting again changes nothing"
    remove(ana, f"/v1/follow-requests/{eve.id}")
    remove(ana, f"/v1/follow-requests/{eve.id}")
    assert ana.pages("/v1/follow-requests") == []
    assert ana.call("PUT", f"/v1/follow-requests/{eve.id}").status == 404
    assert not relationship(eve, ana)["requested"]

    assert relationship(ben, ana)["following"]
    in_home(ben, post)
    assert usernames(ben.pages(f"/v1/accounts/{ana.id}/followers")) == usernames([ben.account])
    assert status(eve, f"/v1/posts/{post['id']}") == 404
    ben.unfollow(ana)
    in_home(ben, post, there=False)
    assert status(ben, f"/v1/posts/{post['id']}") == 404


def test_a_request_can_be_taken_back(sign_up):
    ana, ben = sign_up(private=True), sign_up()
    ben.follow(ana)
    assert not ben.unfollow(ana)["requested"]
    assert ana.pages("/v1/follow-requests") == []


def test_becoming_public_accepts_everybody_who_asked(sign_up):
    ana, people = sign_up(private=True), [sign_up() for _ in range(3)]
    post = ana.post("soon for everybody")
    for person in people:
        person.follow(ana)
    ana.call("PATCH", "/v1/me", {"private": False})
    wait_until(lambda: ana.get("/v1/me")["followers_count"] == 3, "the requests to be accepted")
    assert ana.pages("/v1/follow-requests") == []
    for person in people:
        in_home(person, post)
    ana.call("PATCH", "/v1/me", {"private": True})
    assert relationship(people[0], ana)["following"], "who follows goes on following"
    assert status(people[0], f"/v1/posts/{post['id']}") == 200


def test_a_block_ends_everything_between_two_and_hides_them_from_each_other(sign_up):
    ana, ben, cleo = sign_up(), sign_up(), sign_up()
    ana.follow(ben), ben.follow(ana), cleo.follow(ana), cleo.follow(ben)
    by_ana, by_ben = ana.post("by ana"), ben.post("by ben")
    in_home(ben, by_ana), in_home(ana, by_ben)

    now = put(ana, f"/v1/accounts/{ben.id}/block")["relationship"]
    assert now["blocking"] and not now["following"] and not now["followed_by"]
    put(ana, f"/v1/accounts/{ben.id}/block")
    in_home(ben, by_ana, there=False), in_home(ana, by_ben, there=False)
    for reader, post, author in ((ben, by_ana, ana), (ana, by_ben, ben)):
        assert status(reader, f"/v1/posts/{post['id']}") == 404
        assert reader.get("/v1/posts", ids=post["id"])["items"] == []
        page = reader.call("GET", f"/v1/accounts/{author.id}/posts")
        assert (page.status, page.status == 200 and page.json["items"]) == ((200, []) if reader is ana else (404, False))
        assert reader.call("PUT", f"/v1/posts/{post['id']}/like").status == 404
    assert status(ben, f"/v1/accounts/{ana.id}") == 404
    assert status(ben, f"/v1/accounts/{ana.id}/followers") == 404
    assert status(ana, f"/v1/accounts/{ben.id}/followers") == 403
    assert ben.call("PUT", f"/v1/accounts/{ana.id}/follow").status == 404
    assert ana.call("PUT", f"/v1/accounts/{ben.id}/follow").json["code"] == "blocking"
    assert usernames(ana.pages("/v1/me/blocks")) == usernames([ben.account])
    assert ben.pages("/v1/me/blocks") == []
    assert ana.get("/v1/me")["followers_count"] == 1 and ben.get("/v1/me")["following_count"] == 0
    # In the lists of others they do not meet either.
    ana.follow(cleo), ben.follow(cleo)
    assert usernames(ana.pages(f"/v1/accounts/{cleo.id}/followers", limit=1)) == usernames([ana.account])
    assert usernames(ben.pages(f"/v1/accounts/{cleo.id}/followers", limit=1)) == usernames([ben.account])
    assert len(cleo.pages(f"/v1/accounts/{cleo.id}/followers")) == 2

    assert not remove(ana, f"/v1/accounts/{ben.id}/block")["relationship"]["blocking"]
    assert status(ben, f"/v1/posts/{by_ana['id']}") == 200
    assert not relationship(ben, ana)["following"], "what the block ended stays ended"


def test_a_block_ends_requests(sign_up):
    ana, ben = sign_up(private=True), sign_up()
    ben.follow(ana)
    put(ana, f"/v1/accounts/{ben.id}/block")
    assert ana.pages("/v1/follow-requests") == []
    remove(ana, f"/v1/accounts/{ben.id}/block")
    assert not relationship(ben, ana)["requested"]


def test_whoever_is_muted_is_not_in_home_and_pages_have_no_holes(sign_up):
    ana, ben, cleo = sign_up(), sign_up(), sign_up()
    ana.follow(ben), ana.follow(cleo)
    posts = [(ben if i % 3 else cleo).post(f"post {i}") for i in range(24)]
    in_home(ana, posts[-1]), in_home(ana, posts[0])
    now = put(ana, f"/v1/accounts/{ben.id}/mute", {})["relationship"]
    assert now["muting"] and now["following"]
    by_cleo = [post["id"] for post in reversed(posts) if post["author"]["id"] == cleo.id]
    for limit in (1, 3, 5, 100):
        assert ana.feed_ids(limit) == by_cleo
    assert ana.get("/v1/feed", limit=5)["items"][4]["post"]["id"] == by_cleo[4], "a page is full while there is more"
    assert status(ana, f"/v1/posts/{posts[1]['id']}") == 200, "who looks for it finds it"
    muted = ana.pages("/v1/me/mutes")
    assert [item["account"]["id"] for item in muted] == [ben.id] and "expires_at" not in muted[0]
    assert not relationship(ben, ana)["muting"]
    assert not remove(ana, f"/v1/accounts/{ben.id}/mute")["relationship"]["muting"]
    assert len(ana.feed_ids(100)) == len(posts)


def test_a_mute_ends_by_itself(sign_up):
    ana, ben = sign_up(), sign_up()
    ana.follow(ben)
    post = ben.post("hear me later")
    in_home(ana, post)
    end = now(seconds=2)
    put(ana, f"/v1/accounts/{ben.id}/mute", {"expires_at": end})
    assert ana.pages("/v1/me/mutes")[0]["expires_at"] == end
    assert ana.feed_ids() == []
    in_home(ana, post)
    assert ana.pages("/v1/me/mutes") == [] and not relationship(ana, ben)["muting"]
    past = ana.call("PUT", f"/v1/accounts/{ben.id}/mute", {"expires_at": "2020-01-01T00:00:00.000Z"})
    assert past.status == 422 and past.json["errors"][0]["field"] == "/expires_at"


def test_muted_words_are_found_whole_and_folded(sign_up):
    ana, ben = sign_up(), sign_up()
    ana.follow(ben)
    texts = {
        "spoiler": "a SPOILER, beware",
        "tag": "see #Spoiler",
        "longer": "no spoilers here",
        "accent": "un Café noir",
        "phrase": 'they said "breaking\\news": Breaking   NEWS!',
        "between": "breaking the news",
    }
    posts = {name: ben.post(text) for name, text in texts.items()}
    own = ana.post("my own spoiler")
    in_home(ana, posts["between"])

    def hidden():
        shown = ana.feed_ids()
        return {name for name, post in posts.items() if post["id"] not in shown}

    assert hidden() == set()
    words = [{"word": "Spoiler"}, {"word": "cafe", "expires_at": now(minutes=10)}, {"word": "breaking news"}]
    answer = put(ana, "/v1/me/muted-words", {"words": words})
    assert {word["word"] for word in answer["words"]} == {"Spoiler", "cafe", "breaking news"}
    assert hidden() == {"spoiler", "tag", "accent", "phrase"}
    assert own["id"] in ana.feed_ids(), "one's own posts stay"
    assert len(put(ana, "/v1/me/muted-words", {"words": [{"word": "SPOILER"}]})["words"]) == 3
    assert len(remove(ana, "/v1/me/muted-words?word=spoiler")["words"]) == 2
    assert hidden() == {"accent", "phrase"}
    assert remove(ana, "/v1/me/muted-words")["words"] == []
    assert hidden() == set() and ana.get("/v1/me/muted-words")["words"] == []
    put(ana, "/v1/me/muted-words", {"words": [{"word": "spoiler", "expires_at": now(seconds=1)}]})
    wait_until(lambda: hidden() == set(), "the word to be heard again")
    assert ana.call("PUT", "/v1/me/muted-words", {"words": [{"word": "!?"}]}).status == 422


def test_nothing_that_happens_between_people_becomes_a_dead_letter(server, sign_up):
    ana, ben = sign_up(), sign_up()
    put(ana, "/v1/me/muted-words", {"words": [{"word": "spoiler"}]})
    remove(ana, "/v1/me/muted-words")
    for what in ("follow", "mute", "block"):
        put(ana, f"/v1/accounts/{ben.id}/{what}", {} if what == "mute" else None)
        remove(ana, f"/v1/accounts/{ben.id}/{what}")
    admin = server.admin(ana.account["username"])
    server.settle(admin)
    assert not any(topic["topic"].endswith(".dlq") for topic in admin.get("/v1/admin/topics")["items"])


def test_people_are_suggested_by_mutuals(sign_up):
    me, friends, known = sign_up(), [sign_up() for _ in range(3)], [sign_up() for _ in range(5)]
    for friend in friends:
        me.follow(friend)
        for person in known:
            friend.follow(person)
    extra = sign_up()
    friends[0].follow(extra)
    me.follow(known[0])
    put(me, f"/v1/accounts/{known[1].id}/block")
    put(known[2], f"/v1/accounts/{me.id}/block")
    known[3].call("PATCH", "/v1/me", {"private": True})
    me.follow(known[3])
    found = [(item["account"]["id"], item["mutual_count"]) for item in me.get("/v1/accounts/suggestions")["items"]]
    assert found == [(known[4].id, 3), (extra.id, 1)]
    assert len(me.get("/v1/accounts/suggestions", limit=1)["items"]) == 1


def test_what_one_may_do_to_others_one_may_not_do_to_oneself(sign_up):
    ana = sign_up()
    for what, body in (("follow", None), ("block", None), ("mute", {})):
        assert ana.call("PUT", f"/v1/accounts/{ana.id}/{what}", body).status == 422
    for what, body in (("follow", None), ("block", None), ("mute", {})):
        assert ana.call("PUT", f"/v1/accounts/1/{what}", body).status == 404


def test_restrictions_survive_a_crash(tmp_path):
    server = Server(tmp_path / "data", {**CHEAP_PASSWORDS}).start()
    try:
        ana, ben, cleo = (server.sign_up(name) for name in ("ana", "ben", "cleo"))
        ana.follow(cleo)
        cleo.post("hello world")
        put(ana, f"/v1/accounts/{ben.id}/block")
        put(ana, f"/v1/accounts/{cleo.id}/mute", {})
        put(ana, "/v1/me/muted-words", {"words": [{"word": "hello"}]})
        server.kill()
        server.start()
        for person in (ana, ben, cleo):
            person.connection = None
        assert status(ben, f"/v1/accounts/{ana.id}") == 404
        assert ana.feed_ids() == []
        assert len(ana.get("/v1/me/muted-words")["words"]) == 1
    finally:
        server.kill()
