"""The real program under a mixed load is killed again and again; whatever it had acknowledged is there afterwards, once."""

import http.client
import os
import random
import threading

from support.freshet import Person, Server

ROUNDS = int(os.environ.get("FRESHET_CRASH_ROUNDS", "50"))
WORKERS = 6
CHEAP_PASSWORDS = {"passwords.memory_kib": 64, "passwords.iterations": 1}
LOST = (OSError, http.client.HTTPException)


class Model:
    """What was acknowledged, and what may or may not have happened."""

    def __init__(self):
        self.lock = threading.Lock()
        self.people = {}  # username -> account id, acknowledged
        self.maybe_people = set()
        self.posts = {}  # post id -> (username, text), acknowledged and not deleted
        self.deleted = set()
        self.maybe_deleted = set()
        self.maybe_posts = {}  # text -> username
        self.follows = {}  # (follower, followee) -> True, False, or None when unknown


class Worker(threading.Thread):
    """One person who writes until the server dies under them."""

    def __init__(self, server, model, person, rng, round_number):
        super().__init__(daemon=True)
        self.server, self.model, self.person, self.rng, self.round = server, model, person, rng, round_number
        self.name = person.account["username"]
        self.failure = None

    def run(self):
        try:
            for step in range(10_000):
                self.step(step)
        except LOST:
            pass
        except Exception as failure:  # noqa: BLE001: shown by the test
            self.failure = failure

    def step(self, step):
        choice = self.rng.random()
        if choice < 0.5:
            self.post(f"{self.name} {self.round} {step}")
        elif choice < 0.6:
            self.delete()
        elif choice < 0.85:
            self.follow()
        elif choice < 0.9:
            self.sign_up(f"p{self.round}_{self.name}_{step}")
        else:
            self.person.get("/v1/feed", limit=20)

    def post(self, text):
        with self.model.lock:
            self.model.maybe_posts[text] = self.name
        headers = {"Idempotency-Key": text.replace(" ", "-")} if self.rng.random() < 0.3 else None
        answer = self.person.call("POST", "/v1/posts", {"text": text}, headers)
        assert answer.status == 201, answer
        with self.model.lock:
            del self.model.maybe_posts[text]
            self.model.posts[answer.json["id"]] = (self.name, text)

    def delete(self):
        with self.model.lock:
            own = [post for post, (author, _) in self.model.posts.items() if author == self.name]
            if not own:
                return
            post = self.rng.choice(own)
            gone = self.model.posts.pop(post)
            self.model.maybe_deleted.add(post)
        answer = self.person.call("DELETE", f"/v1/posts/{post}")
        assert answer.status == 204, (answer, gone)
        with self.model.lock:
            self.model.maybe_deleted.discard(post)
            self.model.deleted.add(post)

    def follow(self):
        with self.model.lock:
            other = self.rng.choice([name for name in self.model.people if name != self.name])
            account = self.model.people[other]
            wanted = self.rng.random() < 0.7
            self.model.follows[self.name, other] = None
        answer = self.person.call("PUT" if wanted else "DELETE", f"/v1/accounts/{account}/follow")
        assert answer.status == 200, answer
        assert answer.json["relationship"]["following"] == wanted
        with self.model.lock:
            self.model.follows[self.name, other] = wanted

    def sign_up(self, username):
        with self.model.lock:
            self.model.maybe_people.add(username)
        answer = Person(self.server).call(
            "POST", "/v1/accounts", {"username": username, "password": "correct horse", "display_name": username}
        )
        assert answer.status == 201, answer
        with self.model.lock:
            self.model.maybe_people.discard(username)
            self.model.people[username] = answer.json["account"]["id"]


def check(server, model, people, admin):
    """Compares the restarted server with the model, resolving what was unknown by what is there."""
    anybody = server.anybody()
    for username in list(model.maybe_people):
        answer = anybody.call("GET", f"/v1/accounts/lookup?username={username}")
        if answer.status == 200:
            model.people[username] = answer.json["id"]
    model.maybe_people.clear()

    following = {}
    for person in people:
        name = person.account["username"]
        names = {account["username"] for account in person.pages(f"/v1/accounts/{person.id}/following", limit=100)}
        following[name] = names
        for (follower, followee), state in list(model.follows.items()):
            if follower != name:
                continue
            if state is None:
                model.follows[follower, followee] = followee in names
            else:
                assert (followee in names) == state, f"{follower} -> {followee} should be {state}"
        assert person.get("/v1/me")["following_count"] == len(names)

    everything = {}
    for person in people:
        name = person.account["username"]
        posts = person.pages(f"/v1/accounts/{person.id}/posts", limit=100)
        ids = [post["id"] for post in posts]
        assert ids == sorted(set(ids), key=int, reverse=True), "each post once, newest first"
        texts = [post["text"] for post in posts]
        assert len(texts) == len(set(texts)), f"{name}'s posts are there once each"
        assert person.get("/v1/me")["posts_count"] == len(posts)
        for post in posts:
            if post["text"] in model.maybe_posts:
                model.posts[post["id"]] = (name, post["text"])
                del model.maybe_posts[post["text"]]
            if post["id"] in model.maybe_deleted:
                model.posts[post["id"]] = (name, post["text"])
        everything[name] = ids
        assert set(ids) == {post for post, (author, _) in model.posts.items() if author == name}, name
    model.deleted |= model.maybe_deleted - set(model.posts)
    model.maybe_deleted.clear()
    model.maybe_posts.clear()

    server.settle(admin)
    for person in people:
        name = person.account["username"]
        expected = sorted((post for other in following[name] | {name} for post in everything.get(other, [])), key=int, reverse=True)
        assert person.feed_ids(100) == expected, f"{name}'s home"


def test_nothing_acknowledged_is_lost_by_sigkill(tmp_path):
    seed = int(os.environ.get("FRESHET_SEED", random.randrange(10**9)))
    print(f"FRESHET_SEED={seed}")
    rng = random.Random(seed)
    model = Model()
    server = Server(tmp_path / "data", CHEAP_PASSWORDS).start()
    people = [server.sign_up(f"worker{i}") for i in range(WORKERS)]
    for person in people:
        model.people[person.account["username"]] = person.id
    try:
        for number in range(ROUNDS):
            workers = [Worker(server, model, person, random.Random(rng.random()), number) for person in people]
            for worker in workers:
                worker.start()
            workers[0].join(timeout=rng.uniform(0.05, 0.8))
            server.kill()
            for worker in workers:
                worker.join(timeout=60)
                assert worker.failure is None, worker.failure
            server.start()
            people = [server.sign_in(f"worker{i}") for i in range(WORKERS)]
            check(server, model, people, server.admin("worker0"))
            if rng.random() < 0.2:
                server.restart()
                for person in people:
                    person.connection = None
    finally:
        if server.process is not None:
            server.kill()
    assert len(model.posts) > ROUNDS, "the load was too light to prove anything"
