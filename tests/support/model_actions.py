"""Random things that random people do, to the product and to the model of it alike."""

import time
from datetime import UTC, datetime

from support.freshet import wait_until
from support.model import FOR_EVER, Comment, Post, folded

WORDS = ["apple", "Äpfel", "river", "stone", "ÉCLAIR", "moss"]
TAGS = ["river", "River", "moss", "ÉCLAIR", "éclair", "2024day"]
MOMENT = 0.4  # seconds: a mute that ends before the next comparison
WEIGHTS = {
    "follow": 24, "unfollow": 7, "lose_followers": 0.4,
    "block": 2, "unblock": 2, "mute": 2, "unmute": 1, "mute_word": 1, "unmute_word": 0.7,
    "close": 1, "open": 1, "answer_request": 3,
    "post": 15, "edit": 4, "change_privacy": 3, "delete": 4, "restore": 3,
    "share": 6, "unshare": 3, "like": 12, "save": 5,
    "comment": 10, "edit_comment": 2, "delete_comment": 3, "like_comment": 5,
    "read": 4, "mark_read": 1,
}  # fmt: skip


class Actions:
    def __init__(self, model, people, rng):
        self.model, self.people, self.rng = model, people, rng
        self.passing = 0  # when the last mute ends that is soon over

    def step(self):
        action = self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        getattr(self, action)(self.rng.choice(self.model.people))

    def wait_for_passing_mutes(self):
        wait_until(lambda: time.time() > self.passing, "the mutes to end")

    def call(self, person, method, path, body=None, expected=200):
        answer = self.people[person].call(method, path, body)
        assert answer.status == expected, f"{self.model.usernames[person]} {method} {path} {body}: {answer}, not {expected}"
        return answer.json if answer.body else None

    # Picking.

    def other(self, person, popular=0.0):
        """Somebody else; the first few people are popular."""
        people = self.model.people
        while True:
            if self.rng.random() < popular:
                other = people[min(int(self.rng.expovariate(0.15)), len(people) - 1)]
            else:
                other = self.rng.choice(people)
            if other != person:
                return other

    def some_post(self):
        """Mostly one of the newest, so that much happens to some."""
        posts = list(self.model.posts.values())
        if not posts:
            return None
        return self.rng.choice(posts[-40:] if self.rng.random() < 0.6 else posts)

    def own_post(self, person, deleted=False):
        posts = [post for _, post in self.model.by_author[person] if post.deleted == deleted]
        return self.rng.choice(posts) if posts else None

    def text(self):
        words = [f"text {self.rng.randrange(10**9)}", self.rng.choice(WORDS)]
        if self.rng.random() < 0.3:
            words.append("#" + self.rng.choice(TAGS))
        if self.rng.random() < 0.3:
            words.append("@" + self.model.usernames[self.other(None, popular=0.5)])
        return " ".join(words)

    def end(self):
        """When a mute ends, and as it is sent; some end at once, some never."""
        choice = self.rng.random()
        if choice < 0.4:
            return FOR_EVER, {}
        ends = time.time() + (MOMENT if choice < 0.7 else 3600)
        if choice < 0.7:
            self.passing = max(self.passing, ends + 0.01)
        text = datetime.fromtimestamp(ends, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return ends, {"expires_at": text}

    # Who follows whom.

    def follow(self, person):
        model, other = self.model, self.other(person, popular=0.6)
        path = f"/v1/accounts/{other}/follow"
        if person in model.blocks[other]:
            self.call(person, "PUT", path, expected=404)
        elif other in model.blocks[person]:
            self.call(person, "PUT", path, expected=409)
        elif other in model.private and other not in model.follows[person]:
            assert self.call(person, "PUT", path)["relationship"]["requested"]
            model.requests[person].add(other)
        else:
            assert self.call(person, "PUT", path)["relationship"]["following"]
            model.follow(person, other)

    def unfollow(self, person, other=None):
        other = other or self.rng.choice(sorted(self.model.follows[person]) or [self.other(person)])
        blocked = person in self.model.blocks[other]
        self.call(person, "DELETE", f"/v1/accounts/{other}/follow", expected=404 if blocked else 200)
        if not blocked:
            self.model.unfollow(person, other)

    def lose_followers(self, _):
        """Somebody who has very many followers has few, and is no celebrity any more."""
        fallen = max(self.model.people, key=lambda person: len(self.model.followers[person]))
        for follower in sorted(self.model.followers[fallen])[4:]:
            self.unfollow(follower, fallen)

    def block(self, person):
        other = self.other(person)
        self.call(person, "PUT", f"/v1/accounts/{other}/block")
        self.model.block(person, other)

    def unblock(self, person):
        other = self.rng.choice(sorted(self.model.blocks[person]) or [self.other(person)])
        self.call(person, "DELETE", f"/v1/accounts/{other}/block")
        self.model.blocks[person].discard(other)

    def mute(self, person):
        other = self.rng.choice(sorted(self.model.follows[person]) or [self.other(person)])
        blocked = person in self.model.blocks[other]
        ends, body = self.end()
        self.call(person, "PUT", f"/v1/accounts/{other}/mute", body, expected=404 if blocked else 200)
        if not blocked:
            self.model.mute(person, other, ends)

    def unmute(self, person):
        other = self.rng.choice(sorted(self.model.mutes[person]) or [self.other(person)])
        self.call(person, "DELETE", f"/v1/accounts/{other}/mute")
        self.model.mutes[person].pop(other, None)

    def mute_word(self, person):
        word, (ends, body) = self.rng.choice(WORDS), self.end()
        self.call(person, "PUT", "/v1/me/muted-words", {"words": [{"word": word, **body}]})
        self.model.words[person][folded(word)] = ends

    def unmute_word(self, person):
        self.call(person, "DELETE", "/v1/me/muted-words")
        self.model.words[person].clear()

    def close(self, person):
        self.call(person, "PATCH", "/v1/me", {"private": True})
        self.model.private.add(person)
        self.model.were_private.add(person)

    def open(self, person):
        model = self.model
        self.call(person, "PATCH", "/v1/me", {"private": False})
        model.private.discard(person)
        for asked in model.people:
            if person in model.requests[asked]:
                model.follow(asked, person)
        followers = len(model.followers[person])
        wait_until(lambda: self.people[person].get("/v1/me")["followers_count"] == followers, "the requests to be accepted")

    def answer_request(self, person):
        asking = [asked for asked in self.model.people if person in self.model.requests[asked]]
        if not asking:
            return
        asked = self.rng.choice(asking)
        accepted = self.rng.random() < 0.8
        self.call(person, "PUT" if accepted else "DELETE", f"/v1/follow-requests/{asked}")
        self.model.requests[asked].discard(person)
        if accepted:
            self.model.follow(asked, person)

    # Posts.

    def post(self, person):
        text, privacy = self.text(), self.rng.choices(["public", "friends", "private"], [8, 1, 1])[0]
        quote = self.some_post() if self.rng.random() < 0.1 else None
        body = {"text": text, "privacy": privacy}
        if quote:
            body["quote_of"] = quote.id
            if not self.model.sees(person, quote):
                self.call(person, "POST", "/v1/posts", body, expected=422)
                return
        made = self.call(person, "POST", "/v1/posts", body, expected=201)
        self.model.add_post(Post(made["id"], person, text, privacy, quote))

    def edit(self, person):
        post = self.own_post(person)
        if post:
            text = self.text()
            assert self.call(person, "PATCH", f"/v1/posts/{post.id}", {"text": text})["text"] == text
            post.texts.append(text)

    def change_privacy(self, person):
        post = self.own_post(person)
        if post:
            post.privacy, post.unsteady = self.rng.choice(["public", "public", "friends", "private"]), True
            self.call(person, "PATCH", f"/v1/posts/{post.id}", {"privacy": post.privacy})

    def delete(self, person):
        post = self.own_post(person)
        if post:
            self.call(person, "DELETE", f"/v1/posts/{post.id}", expected=204)
            post.deleted = post.unsteady = True

    def restore(self, person):
        post = self.own_post(person, deleted=True)
        if post:
            post.deleted = False
            assert self.call(person, "POST", f"/v1/posts/{post.id}/restore")["counts"] == self.model.counts(post)

    # What people do with posts.

    def share(self, person):
        post = self.some_post()
        if not post:
            return
        shared, visible = self.model.shares[person], self.model.sees(person, post)
        expected = 404 if not visible else 200 if post in shared else 201
        self.call(person, "POST", f"/v1/posts/{post.id}/shares", {}, expected=expected)
        if visible:
            shared.setdefault(post, self.model.tick())

    def unshare(self, person):
        if self.model.shares[person]:
            post = self.rng.choice(list(self.model.shares[person]))
            self.call(person, "DELETE", f"/v1/posts/{post.id}/shares/mine", expected=204)
            del self.model.shares[person][post]

    def react(self, person, kind):
        """A like or a save or its end, and sometimes the same once more. Returns the post and what it became, if it did."""
        post, present = self.some_post(), self.rng.random() < 0.75
        if not post:
            return None, None
        visible = self.model.sees(person, post)
        for _ in range(self.rng.choice([1, 1, 2])):
            expected = 200 if visible else 404
            self.call(person, "PUT" if present else "DELETE", f"/v1/posts/{post.id}/{kind}", expected=expected)
        return (post, present) if visible else (None, None)

    def like(self, person):
        post, liked = self.react(person, "like")
        if post:
            (post.likes.add if liked else post.likes.discard)(person)

    def save(self, person):
        post, saved = self.react(person, "save")
        if not post:
            return
        if saved:
            self.model.saves[person].setdefault(post, self.model.tick())
            saved_in = time.time_ns() // 10**6
            wait_until(lambda: time.time_ns() // 10**6 > saved_in, "the next millisecond: lists are as fine as that")
        else:
            self.model.saves[person].pop(post, None)

    # Comments.

    def comment(self, person):
        post = self.some_post()
        if not post:
            return
        text, body, expected, parent = self.text(), {}, 201, None
        near = post.comments if self.rng.random() < 0.95 else list(self.model.comments.values())
        if near and self.rng.random() < 0.5:
            parent = self.rng.choice(near)
            body["reply_to"] = parent.id
            if parent.post is not post or parent.deleted or not self.model.meets(person, parent):
                expected = 422
        if not self.model.sees(person, post):
            expected = 404
        made = self.call(person, "POST", f"/v1/posts/{post.id}/comments", {"text": text, **body}, expected=expected)
        if expected == 201:
            thread = parent and (parent.thread or parent)
            self.model.add_comment(Comment(made["id"], post, person, text, thread))

    def some_comment(self, person):
        comments = list(self.model.comments.values())
        own = [comment for comment in comments if person in (comment.author, comment.post.author)]
        return self.rng.choice(own if own and self.rng.random() < 0.7 else comments) if comments else None

    def edit_comment(self, person):
        comment, text = self.some_comment(person), self.text()
        if not comment:
            return
        there = self.model.meets(person, comment) and not comment.deleted
        expected = 404 if not there else 200 if comment.author == person else 403
        self.call(person, "PATCH", f"/v1/comments/{comment.id}", {"text": text}, expected=expected)
        if expected == 200:
            comment.text, comment.edited = text, True

    def delete_comment(self, person):
        comment = self.some_comment(person)
        if not comment:
            return
        may = person in (comment.author, comment.post.author)
        there = self.model.meets(person, comment) and (may or not comment.deleted)
        expected = 404 if not there else 204 if may else 403
        self.call(person, "DELETE", f"/v1/comments/{comment.id}", expected=expected)
        if expected == 204:
            comment.deleted = True

    def like_comment(self, person):
        comment, liked = self.some_comment(person), self.rng.random() < 0.75
        if not comment:
            return
        there = self.model.meets(person, comment) and not comment.deleted
        path = f"/v1/comments/{comment.id}/like"
        answer = self.call(person, "PUT" if liked else "DELETE", path, expected=200 if there else 404)
        if there:
            (comment.likes.add if liked else comment.likes.discard)(person)
            assert answer["counts"]["likes"] == len(comment.likes), answer

    # Reading.

    def read(self, person):
        order = self.rng.choice(["latest", "ranked"])
        self.people[person].get("/v1/feed", limit=self.rng.choice([1, 5, 50]), order=order)

    def mark_read(self, person):
        told = self.people[person].get("/v1/notifications", limit=5)["items"]
        if told:
            self.call(person, "POST", "/v1/notifications/read", {"up_to": told[-1]["id"]})
