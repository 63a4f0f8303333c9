"""A backup of a busy installation, restored, holds what was acknowledged before it began, and nothing half."""

import json
import os
import pathlib
import random
import shutil
import threading
import time

import pytest

from support.freshet import CHEAP_PASSWORDS, Person, Server, run_cli, wait_until

PEOPLE = 8
# Names in a data folder that belong to one process's life, or that the test itself puts there.
PASSING = {"lock", "address", "timelines.snapshot", "freshet.sqlite-lock", "freshet.sqlite-shm", "freshet.sqlite-wal", "server.log"}


class Load:
    """People who post, like, comment and follow until they are told to stop; remembers when each answer came."""

    def __init__(self, server, seed):
        self.server, self.seed = server, seed
        self.people = [server.sign_up(f"person{i}") for i in range(PEOPLE)]
        self.posts = [person.post(f"first {person.id}") for person in self.people]
        self.done = []  # (when, what, who, what it was about)
        self.ended = threading.Event()
        self.failures = []

    def __enter__(self):
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(PEOPLE)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures

    def run(self, index):
        try:
            rng = random.Random(self.seed * 1000 + index)
            person = self.people[index]
            while not self.ended.is_set():
                self.step(rng, person)
        except Exception as failure:  # told by the thread that waits
            self.failures.append(failure)

    def step(self, rng, person):
        post = rng.choice(self.posts)
        what = rng.choice(["post", "post", "like", "like", "comment", "follow"])
        if what == "post":
            about = person.post(f"text {rng.random()}")
            self.posts.append(about)
        elif what == "like":
            answer = person.call("PUT", f"/v1/posts/{post['id']}/like")
            assert answer.status == 200, answer
            about = post
        elif what == "comment":
            answer = person.call("POST", f"/v1/posts/{post['id']}/comments", {"text": f"yes {rng.random()}"})
            assert answer.status == 201, answer
            about = {**answer.json, "post": post["id"]}
        else:
            other = rng.choice([p for p in self.people if p is not person])
            person.follow(other)
            about = other
        self.done.append((time.monotonic(), what, person, about))

    def before(self, moment, what):
        return [(person, about) for when, did, person, about in self.done if when < moment and did == what]


def restored(start, backup, folder):
    run_cli("restore", backup, "--data", folder)
    return start(CHEAP_PASSWORDS, folder=folder)


def compare(load, moment, server):
    people = {person.id: Person(server, person.token, person.account) for person in load.people}
    server.settle(server.admin("person0"))
    # What is there agrees with itself, whoever looks.
    posts = {}
    for id, person in people.items():
        mine = person.pages(f"/v1/accounts/{id}/posts", limit=100)
        assert person.get(f"/v1/accounts/{id}")["posts_count"] == len(mine) == len({post["id"] for post in mine})
        posts[id] = [post["id"] for post in mine]
    for id, person in people.items():
        following = [account["id"] for account in person.pages(f"/v1/accounts/{id}/following", limit=100)]
        assert person.get(f"/v1/accounts/{id}")["following_count"] == len(following)
        expected = sorted((post for author in [id, *following] for post in posts[author]), key=int, reverse=True)
        assert person.feed_ids(limit=100) == expected
    anybody = people[load.people[0].id]
    likers, comments = {}, {}
    for post in [post for mine in posts.values() for post in mine]:
        counts = anybody.get(f"/v1/posts/{post}")["counts"]
        likers[post] = {account["id"] for account in anybody.pages(f"/v1/posts/{post}/likes", limit=100)}
        comments[post] = [comment["id"] for comment in anybody.pages(f"/v1/posts/{post}/comments", limit=100)]
        assert (counts["likes"], counts["comments"]) == (len(likers[post]), len(comments[post]))
    # What was acknowledged before is there, once.
    for person, post in load.before(moment, "post"):
        assert posts[person.id].count(post["id"]) == 1
        assert anybody.get(f"/v1/posts/{post['id']}")["text"] == post["text"]
    for person, post in load.before(moment, "like"):
        assert person.id in likers[post["id"]]
    for _, comment in load.before(moment, "comment"):
        assert comments[comment["post"]].count(comment["id"]) == 1
    for person, other in load.before(moment, "follow"):
        assert people[person.id].get(f"/v1/accounts/{other.id}")["relationship"]["following"]
    compare_notifications(load, moment, people)


def compare_notifications(load, moment, people):
    told = {}
    for id, person in people.items():
        rows = person.pages("/v1/notifications", limit=100)
        assert len({row["id"] for row in rows}) == len(rows)
        liked = [row["post"]["id"] for row in rows if row["type"] == "like"]
        assert len(liked) == len(set(liked)), "the likes of a post are one group"
        told[id] = set(liked)
    for person, post in load.before(moment, "like"):
        if post["author"]["id"] != person.id:
            assert post["id"] in told[post["author"]["id"]]


def names(folder):
    return {path.name for path in pathlib.Path(folder).iterdir()} - PASSING


