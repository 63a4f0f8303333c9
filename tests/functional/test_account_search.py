"""Finding people by the beginnings of their names."""

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def found(person, text, limit=20):
    return [account["username"] for account in person.pages("/v1/accounts/search", limit=limit, q=text)]


def test_names_are_found_by_their_beginnings_without_regard_to_case_and_accents(server):
    server.sign_up("jnandu", display_name="José Ñandú")
    server.sign_up("lukasz", display_name="Łukasz Øre")
    server.sign_up("strasse", display_name="山田 太郎")
    anybody = server.anybody()
    for text in ("jos", "JOSÉ", "nan", "ñandú jo", "Ｊｏｓｅ", "jnan", "@jnandu"):
        assert found(anybody, text) == ["jnandu"], text
    for text in ("luk", "ŁUK", "ore"):
        assert found(anybody, text) == ["lukasz"], text
    for text in ("straß", "太", "山田"):
        assert found(anybody, text) == ["strasse"], text
    for text in ("andu", "jose x", "🌊", "' OR 1=1 --", "%", "_"):
        assert found(anybody, text) == [], text


def test_the_best_come_first(server):
    me = server.sign_up("me_myself")
    for name, display in [("an", "Whoever"), ("famous", "Anastasia"), ("whole", "An Other"), ("friend", "Angela"), ("plain", "Anton")]:
        person = server.sign_up(name, display_name=display)
        if name == "friend":
            me.follow(person)
        if name == "famous":
            for i in range(4):
                server.sign_up(f"fan{i}", display_name="Fan").follow(person)
    assert found(me, "an") == ["an", "friend", "whole", "famous", "plain"]
    assert found(server.anybody(), "an") == ["an", "whole", "famous", "friend", "plain"]


def test_pages_hold_everybody_once(server):
    names = {f"ana{i:03}" for i in range(230)}
    admin = server.sign_up("boss")
    server.stop()
    lines = "".join(f"{name} boss\n" for name in sorted(names))
    graph = f"{server.folder}/graph.txt"
    with open(graph, "w") as file:
        file.write(lines)
    run_cli("import", "graph", graph, "--data", server.folder)
    server.start()
    admin.connection = None
    pages = found(admin, "a", limit=37)
    assert len(pages) == len(names) and set(pages) == names
    last = found(admin, "ana22", limit=3)
    assert sorted(last) == [f"ana22{i}" for i in range(10)]


def test_a_new_name_is_found_and_the_old_one_is_not(server, ana):
    assert found(ana, "ana") == ["ana"]
    assert ana.call("PATCH", "/v1/me", {"display_name": "Brigitte"}).status == 200
    assert found(ana, "brig") == ["ana"]
    assert ana.call("PATCH", "/v1/me", {"display_name": "Carla"}).status == 200
    assert found(ana, "brig") == []
    assert found(ana, "carl") == ["ana"]


def test_who_does_not_want_to_be_found_is_not(server, ana, ben):
    assert ana.call("PATCH", "/v1/me", {"settings": {"discoverable": False}}).status == 200
    assert found(ben, "ana") == []
    assert ben.get("/v1/accounts/lookup", username="ana")["id"] == ana.id
    assert ana.call("PATCH", "/v1/me", {"settings": {"discoverable": True}}).status == 200
    assert found(ben, "ana") == ["ana"]


def test_who_blocks_somebody_is_not_found_by_them(server, ana, ben):
    assert ana.call("PUT", f"/v1/accounts/{ben.id}/block").status == 200
    assert found(ben, "ana") == found(ben, "an") == []
    assert found(server.anybody(), "an") == ["ana"]
    by_id = ben.call("GET", f"/v1/accounts/{ana.id}")
    by_name = ben.call("GET", "/v1/accounts/lookup?username=ana")
    nobody = ben.call("GET", "/v1/accounts/lookup?username=no_such_name")
    assert [answer.status for answer in (by_id, by_name, nobody)] == [404] * 3
    assert by_id.json["detail"] == by_name.json["detail"] == nobody.json["detail"]


def test_a_cursor_belongs_to_its_search(server, ana):
    for i in range(3):
        server.sign_up(f"bea{i}")
    cursor = ana.get("/v1/accounts/search", q="bea", limit=1)["next"]
    assert ana.call("GET", f"/v1/accounts/search?q=be&cursor={cursor}").status == 422
    assert ana.call("GET", "/v1/accounts/search").status == 422
