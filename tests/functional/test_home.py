"""What stands in a home, and how its pages were made."""

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def first_page(person, limit=5):
    return [item["post"]["text"] for item in person.get("/v1/feed", limit=limit)["items"]]


@pytest.mark.parametrize("privacy", ["private", "friends"])
@pytest.mark.parametrize("rebuilt", [False, True])
def test_posts_that_may_not_be_seen_do_not_empty_the_first_page(server, ana, ben, privacy, rebuilt):
    carla = server.sign_up("carla")
    ana.follow(ben)
    ana.follow(carla)
    assert first_page(ana) == []  # the home is there, and posts are pushed to it
    carla.post("for everybody")
    for number in range(100):
        ben.post(f"hidden {number}", privacy=privacy)
    server.settle(server.admin("ben"))
    if rebuilt:
        server.kill()
        server.start()
        ana.connection = ben.connection = None
    assert first_page(ana) == ["for everybody"]
    assert len(ben.feed_ids(100)) == 100


def test_a_first_read_rebuilds_the_home_and_the_second_finds_it(server, ana, ben):
    ana.follow(ben)
    ben.post("hello")
    server.settle(server.admin("ben"))
    pages = [ana.get("/v1/feed", order=order) for order in ("latest", "latest", "ranked")]
    assert [page["served"]["rung"] for page in pages] == ["rebuilt", "latest", "ranked"]
    assert [[item["post"]["text"] for item in page["items"]] for page in pages] == [["hello"]] * 3
    server.kill()
    server.start()
    ana.connection = None
    assert [ana.get("/v1/feed")["served"]["rung"] for _ in range(2)] == ["rebuilt", "ranked"]


def test_an_orderly_stop_keeps_the_home_for_the_next_start(server, ana, ben):
    ana.follow(ben)
    ben.post("hello")
    server.settle(server.admin("ben"))
    ana.get("/v1/feed")
    server.restart()
    ana.connection = None
    page = ana.get("/v1/feed")
    assert page["served"]["rung"] == "ranked"
    assert [item["post"]["text"] for item in page["items"]] == ["hello"]


def test_the_demo_world_has_celebrities_in_the_home_of_its_visitor(tmp_path, start):
    run_cli("demo", "--data", tmp_path / "demo", "--people", "60", "--seed", "7")
    server = start(folder=tmp_path / "demo")
    visitor = server.sign_in("demo", "freshet-demo")
    items = visitor.pages("/v1/feed", limit=100)
    by_source = {source: [item for item in items if item["source"] == source] for source in ("celebrity", "timeline")}
    assert {item["post"]["author"]["username"] for item in by_source["celebrity"]} == {"marisol_vega", "theo_lindqvist"}
    assert by_source["timeline"]
    assert "celebrity" in {item["source"] for item in visitor.get("/v1/feed")["items"]}
