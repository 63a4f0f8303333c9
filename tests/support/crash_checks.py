"""Compares a restarted server with what it had acknowledged; what was unknown becomes what is there."""

from collections import defaultdict

from support.crash_load import Comment, Post


class Checks:
    def __init__(self, server, model, people, admin):
        self.server, self.model, self.people, self.admin = server, model, people, admin

    def everything(self, posts):
        """Of `posts` also what hangs on them."""
        self.sign_ups()
        for person in self.people:
            self.restrictions_and_follows(person)
        for person in self.people:
            self.own_posts(person)
        self.model.maybe_posts.clear()
        self.server.settle(self.admin)
        posts = [id for id in posts if self.model.posts[id].alive]
        for person in self.people:
            self.reactions(person, posts)
        for id in posts:
            self.comments(id)
        self.model.maybe_comments.clear()
        self.index()
        for start in range(0, len(posts), 100):
            self.counts(posts[start : start + 100])
        for person in self.people:
            self.lists(person)
            self.home(person)
            self.inbox(person)
        self.model.touched.clear()

    def index(self):
        self.who, self.under = defaultdict(set), defaultdict(list)  # by kind and post; by post
        for (kind, name, what), state in self.model.states.items():
            if state:
                self.who[kind, what].add(name)
        for comment in self.model.comments.values():
            if comment.alive:
                self.under[comment.post].append(comment)

    def name(self, person):
        return person.account["username"]

    def same(self, key, found):
        state = self.model.states.get(key, False)
        assert state is None or state == found, f"{key} should be {state}"
        self.model.states[key] = found

    def sign_ups(self):
        for username in list(self.model.maybe_people):
            answer = self.server.anybody().call("GET", f"/v1/accounts/lookup?username={username}")
            if answer.status == 200:
                self.model.people[username] = answer.json["id"]
        self.model.maybe_people.clear()

    def states_of(self, kind, name):
        return [key for key in self.model.states if key[0] == kind and key[1] == name]

    def restrictions_and_follows(self, person):
        name = self.name(person)
        blocked = {account["username"] for account in person.pages("/v1/me/blocks", limit=100)}
        for key in self.states_of("block", name):
            self.same(key, key[2] in blocked)
        following = {account["username"] for account in person.pages(f"/v1/accounts/{person.id}/following", limit=100)}
        for key in self.states_of("follow", name):
            self.same(key, key[2] in following)
        assert not blocked & following, f"{name}: a block is half there"
        assert blocked | following <= {key[2] for kind in ("block", "follow") for key in self.states_of(kind, name)}
        assert person.get("/v1/me")["following_count"] == len(following)

    def own_posts(self, person):
        name = self.name(person)
        page = person.pages(f"/v1/accounts/{person.id}/posts", limit=100)
        alive = {post["id"]: post["text"] for post in page if post["author"]["id"] == person.id}
        deleted = {item["post"]["id"] for item in person.pages("/v1/me/deleted", limit=100)}
        assert len(page) == len({post["id"] for post in page}) and len(alive) == len(set(alive.values())), "each once"
        assert not deleted & set(alive), f"{name}: a post is both there and deleted"
        for id, text in alive.items():
            if self.model.maybe_posts.get(text) == name:
                self.model.posts[id] = self.new_post(name, text)
                self.model.touched.add(id)
                del self.model.maybe_posts[text]
        own = {id: post for id, post in self.model.posts.items() if post.author == name}
        for id, post in own.items():
            assert post.alive is None or post.alive == (id in alive), f"{name}'s post {id} should be alive: {post.alive}"
            assert (id in alive) != (id in deleted), f"{name}'s post {id}"
            post.alive = id in alive
        assert set(alive) | deleted == set(own), name
        assert person.get("/v1/me")["posts_count"] == len(alive)

    def new_post(self, name, text):
        post = Post(name, text)
        post.was_deleted = True  # nobody knows since when it is there
        return post

    def visible(self, person, posts):
        blocked = {key[2] for key in self.states_of("block", self.name(person)) if self.model.states[key]}
        return [id for id in posts if self.model.posts[id].author not in blocked]

    def reactions(self, person, posts):
        name, posts = self.name(person), self.visible(person, posts)
        for start in range(0, len(posts), 100):
            found = person.get("/v1/posts", ids=",".join(posts[start : start + 100]))["items"]
            assert [post["id"] for post in found] == posts[start : start + 100], name
            for post in found:
                for kind, shown in (("like", "liked"), ("save", "saved"), ("share", "shared")):
                    self.same((kind, name, post["id"]), post["viewer"][shown])

    def counts(self, posts):
        for post in self.server.anybody().get("/v1/posts", ids=",".join(posts))["items"]:
            assert post["counts"] == {
                "likes": len(self.who["like", post["id"]]),
                "comments": len(self.under[post["id"]]),
                "shares": len(self.who["share", post["id"]]),
            }, f"counts of {post['id']}: {post['counts']}"

    def comments(self, id):
        anybody, path = self.server.anybody(), f"/v1/posts/{id}/comments"
        found = anybody.pages(path, limit=100, order="oldest")
        for comment in list(found):
            if comment["counts"]["replies"]:
                replies = anybody.pages(path, limit=100, order="oldest", reply_to=comment["id"])
                assert len(replies) == comment["counts"]["replies"], f"replies to {comment['id']}"
                found += replies
        there = {comment["id"]: comment for comment in found if not comment["deleted"]}
        texts = [comment["text"] for comment in there.values()]
        assert len(texts) == len(set(texts)), "each comment once"
        for comment in there.values():
            self.adopt(comment)
        for comment_id, comment in self.model.comments.items():
            if comment.post != id:
                continue
            assert comment.alive is None or comment.alive == (comment_id in there), f"comment {comment_id}: {comment.alive}"
            comment.alive = comment_id in there
            if comment.alive:
                self.comment_likes(comment_id, there[comment_id])
        assert set(there) == {one for one, comment in self.model.comments.items() if comment.post == id and comment.alive}

    def adopt(self, comment):
        """A comment that was written but not acknowledged."""
        name, post, reply = self.model.maybe_comments.pop(comment["text"], (None, None, None))
        if name is None:
            return
        assert (comment["author"]["username"], comment["post_id"]) == (name, post)
        self.model.comments[comment["id"]] = Comment(name, post, comment["text"], reply)

    def comment_likes(self, id, comment):
        states = {key: state for key, state in self.model.states.items() if key[0] == "like comment" and key[2] == id}
        sure = sum(state is True for state in states.values())
        unknown = [key for key, state in states.items() if state is None]
        likes = comment["counts"]["likes"]
        assert sure <= likes <= sure + len(unknown), f"likes of comment {id}: {likes}, not {sure}"
        if likes - sure in (0, len(unknown)):
            self.model.states.update(dict.fromkeys(unknown, likes > sure))

    def alive(self, kind, person):
        name = self.name(person)
        posts = [key[2] for key in self.states_of(kind, name) if self.model.states[key]]
        return {id for id in self.visible(person, posts) if self.model.posts[id].alive}

    def lists(self, person):
        for kind, path in (("save", "/v1/me/saved"), ("like", "/v1/me/likes")):
            found = [post["id"] for post in person.pages(path, limit=100)]
            assert len(found) == len(set(found)) and set(found) == self.alive(kind, person), f"{self.name(person)}: {path}"

    def home(self, person):
        name = self.name(person)
        heard = {key[2] for key in self.states_of("follow", name) if self.model.states[key]} | {name}
        shared = {key[2] for key, state in self.model.states.items() if key[0] == "share" and key[1] in heard and state}
        own = {id for id, post in self.model.posts.items() if post.author in heard}
        expected = {id for id in self.visible(person, own | shared) if self.model.posts[id].alive}
        feed = person.feed(100)
        found = [post["id"] for post in feed]
        assert len(found) == len(set(found)) and set(found) == expected, f"{name}'s home"
        times = [post["shared_by"]["shared_at"] if "shared_by" in post else post["created_at"] for post in feed]
        assert times == sorted(times, reverse=True), f"{name}'s home is in order"
        assert all(post["shared_by"]["username"] in heard for post in feed if "shared_by" in post)

    def inbox(self, person):
        """Every like, share and comment of a post that was always there is told once; nothing is told that is not so."""
        name = self.name(person)
        told = person.pages("/v1/notifications", limit=100)
        unread = person.get("/v1/notifications/unread-count")["count"]
        assert unread == sum(not one["read"] for one in told), name
        groups = [(one["type"], one.get("post", {}).get("id"), one.get("comment_id")) for one in told]
        assert len(groups) == len(set(groups)), f"{name} is told something twice"
        counts = {(one["type"], one["post"]["id"]): one["count"] for one in told if self.is_about_post(one)}
        steady = {id for id, post in self.model.posts.items() if post.author == name and not post.was_deleted}
        expected = {}
        for id in steady:
            for kind in ("like", "share"):
                expected[kind, id] = len(self.who[kind, id] - {name})
            by = {one.author for one in self.under[id] if not one.reply}
            more = {one.author for one in self.under[id]}
            found = counts.pop(("comment", id), 0)
            assert len(by - {name}) <= found <= len(more - {name}), f"comments on {id} told {name}: {found}"
        counts = {key: count for key, count in counts.items() if key[1] in steady and key[0] in ("like", "share")}
        assert counts == {key: count for key, count in expected.items() if count}, name

    def is_about_post(self, told):
        return "post" in told and (told["type"] in ("share", "comment") or "comment_id" not in told)
