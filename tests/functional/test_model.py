"""Random people do random things; after each batch everybody's home equals a plain model of it."""

import os
import random

from support.freshet import Server

STEPS = int(os.environ.get("FRESHET_MODEL_STEPS", "1500"))
PEOPLE = 25
OPTIONS = {
    "passwords.memory_kib": 64,
    "passwords.iterations": 1,
    "fanout.celebrity_threshold": 8,  # some cross it
    "fanout.batch": 3,
    "timelines.capacity": 15,  # so that pages go beyond it
}


class World:
    def __init__(self, server, rng):
        self.server, self.rng = server, rng
        self.people = [server.sign_up(f"person{i}") for i in range(PEOPLE)]
        self.follows = {person.id: set() for person in self.people}
        self.posts = {person.id: {} for person in self.people}  # author -> id -> privacy

    def step(self):
        person = self.rng.choice(self.people)
        other = self.rng.choice([p for p in self.people if p is not person])
        choice = self.rng.random()
        if choice < 0.35:
            # The first few people draw most of the follows.
            popular = self.people[min(int(self.rng.expovariate(0.3)), PEOPLE - 1)]
            if popular is not person:
                person.follow(popular)
                self.follows[person.id].add(popular.id)
        elif choice < 0.45:
            person.unfollow(other)
            self.follows[person.id].discard(other.id)
        elif choice < 0.85:
            privacy = self.rng.choices(["public", "friends", "private"], [8, 1, 1])[0]
            post = person.post(f"text {self.rng.random()}", privacy=privacy)
            self.posts[person.id][post["id"]] = privacy
        elif choice < 0.95 and self.posts[person.id]:
            post = self.rng.choice(list(self.posts[person.id]))
            person.delete({"id": post})
            del self.posts[person.id][post]
        else:
            person.get("/v1/feed", limit=self.rng.choice([1, 5, 50]))

    def sees(self, viewer, author, privacy):
        if viewer == author or privacy == "public":
            return True
        return privacy == "friends" and author in self.follows[viewer] and viewer in self.follows[author]

    def home(self, viewer):
        return sorted(
            (
                post
                for author in self.follows[viewer] | {viewer}
                for post, privacy in self.posts[author].items()
                if self.sees(viewer, author, privacy)
            ),
            key=int,
            reverse=True,
        )

    def check(self):
        for person in self.people:
            assert person.feed_ids(self.rng.choice([1, 3, 20, 100])) == self.home(person.id), person.account["username"]
            account = person.get("/v1/me")
            assert account["following_count"] == len(self.follows[person.id])
            assert account["followers_count"] == sum(person.id in followees for followees in self.follows.values())
            assert account["posts_count"] == len(self.posts[person.id])


def test_every_home_equals_the_model(tmp_path):
    seed = int(os.environ.get("FRESHET_SEED", random.randrange(10**9)))
    print(f"FRESHET_SEED={seed}")
    rng = random.Random(seed)
    server = Server(tmp_path / "data", OPTIONS).start()
    try:
        world = World(server, rng)
        admin = server.admin("person0")
        for step in range(STEPS):
            world.step()
            if step % 150 == 149:
                server.settle(admin)
                world.check()
            if step % 500 == 499:
                if rng.random() < 0.5:
                    assert server.stop() == 0
                else:
                    server.kill()
                server.start()
                for person in [*world.people, admin]:
                    person.connection = None
        server.settle(admin)
        world.check()
    finally:
        if server.process is not None:
            server.kill()
