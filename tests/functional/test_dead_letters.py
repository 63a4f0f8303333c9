"""Records that cannot be processed are put aside, shown, tried again and given up."""

import contextlib
import json
import os
import sqlite3

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli, wait_until

OPTIONS = {**CHEAP_PASSWORDS, "worker.attempts": 2, "worker.first_backoff": "1ms", "worker.longest_backoff": "1ms"}
DAMAGED = "{ this is no event"


@pytest.fixture
def server(start):
    return start(OPTIONS)


def put_into_outbox(server, topic, value):
    """Leaves a fact behind that no group can read, as a damaged disk or a faulty version would."""
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "freshet.sqlite"))) as database, database:
        database.execute("INSERT INTO outbox (topic, key, value) VALUES (?, '1', ?)", (topic, value))
    server.start()


def of_group(letters, group):
    return [letter for letter in letters if letter["group"] == group]


def letters(server, topic="posts", group="fanout"):
    """Those of one of the groups that follow the topic; each puts the record aside for itself."""
    listed = json.loads(run_cli("admin", "dead-letters", "list", topic, "--data", server.folder).stdout)["items"]
    return of_group(listed, group)


@pytest.mark.parametrize("topic, group", [("posts", "fanout"), ("follows", "social.follows")])
def test_a_damaged_record_is_put_aside_and_told_with_its_reason(server, topic, group):
    put_into_outbox(server, topic, DAMAGED)
    (letter,) = wait_until(lambda: letters(server, topic, group), "the dead letter")
    assert (letter["topic"], letter["group"], letter["attempts"]) == (topic, group, 2)
    assert (letter["key"], letter["value"]) == ("1", DAMAGED)
    assert letter["error"] and letter["id"].startswith(f"{topic}:{group}:")
    shown = json.loads(run_cli("admin", "dead-letters", "show", letter["id"], "--data", server.folder).stdout)
    assert shown == letter


def test_its_neighbours_are_delivered(server):
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    ana.follow(ben)
    before = ben.post("before")
    put_into_outbox(server, "posts", DAMAGED)
    ana.connection = ben.connection = None
    after = ben.post("after")
    wait_until(lambda: letters(server), "the dead letter")
    wait_until(lambda: ana.feed_ids() == [after["id"], before["id"]], "both posts")


def test_replaying_tries_it_again_and_discarding_gives_it_up(server):
    put_into_outbox(server, "posts", DAMAGED)
    (first,) = wait_until(lambda: letters(server), "the dead letter")
    run_cli("admin", "dead-letters", "replay", first["id"], "--data", server.folder)
    (second,) = wait_until(lambda: [letter for letter in letters(server) if letter["id"] != first["id"]], "the second failure")
    assert [letter["id"] for letter in letters(server)] == [second["id"]]
    assert (second["value"], second["group"]) == (DAMAGED, "fanout")
    run_cli("admin", "dead-letters", "discard", second["id"], "--data", server.folder)
    assert letters(server) == []
    for command in ("show", "replay", "discard"):
        refused = run_cli("admin", "dead-letters", command, second["id"], "--data", server.folder, check=False)
        assert refused.returncode == 1 and refused.stderr


def test_administrators_see_and_settle_them_over_the_api(server):
    server.sign_up("ana")
    put_into_outbox(server, "posts", DAMAGED)
    admin = server.admin("ana")

    def listed():
        return of_group(admin.get("/v1/admin/dead-letters", topic="posts")["items"], "fanout")

    (letter,) = wait_until(listed, "the dead letter")
    path = f"/v1/admin/dead-letters/{letter['id']}"
    assert admin.get(path) == letter
    for method, target in (("GET", path), ("POST", f"{path}/replay"), ("DELETE", path)):
        assert server.person("ana").call(method, target).status == 403
    assert admin.call("DELETE", path).status == 204
    assert admin.call("GET", path).status == 404
    assert listed() == []


def test_the_list_has_pages(server):
    server.sign_up("ana")
    for number in range(3):
        put_into_outbox(server, "posts", f"{DAMAGED} {number}")
        wait_until(lambda: len(letters(server)) == number + 1, "the dead letter")
    listed = server.admin("ana").pages("/v1/admin/dead-letters", limit=2, topic="posts")
    assert [letter["value"] for letter in of_group(listed, "fanout")] == [f"{DAMAGED} {number}" for number in range(3)]
