"""People who write until the server dies under them, and what of it was acknowledged."""

import http.client
import threading

from support.freshet import Person

LOST = (OSError, http.client.HTTPException)
RECENT = 60  # posts that people do something with


class Post:
    def __init__(self, author, text, alive=True):
        self.author, self.text, self.alive = author, text, alive
        self.was_deleted = False


class Comment:
    def __init__(self, author, post, text, reply):
        self.author, self.post, self.text, self.reply = author, post, text, reply
        self.alive = True


class Model:
    """What may or may not have happened has the state None until somebody looks."""

    def __init__(self):
        self.lock = threading.Lock()
        self.people = {}  # username -> account id, acknowledged
        self.maybe_people = set()
        self.posts = {}  # id -> Post, acknowledged
        self.maybe_posts = {}  # text -> username
        self.comments = {}  # id -> Comment, acknowledged
        self.maybe_comments = {}  # text -> (username, post, whether it is a reply)
        self.states = {}  # (kind, username, account or post) -> True, False, or None when unknown
        self.touched = set()  # posts with which something was done since the last look

    def is_so(self, kind, name, what):
        return self.states.get((kind, name, what), False)


class Worker(threading.Thread):
    WEIGHTS = {
        "post": 25, "delete": 5, "restore": 4, "follow": 10, "sign_up": 2, "block": 4,
        "like": 18, "save": 6, "share": 8, "comment": 12, "delete_comment": 4, "like_comment": 3, "read": 5, "mark_read": 1,
    }  # fmt: skip

    def __init__(self, server, model, person, rng, round_number, passive):
        super().__init__(daemon=True)
        self.server, self.model, self.person, self.rng, self.round = server, model, person, rng, round_number
        self.passive = passive  # usernames of those who do nothing
        self.name = person.account["username"]
        self.failure = None

    def run(self):
        try:
            for step in range(10_000):
                getattr(self, self.rng.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0])(step)
        except LOST:
            pass
        except BaseException as failure:  # shown by the test
            self.failure = failure

    def call(self, method, path, body=None, status=(200, 201, 204), headers=None):
        answer = self.person.call(method, path, body, headers)
        assert answer.status in status, f"{self.name} {method} {path}: {answer}"
        return answer

    def change(self, key, wanted, method, path, gone=None, also=()):
        """A call after which it is so or not; it may say that the post is gone, if that can be."""
        with self.model.lock:
            before = {one: self.model.states.get(one, False) for one in (key, *also)}
            self.model.states.update(dict.fromkeys(before))
        answer = self.person.call(method, path, {} if method == "POST" else None)
        with self.model.lock:
            if answer.status == 404 and gone and gone.was_deleted:
                self.model.states.update(before)
                return
            assert answer.status in (200, 201, 204), f"{self.name} {method} {path}: {answer}"
            self.model.states.update({key: wanted, **dict.fromkeys(also, False)})

    # What people do.

    def post(self, step):
        text = f"{self.name} {self.round} {step}"
        with self.model.lock:
            self.model.maybe_posts[text] = self.name
        headers = {"Idempotency-Key": text.replace(" ", "-")} if self.rng.random() < 0.3 else None
        made = self.call("POST", "/v1/posts", {"text": text}, headers=headers).json
        with self.model.lock:
            del self.model.maybe_posts[text]
            self.model.posts[made["id"]] = Post(self.name, text)
            self.model.touched.add(made["id"])

    def own_post(self, alive):
        with self.model.lock:
            own = [id for id, post in self.model.posts.items() if post.author == self.name and post.alive is alive]
        return self.rng.choice(own[-RECENT:]) if own else None

    def set_alive(self, alive, method, path):
        id = self.own_post(not alive)
        if id is None:
            return
        with self.model.lock:
            post = self.model.posts[id]
            post.alive, post.was_deleted = None, True
            self.model.touched.add(id)
        self.call(method, path.format(id))
        with self.model.lock:
            post.alive = alive

    def delete(self, _):
        self.set_alive(False, "DELETE", "/v1/posts/{}")

    def restore(self, _):
        self.set_alive(True, "POST", "/v1/posts/{}/restore")

    def follow(self, _):
        with self.model.lock:
            others = [name for name in self.model.people if name != self.name and not self.model.is_so("block", self.name, name)]
            other = self.rng.choice(others)
            account = self.model.people[other]
        wanted = self.rng.random() < 0.7
        self.change(("follow", self.name, other), wanted, "PUT" if wanted else "DELETE", f"/v1/accounts/{account}/follow")

    def block(self, _):
        """Of those who do nothing, so that nobody else's answers depend on it. Ends the follow with it, or not at all."""
        other = self.rng.choice(self.passive)
        path = f"/v1/accounts/{self.model.people[other]}/block"
        wanted = self.rng.random() < 0.6
        also = [("follow", self.name, other)] if wanted else []
        self.change(("block", self.name, other), wanted, "PUT" if wanted else "DELETE", path, also=also)

    def sign_up(self, step):
        username = f"p{self.round}_{self.name}_{step}"
        with self.model.lock:
            self.model.maybe_people.add(username)
        body = {"username": username, "password": "correct horse", "display_name": username}
        answer = Person(self.server).call("POST", "/v1/accounts", body)
        assert answer.status == 201, answer
        with self.model.lock:
            self.model.maybe_people.discard(username)
            self.model.people[username] = answer.json["account"]["id"]

    def some_post(self):
        with self.model.lock:
            posts = [id for id, post in self.model.posts.items() if post.alive][-RECENT:]
            posts = [id for id in posts if not self.model.is_so("block", self.name, self.model.posts[id].author)]
            if not posts:
                return None, None
            id = self.rng.choice(posts)
            self.model.touched.add(id)
            return id, self.model.posts[id]

    def react(self, kind, path, add="PUT"):
        id, post = self.some_post()
        if post:
            wanted = self.rng.random() < 0.7
            self.change((kind, self.name, id), wanted, add if wanted else "DELETE", path(wanted).format(id), gone=post)

    def like(self, _):
        self.react("like", lambda _: "/v1/posts/{}/like")

    def save(self, _):
        self.react("save", lambda _: "/v1/posts/{}/save")

    def share(self, _):
        self.react("share", lambda wanted: "/v1/posts/{}/shares" + ("" if wanted else "/mine"), add="POST")

    def comment(self, step):
        id, post = self.some_post()
        if not post:
            return
        text, body = f"{self.name} says {self.round} {step}", {}
        with self.model.lock:
            under = [one for one, comment in self.model.comments.items() if comment.post == id]
            if under and self.rng.random() < 0.4:
                body["reply_to"] = self.rng.choice(under)
            self.model.maybe_comments[text] = (self.name, id, bool(body))
        answer = self.person.call("POST", f"/v1/posts/{id}/comments", {"text": text, **body})
        with self.model.lock:
            del self.model.maybe_comments[text]
            if answer.status == 404 and post.was_deleted:
                return
            if answer.status == 422 and body and not self.model.comments[body["reply_to"]].alive:
                return
            assert answer.status == 201, answer
            self.model.comments[answer.json["id"]] = Comment(self.name, id, text, bool(body))

    def some_comment(self, own):
        with self.model.lock:
            comments = [id for id, one in self.model.comments.items() if one.alive and (not own or one.author == self.name)]
            if not comments:
                return None, None
            id = self.rng.choice(comments[-RECENT:])
            comment = self.model.comments[id]
            self.model.touched.add(comment.post)
            return id, comment

    def delete_comment(self, _):
        id, comment = self.some_comment(own=True)
        if not comment or self.model.is_so("block", self.name, self.model.posts[comment.post].author):
            return
        comment.alive = None
        answer = self.person.call("DELETE", f"/v1/comments/{id}")
        gone = answer.status == 404 and self.model.posts[comment.post].was_deleted
        assert answer.status == 204 or gone, answer
        comment.alive = gone

    def like_comment(self, _):
        id, comment = self.some_comment(own=False)
        if not comment or self.model.is_so("block", self.name, self.model.posts[comment.post].author):
            return
        key = ("like comment", self.name, id)
        with self.model.lock:
            before = self.model.states.get(key, False)
            self.model.states[key] = None
        answer = self.person.call("PUT", f"/v1/comments/{id}/like")
        with self.model.lock:
            gone = not comment.alive or self.model.posts[comment.post].was_deleted
            assert answer.status == 200 or (answer.status == 404 and gone), answer
            self.model.states[key] = True if answer.status == 200 else before

    def read(self, _):
        self.person.get("/v1/feed", limit=20, order=self.rng.choice(["latest", "ranked"]))

    def mark_read(self, _):
        told = self.person.get("/v1/notifications", limit=20)["items"]
        if told:
            self.call("POST", "/v1/notifications/read", {"up_to": told[-1]["id"]})
