"""Bringing in what exists elsewhere: friendships, running servers, corrected files, interrupted imports."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess

import pytest
import websockets

from support.freshet import BINARY, CHEAP_PASSWORDS, program_environment, run_cli, wait_until


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def through(server, admin):
    """The flags of an import through the running server."""
    return ["--server", f"http://127.0.0.1:{server.port}", "--token", server.token(admin, "read,write,admin")]


def write_lines(path, *lines):
    path.write_text("".join(line + "\n" for line in lines))
    return path


def following(person):
    return sorted(account["username"] for account in person.pages(f"/v1/accounts/{person.id}/following"))


def test_both_ways_makes_friends(tmp_path, start):
    file = write_lines(tmp_path / "friends.txt", "ana ben", "carla ana", "ben ana")
    done = run_cli("import", "graph", file, "--both-ways", "--data", tmp_path / "data")
    assert "4 added" in done.stdout
    server = start(CHEAP_PASSWORDS, folder=tmp_path / "data")
    ana, ben, carla = (server.person(name) for name in ("ana", "ben", "carla"))
    assert [following(person) for person in (ana, ben, carla)] == [["ben", "carla"], ["ana"], ["ana"]]
    assert ana.get(f"/v1/accounts/{carla.id}")["relationship"]["friend"]
    for person, count in ((ana, 2), (ben, 1), (carla, 1)):
        assert (person.account["followers_count"], person.account["following_count"]) == (count, count)


def test_the_same_file_one_way_and_both_ways_are_two_imports(tmp_path, start):
    file = write_lines(tmp_path / "graph.txt", "ana ben")
    run_cli("import", "graph", file, "--data", tmp_path / "data")
    assert "1 added" in run_cli("import", "graph", file, "--both-ways", "--data", tmp_path / "data").stdout
    server = start(CHEAP_PASSWORDS, folder=tmp_path / "data")
    assert following(server.person("ben")) == ["ana"]


def test_who_is_online_sees_what_the_new_followees_wrote(tmp_path, server, ana, ben):
    carla = server.sign_up("carla")
    posts = [ben.post("by ben")["id"], carla.post("by carla")["id"]]
    server.settle(server.admin("ana"))
    assert ana.feed_ids() == []

    async def run():
        address = f"ws://127.0.0.1:{server.port}/v1/stream"
        async with websockets.connect(address, subprotocols=[ana.token]) as socket:
            file = write_lines(tmp_path / "graph.txt", "ana ben", "ana carla")
            flags = through(server, "ana")
            done = await asyncio.to_thread(run_cli, "import", "graph", file, *flags)
            assert "2 added" in done.stdout
            await asyncio.to_thread(wait_until, lambda: ana.feed_ids() == posts[::-1], "the earlier posts")
            live = await asyncio.to_thread(carla.post, "live")
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), 30))
                if message["event"] == "post.created":
                    assert message["id"] == live["id"]
                    break

    asyncio.run(run())


def test_only_administrators_import(tmp_path, server, ana):
    file = write_lines(tmp_path / "graph.txt", "ana ben")
    url = f"http://127.0.0.1:{server.port}"
    refused = run_cli("import", "graph", file, "--server", url, "--token", ana.token, check=False)
    assert refused.returncode == 1 and "added" not in refused.stdout
    assert server.anybody().call("GET", "/v1/accounts/lookup?username=ben").status == 404


@pytest.mark.parametrize("where", ["stopped", "running"])
def test_a_corrected_file_of_equal_length_is_another_file(tmp_path, start, where):
    data = tmp_path / "data"
    server = start(CHEAP_PASSWORDS, folder=data)
    server.sign_up("ana")
    flags = through(server, "ana")
    if where == "stopped":
        server.stop()
        flags = ["--data", data]
    file = write_lines(tmp_path / "graph.txt", "ana ben", "ana bob")
    first = os.stat(file)
    assert "2 added" in run_cli("import", "graph", file, *flags).stdout
    write_lines(file, "ana ben", "ana eva")
    os.utime(file, ns=(first.st_atime_ns, first.st_mtime_ns))
    assert os.stat(file).st_size == first.st_size
    assert "1 added, 1 were there already" in run_cli("import", "graph", file, *flags).stdout
    if where == "stopped":
        server.start()
    assert following(server.person("ana")) == ["ben", "bob", "eva"]


def test_a_renamed_file_is_still_the_same(tmp_path, server, ana):
    flags = through(server, "ana")
    post = json.dumps({"author": "ana", "text": "old", "created_at": "2021-01-01T00:00:00Z"})
    file = write_lines(tmp_path / "posts.jsonl", post)
    assert "1 added" in run_cli("import", "posts", file, *flags).stdout
    again = run_cli("import", "posts", file.rename(tmp_path / "moved.jsonl"), *flags)
    assert "0 added" in again.stdout and "after line 1" in again.stderr
    assert ana.get("/v1/me")["posts_count"] == 1


def lines_done(data):
    """How far imports have come, beside whoever holds the folder."""
    with contextlib.closing(sqlite3.connect(data / "freshet.sqlite", timeout=30)) as database:
        return database.execute("SELECT coalesce(max(lines), 0) FROM imports").fetchone()[0]


@pytest.mark.parametrize("where", ["stopped", "running"])
def test_posts_of_an_interrupted_import_are_there_once(tmp_path, start, where):
    count, authors = 60_000, 5
    posts = [{"author": f"writer{i % authors}", "text": f"post {i}", "created_at": "2021-01-01T00:00:00Z"} for i in range(count)]
    file = write_lines(tmp_path / "posts.jsonl", *map(json.dumps, posts))
    data = tmp_path / "data"
    server = start(CHEAP_PASSWORDS, folder=data)
    server.sign_up("ana")
    flags = through(server, "ana")
    if where == "stopped":
        server.stop()
        flags = ["--data", str(data)]
    for _ in range(2):
        before = lines_done(data)
        command = [BINARY, "import", "posts", str(file), *flags]
        output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=program_environment(), **output)
        wait_until(lambda: lines_done(data) > before, "the first lines")
        process.kill()
        process.wait()
    assert 0 < lines_done(data) < count, "the import was interrupted"

    def finished():
        """What the killed import had sent may still be running, and then moves the position itself."""
        done = run_cli("import", "posts", file, *flags, check=False)
        return done.returncode == 0 and done

    assert "going on after line" in wait_until(finished, "the rest to come in").stderr
    if where == "stopped":
        server.start()
    for number in range(authors):
        writer = server.person(f"writer{number}")
        assert writer.account["posts_count"] == count // authors
    server.settle(server.admin("ana"))
    texts = [post["text"] for post in writer.pages(f"/v1/accounts/{writer.id}/posts", limit=100)]
    assert sorted(texts) == sorted(f"post {i}" for i in range(authors - 1, count, authors))


@pytest.mark.parametrize("where", ["stopped", "running"])
@pytest.mark.parametrize("damage", [b'{"author": "ana", "text": "caf\xe9"}', b"\0" * 1_000_000], ids=["Latin-1", "zeros"])
def test_damaged_lines_are_skipped_and_named(tmp_path, start, where, damage):
    data = tmp_path / "data"
    server = start(CHEAP_PASSWORDS, folder=data)
    server.sign_up("ana")
    flags = through(server, "ana")
    if where == "stopped":
        server.stop()
        flags = ["--data", data]
    good = b'{"author": "ana", "text": "good"}'
    (tmp_path / "posts.jsonl").write_bytes(b"\n".join([good, damage, damage, damage, good]) + b"\n")
    done = run_cli("import", "posts", tmp_path / "posts.jsonl", *flags, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 added" in done.stdout and "3 skipped" in done.stdout
    assert all(f"line {number}: " in done.stderr for number in (2, 3, 4))