@pytest.mark.parametrize("seed", [1, 2])
def test_a_backup_of_a_busy_server_holds_all_that_was_acknowledged_and_nothing_half(start, tmp_path, seed):
    server = start(CHEAP_PASSWORDS)
    with Load(server, seed) as load:
        wait_until(lambda: len(load.done) > 400 or load.failures, "some load")
        moment = time.monotonic()
        told = run_cli("backup", tmp_path / "backup", "--data", server.folder)
        during = len(load.done)
        wait_until(lambda: len(load.done) > during + 50 or load.failures, "more load")
    assert "MB/s" in told.stdout
    assert not os.path.exists(os.path.join(server.folder, "backup.staging"))
    compare(load, moment, restored(start, tmp_path / "backup", tmp_path / "new"))
    assert names(tmp_path / "new") == names(server.folder), "every part of a data folder is kept"


def test_a_stopped_installation_is_backed_up_too(start, tmp_path):
    server = start(CHEAP_PASSWORDS)
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    ana.follow(ben)
    post = ben.post("hello")
    assert ana.call("PUT", f"/v1/posts/{post['id']}/like").status == 200
    server.kill()  # what a crash leaves is good enough
    run_cli("backup", tmp_path / "backup", "--data", server.folder)
    new = restored(start, tmp_path / "backup", tmp_path / "new")
    seen = Person(new, ana.token)
    wait_until(lambda: [p["id"] for p in seen.feed()] == [post["id"]], "the feed")
    assert seen.feed()[0]["counts"]["likes"] == 1


def test_a_restored_installation_goes_on(start, tmp_path):
    server = start(CHEAP_PASSWORDS)
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    ana.follow(ben)
    first = ben.post("first")
    run_cli("backup", tmp_path / "backup", "--data", server.folder)
    lost = ben.post("after the backup")
    server.kill()
    new = restored(start, tmp_path / "backup", tmp_path / "new")
    ana, ben = Person(new, ana.token, ana.account), Person(new, ben.token, ben.account)
    second = ben.post("second")
    wait_until(lambda: ana.feed_ids() == [second["id"], first["id"]], "old and new")
    assert ana.call("GET", f"/v1/posts/{lost['id']}").status == 404
    new.sign_in("ana")
    assert new.stop() == 0


@pytest.fixture
def backup(start, tmp_path):
    server = start(CHEAP_PASSWORDS)
    server.sign_up("ana").post("hello")
    run_cli("backup", tmp_path / "backup", "--data", server.folder)
    return tmp_path / "backup"


def refused(*arguments, code=1):
    answer = run_cli(*arguments, check=False)
    assert answer.returncode == code, answer
    assert answer.stderr.strip()
    return answer.stderr


def test_nothing_is_overwritten(backup, start, tmp_path):
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy" / "file").write_text("mine")
    assert "is there already" in refused("restore", backup, "--data", tmp_path / "busy")
    server = start(CHEAP_PASSWORDS)
    assert "is there already" in refused("backup", tmp_path / "busy", "--data", server.folder)
    assert "data folder" in refused("backup", os.path.join(server.folder, "backup"), "--data", server.folder)
    assert (tmp_path / "busy" / "file").read_text() == "mine"
    assert not list(tmp_path.glob("*.partial"))


def test_a_damaged_backup_is_not_restored(backup, tmp_path):
    files = [file for file in json.loads((backup / "backup.json").read_text())["files"] if file["bytes"]]
    for file in random.Random(1).sample(files, 3):
        copy = tmp_path / "copy"
        shutil.copytree(backup, copy)
        path = copy / "data" / file["path"]
        damaged = bytearray(path.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        path.write_bytes(damaged)
        assert file["path"] in refused("restore", copy, "--data", tmp_path / "new")
        assert not (tmp_path / "new").exists() and not (tmp_path / "new.partial").exists()
        shutil.rmtree(copy)


def test_what_is_no_backup_is_told(tmp_path):
    assert "holds no backup" in refused("restore", tmp_path, "--data", tmp_path / "new")
    assert "no installation" in refused("backup", tmp_path / "backup", "--data", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_administrators_back_up_into_the_configured_folder_only(start, tmp_path):
    server = start(CHEAP_PASSWORDS)
    server.sign_up("ana")
    admin = server.admin("ana")
    assert admin.call("POST", "/v1/admin/backups", {"folder": str(tmp_path / "x")}).status == 403
    assert server.person("ana").call("POST", "/v1/admin/backups", {"folder": "x"}).status == 403
    server.stop()
    server.options["backups.folder"] = tmp_path / "backups"
    server.start()
    admin = server.admin("ana")
    for folder in (str(tmp_path / "x"), "../x", "a/b", ".hidden"):
        assert admin.call("POST", "/v1/admin/backups", {"folder": folder}).status in (400, 422), folder
    answer = admin.call("POST", "/v1/admin/backups", {"folder": "monday"})
    assert answer.status == 202, answer
    path = f"/v1/admin/backups/{answer.json['id']}"
    report = wait_until(lambda: (r := admin.get(path))["state"] != "running" and r, "the backup")
    assert (report["state"], report["figures"]["files"] > 3) == ("done", True), report
    assert report in admin.get("/v1/admin/backups")["items"]
    restored(start, tmp_path / "backups" / "monday", tmp_path / "new").sign_in("ana")
    again = admin.call("POST", "/v1/admin/backups", {"folder": "monday"})
    failed = wait_until(lambda: (r := admin.get(f"/v1/admin/backups/{again.json['id']}"))["state"] != "running" and r, "the end")
    assert failed["state"] == "failed" and "is there already" in failed["error"]
