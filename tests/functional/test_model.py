"""Random people do random things; after each batch everybody's home equals a plain model of it."""

import os
import random

from support.freshet import Server, wait_until

STEPS = int(os.environ.get("FRESHET_MODEL_STEPS", "1500"))
PEOPLE = 25
OPTIONS = {
    "passwords.memory_kib": 64,
    "passwords.iterations": 1,
    "fanout.celebrity_threshold": 8,  # some cross it, and fall below it again
    "fanout.batch": 3,
    "fanout.large_from": 5,  # and some are pushed by the other worker
    "timelines.capacity": 15,  # so that pages go beyond it
    "ranking.candidates": 20,
}


class Post:
    def __init__(self, text, privacy, at):
        self.texts = [text]
        self.privacy = privacy
        self.at = at


class World:
    def __init__(self, server, rng):
        self.server, self.rng = server, rng
        self.people = [server.sign_up(f"person{i}") for i in range(PEOPLE)]
        self.follows = {person.id: set() for person in self.people}
        self.posts = {person.id: {} for person in self.people}  # author -> id -> Post
        self.deleted = {person.id: {} for person in self.people}  # the same
        self.shares = {person.id: {} for person in self.people}  # sharer -> post -> when
        self.now = 0  # counts what comes into lists
        self.private = set()
        self.requests = {person.id: set() for person in self.people}  # who asked -> whom
        self.blocks = {person.id: set() for person in self.people}
        self.mutes = {person.id: set() for person in self.people}

    def step(self):
        person = self.rng.choice(self.people)
        other = self.rng.choice([p for p in self.people if p is not person])
        choice = self.rng.random()
        if choice < 0.35:
            # The first few people draw most of the follows.
            popular = self.people[min(int(self.rng.expovariate(0.3)), PEOPLE - 1)]
            if popular is not person:
                self.follow(person, popular)
        elif choice < 0.42:
            self.unfollow(person, other)
        elif choice < 0.43:
            self.lose_followers()
        elif choice < 0.52:
            self.restrict(person, other)
        elif choice < 0.65:
            self.change(person)
        elif choice < 0.75:
            self.share(person)
        elif choice < 0.9:
            privacy = self.rng.choices(["public", "friends", "private"], [8, 1, 1])[0]
            text = f"text {self.rng.random()}"
            post = person.post(text, privacy=privacy)
            self.posts[person.id][post["id"]] = Post(text, privacy, self.tick())
        elif choice < 0.95 and self.posts[person.id]:
            post = self.rng.choice(list(self.posts[person.id]))
            person.delete({"id": post})
            self.deleted[person.id][post] = self.posts[person.id].pop(post)
        else:
            person.get("/v1/feed", limit=self.rng.choice([1, 5, 50]))

    def put(self, person, path, expected=200, body=None):
        answer = person.call("PUT", path, body)
        assert answer.status == expected, answer

    def remove(self, person, path, expected=200):
        answer = person.call("DELETE", path)
        assert answer.status == expected, answer

    def follow(self, person, other):
        path = f"/v1/accounts/{other.id}/follow"
        if person.id in self.blocks[other.id]:
            self.put(person, path, expected=404)
        elif other.id in self.blocks[person.id]:
            self.put(person, path, expected=409)
        elif other.id in self.private and other.id not in self.follows[person.id]:
            assert person.follow(other)["requested"]
            self.requests[person.id].add(other.id)
        else:
            assert person.follow(other)["following"]
            self.follows[person.id].add(other.id)

    def unfollow(self, person, other):
        if person.id in self.blocks[other.id]:
            return self.remove(person, f"/v1/accounts/{other.id}/follow", expected=404)
        person.unfollow(other)
        self.follows[person.id].discard(other.id)
        self.requests[person.id].discard(other.id)

    def lose_followers(self):
        """Somebody who has very many followers has few, and is no celebrity any more."""
        followers = {p.id: [q for q in self.people if p.id in self.follows[q.id]] for p in self.people}
        fallen = max(self.people, key=lambda p: len(followers[p.id]))
        for follower in followers[fallen.id][4:]:
            self.unfollow(follower, fallen)

    def restrict(self, person, other):
        """A block, a mute, another privacy of an account, the answer to a request; or its end."""
        choice = self.rng.random()
        account = f"/v1/accounts/{other.id}"
        asking = [p for p in self.people if person.id in self.requests[p.id]]
        if choice < 0.15:
            self.put(person, f"{account}/block")
            self.blocks[person.id].add(other.id)
            for one, two in ((person.id, other.id), (other.id, person.id)):
                self.follows[one].discard(two)
                self.requests[one].discard(two)
        elif choice < 0.35 and self.blocks[person.id]:
            other = self.rng.choice(sorted(self.blocks[person.id]))
            self.remove(person, f"/v1/accounts/{other}/block")
            self.blocks[person.id].discard(other)
        elif choice < 0.45 and person.id not in self.blocks[other.id]:
            self.put(person, f"{account}/mute", body={})
            self.mutes[person.id].add(other.id)
        elif choice < 0.55:
            self.remove(person, f"{account}/mute")
            self.mutes[person.id].discard(other.id)
        elif choice < 0.65:
            self.set_private(person, True)
        elif choice < 0.75:
            self.set_private(person, False)
        elif asking:
            asked = self.rng.choice(asking)
            self.requests[asked.id].discard(person.id)
            if self.rng.random() < 0.8:
                self.put(person, f"/v1/follow-requests/{asked.id}")
                self.follows[asked.id].add(person.id)
            else:
                self.remove(person, f"/v1/follow-requests/{asked.id}")

    def set_private(self, person, private):
        assert person.call("PATCH", "/v1/me", {"private": private}).status == 200
        (self.private.add if private else self.private.discard)(person.id)
        if private:
            return
        for asked in self.people:
            if person.id in self.requests[asked.id]:
                self.requests[asked.id].discard(person.id)
                self.follows[asked.id].add(person.id)
        followers = sum(person.id in followees for followees in self.follows.values())
        wait_until(lambda: person.get("/v1/me")["followers_count"] == followers, "the requests to be accepted")

    def tick(self):
        self.now += 1
        return self.now

    def change(self, person):
        """An edit, another audience, or a deleted post that comes back."""
        posts, deleted = self.posts[person.id], self.deleted[person.id]
        choice = self.rng.random()
        if choice < 0.3 and deleted:
            post = self.rng.choice(list(deleted))
            assert person.call("POST", f"/v1/posts/{post}/restore").status == 200
            posts[post] = deleted.pop(post)
        elif posts:
            post = self.rng.choice(list(posts))
            change = {}
            if choice < 0.6:
                change["text"] = f"text {self.rng.random()}"
                posts[post].texts.append(change["text"])
            else:
                change["privacy"] = posts[post].privacy = self.rng.choice(["public", "friends", "private"])
            assert person.call("PATCH", f"/v1/posts/{post}", change).status == 200

    def share(self, person):
        """Somebody shares what they may see, or takes a share back."""
        mine = self.shares[person.id]
        if mine and self.rng.random() < 0.4:
            post = self.rng.choice(list(mine))
            assert person.call("DELETE", f"/v1/posts/{post}/shares/mine").status == 204
            del mine[post]
            return
        author = self.rng.choice(self.people).id
        post = self.rng.choice(list(self.posts[author]) or [None])
        if post is None:
            return
        visible = self.sees(person.id, author, self.posts[author][post].privacy)
        answer = person.call("POST", f"/v1/posts/{post}/shares", {})
        assert answer.status == (404 if not visible else 200 if post in mine else 201), answer
        if visible and post not in mine:
            mine[post] = self.tick()

    def sees(self, viewer, author, privacy):
        if viewer == author:
            return True
        if viewer in self.blocks[author] or author in self.blocks[viewer]:
            return False
        if author in self.private and author not in self.follows[viewer]:
            return False
        if privacy == "public":
            return True
        return privacy == "friends" and author in self.follows[viewer] and viewer in self.follows[author]

    def home(self, viewer):
        """(post, its text, who shared it), newest first; of several that show one post only the newest."""
        known = {post: (author, p) for author, posts in self.posts.items() for post, p in posts.items()}
        entries = []
        for person in (self.follows[viewer] - self.mutes[viewer]) | {viewer}:
            entries += [(p.at, post, None) for post, p in self.posts[person].items()]
            entries += [(at, post, person) for post, at in self.shares[person].items() if post in known]
        home, shown = [], set()
        for _, post, sharer in sorted(entries, reverse=True):
            author, p = known[post]
            if author in self.mutes[viewer]:
                continue
            if post not in shown and self.sees(viewer, author, p.privacy):
                shown.add(post)
                home.append((post, p.texts[-1], sharer))
        return home

    def check_posts(self, person):
        posts = self.posts[person.id]
        for start in range(0, len(posts), 100):
            ids = list(posts)[start : start + 100]
            for post in person.get("/v1/posts", ids=",".join(ids))["items"]:
                shares = sum(post["id"] in shared for shared in self.shares.values())
                assert post["counts"]["shares"] == shares, post
                assert post["viewer"]["shared"] == (post["id"] in self.shares[person.id]), post
        deleted = person.pages("/v1/me/deleted", limit=self.rng.choice([1, 7, 100]))
        assert {item["post"]["id"] for item in deleted} == set(self.deleted[person.id])
        if posts:
            post = self.rng.choice(list(posts))
            history = person.get(f"/v1/posts/{post}/history")["items"]
            assert [version["text"] for version in reversed(history)] == posts[post].texts

    def check(self):
        for person in self.people:
            feed = person.feed(self.rng.choice([1, 3, 20, 100]))
            found = [(post["id"], post["text"], post.get("shared_by", {}).get("id")) for post in feed]
            assert found == self.home(person.id), person.account["username"]
            ranked = person.pages("/v1/feed", limit=self.rng.choice([2, 20, 100]), order="ranked")
            shown = [(item["post"]["id"], item["post"]["text"]) for item in ranked]
            assert sorted(shown) == sorted((post, text) for post, text, _ in found), person.account["username"]
            self.check_posts(person)
            account = person.get("/v1/me")
            assert account["following_count"] == len(self.follows[person.id])
            asking = {p.id for p in self.people if person.id in self.requests[p.id]}
            assert {p["id"] for p in person.pages("/v1/follow-requests", limit=3)} == asking
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
