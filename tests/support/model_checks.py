"""Holds what the product shows against the model. Everything must have been processed before."""

import urllib.parse

from support.model import folded
from support.model_actions import TAGS


class Checks:
    def __init__(self, model, people, rng):
        self.model, self.people, self.rng = model, people, rng

    def everything(self, sample):
        """Every home, inbox and count; the other pages of `sample` people."""
        for person in self.model.people:
            self.home(person)
            self.account(person)
            self.own_posts(person)
            self.inbox(person)
        for person in self.rng.sample(self.model.people, min(sample, len(self.model.people))):
            self.ranked_home(person)
            self.pages(person)
            self.lists_of_people(person)
            self.somebody_else(person)
            for post in self.rng.sample(list(self.model.posts.values()), min(5, len(self.model.posts))):
                self.post(person, post)

    def limit(self):
        return self.rng.choice([2, 7, 50, 100, 100])

    def all_of(self, person, path, **query):
        return self.people[person].pages(path, limit=self.limit(), **query)

    def status(self, person, path):
        return self.people[person].call("GET", path).status

    def name(self, person):
        return self.model.usernames[person]

    # Posts.

    def same_posts(self, viewer, found, expected, ordered=True):
        """`expected`: (post, who shared it). Compares all that a reader sees of them."""
        shown = [self.as_shown(viewer, post) for post in found]
        right = [self.as_it_is(viewer, post, sharer) for post, sharer in expected]
        if not ordered:
            shown, right = ([{**post, "shared_by": None} for post in posts] for posts in (shown, right))
            shown, right = (sorted(posts, key=lambda post: post["id"]) for posts in (shown, right))
        assert [post["id"] for post in shown] == [post["id"] for post in right], self.name(viewer)
        assert shown == right, self.name(viewer)

    def as_shown(self, viewer, post):
        quote = post.get("quote")
        return {
            **{name: post[name] for name in ("id", "text", "privacy", "counts", "viewer")},
            "author": post["author"]["id"],
            "edited": post["edited_at"] is not None,
            "shared_by": post.get("shared_by", {}).get("id"),
            "quote": quote and (quote["id"], quote.get("text"), quote.get("counts")),
        }

    def as_it_is(self, viewer, post, sharer=None):
        quote = post.quote and (post.quote.id, None, None)
        if post.quote and self.model.sees(viewer, post.quote):
            quote = (post.quote.id, post.quote.text, self.model.counts(post.quote))
        return {
            "id": post.id,
            "text": post.text,
            "privacy": post.privacy,
            "counts": self.model.counts(post),
            "viewer": self.model.viewer(viewer, post),
            "author": post.author,
            "edited": len(post.texts) > 1,
            "shared_by": sharer,
            "quote": quote,
        }

    def home(self, person):
        feed = [item["post"] for item in self.all_of(person, "/v1/feed", order="latest")]
        self.same_posts(person, feed, self.model.home(person))

    def ranked_home(self, person):
        feed = [item["post"] for item in self.all_of(person, "/v1/feed", order="ranked")]
        self.same_posts(person, feed, self.model.home(person), ordered=False)

    def own_posts(self, person):
        """Those that are in nobody's home are counted too."""
        posts = self.model.alive(person)
        for start in range(0, len(posts), 100):
            ids = ",".join(post.id for post in posts[start : start + 100])
            found = self.people[person].get("/v1/posts", ids=ids)["items"]
            self.same_posts(person, found, [(post, None) for post in posts[start : start + 100]])

    def pages(self, person):
        model, other = self.model, self.rng.choice(self.model.people)
        path = f"/v1/accounts/{other}/posts"
        if person in model.blocks[other]:
            assert self.status(person, path) == 404
        else:
            self.same_posts(person, self.all_of(person, path), model.page_of(person, other))
        tag = self.rng.choice(TAGS)
        tagged = model.newest(person, lambda post: tag.casefold() in post.tags)
        self.posts(person, f"/v1/hashtags/{urllib.parse.quote(tag)}/posts", tagged)
        self.posts(person, "/v1/me/mentions", model.newest(person, lambda post: self.name(person) in post.mentions))
        self.posts(person, "/v1/me/saved", model.saved(person))
        self.posts(person, "/v1/me/likes", model.newest(person, lambda post: person in post.likes))
        deleted = {post.id for _, post in model.by_author[person] if post.deleted}
        found = [item["post"]["id"] for item in self.all_of(person, "/v1/me/deleted")]
        assert sorted(found) == sorted(deleted)

    def posts(self, person, path, expected):
        self.same_posts(person, self.all_of(person, path), [(post, None) for post in expected])

    def post(self, person, post):
        """One post and everything that hangs on it, as one person sees it."""
        model, path = self.model, f"/v1/posts/{post.id}"
        if not model.sees(person, post):
            paths = [path, f"{path}/likes", f"{path}/comments", f"{path}/history"]
            assert [self.status(person, path) for path in paths] == [404] * 4, post.id
            return
        self.same_posts(person, [self.people[person].get(path)], [(post, None)])
        likers = [liker["id"] for liker in self.all_of(person, f"{path}/likes")]
        expected = [liker for liker in sorted(post.likes, key=int) if not model.apart(person, liker)]
        assert likers == expected, f"likers of {post.id} for {self.name(person)}"
        if person == post.author:
            history = self.people[person].get(f"{path}/history")["items"]
            assert [version["text"] for version in reversed(history)] == post.texts
        order = self.rng.choice(["newest", "oldest", "top"])
        self.comments(person, post, order)
        for comment in post.comments:
            if comment.replies:
                self.comments(person, post, order, comment)

    def comments(self, person, post, order, thread=None):
        query = {"order": order, **({"reply_to": thread.id} if thread else {})}
        found = self.all_of(person, f"/v1/posts/{post.id}/comments", **query)
        shown = [
            (one["id"], one["text"], one["deleted"], one["author"] and one["author"]["id"], one["edited_at"] is not None,
             one["counts"]["likes"], one["counts"]["replies"], one["viewer"]["liked"], one.get("reply_to"))
            for one in found
        ]  # fmt: skip
        right = [
            (one.id, "", True, None, False, 0, len(one.replies), False, thread and thread.id)
            if one.deleted
            else (one.id, one.text, False, one.author, one.edited, len(one.likes), len(one.replies), person in one.likes,
                  thread and thread.id)
            for one in self.model.listed(person, post, order, thread)
        ]  # fmt: skip
        assert shown == right, f"{order} comments on {post.id} for {self.name(person)}"

    # People.

    def account(self, person):
        self.same_account(self.people[person].get("/v1/me"), person)

    def same_account(self, found, person):
        counts = {name: found[f"{name}_count"] for name in ("followers", "following", "posts")}
        assert counts == {
            "followers": len(self.model.followers[person]),
            "following": len(self.model.follows[person]),
            "posts": len(self.model.alive(person)),
        }, self.name(person)
        assert found["private"] == (person in self.model.private)

    def somebody_else(self, person):
        model, other = self.model, self.rng.choice(self.model.people)
        if other == person:
            return
        if person in model.blocks[other]:
            assert self.status(person, f"/v1/accounts/{other}") == 404
            return
        found = self.people[person].get(f"/v1/accounts/{other}")
        self.same_account(found, other)
        assert found["relationship"] == {
            "following": other in model.follows[person],
            "requested": other in model.requests[person],
            "followed_by": person in model.follows[other],
            "friend": model.friends(person, other),
            "blocking": other in model.blocks[person],
            "muting": model.mutes_now(person, other),
        }, (self.name(person), self.name(other))

    def lists_of_people(self, person):
        model, other = self.model, self.rng.choice(self.model.people)
        for path, members in (("followers", model.followers[other]), ("following", model.follows[other])):
            path = f"/v1/accounts/{other}/{path}"
            expected = model.sees_lists_of(person, other)
            if expected == 200:
                self.same_people(person, path, {one for one in members if not model.apart(person, one)})
            else:
                assert self.status(person, path) == expected, path
        self.same_people(person, "/v1/follow-requests", {one for one in model.people if person in model.requests[one]})
        self.same_people(person, "/v1/me/blocks", model.blocks[person])
        muted = {one for one in model.mutes[person] if model.mutes_now(person, one) and not model.apart(person, one)}
        assert sorted(one["account"]["id"] for one in self.all_of(person, "/v1/me/mutes")) == sorted(muted)
        other_account = self.people[other].account
        names = (other_account["display_name"], other_account["username"])
        start = self.rng.choice([names[0][:2], names[0].split()[0], names[1][:-1], names[1]])
        found = {one for one in model.people if person not in model.blocks[one] and self.begins(one, start)}
        self.same_people(person, "/v1/accounts/search", found, q=start)

    def begins(self, person, start):
        account = self.people[person].account
        words = [account["username"], *account["display_name"].split()]
        return any(folded(word).startswith(folded(start)) for word in words)

    def same_people(self, person, path, expected, **query):
        found = [one["id"] for one in self.all_of(person, path, **query)]
        assert sorted(found) == sorted(expected), f"{path} {query} for {self.name(person)}"

    # Notifications.

    def inbox(self, person):
        told = self.all_of(person, "/v1/notifications")
        unread = self.people[person].get("/v1/notifications/unread-count")["count"]
        assert unread == sum(not one["read"] for one in told), f"unread notifications of {self.name(person)}"
        assert len({one["group"] for one in told}) == len(told)
        for one in told:
            assert self.may_be_told(person, one), f"{self.name(person)} is told {one}"
        counts = {(one["type"], one["post"]["id"]): one["count"] for one in told if "post" in one and not one.get("comment_id")}
        for _, post in self.model.by_author[person]:
            for kind, people in (("like", post.likes), ("share", self.sharers(post))):
                people = people - {person}
                if self.is_steady(person, post, people):
                    assert counts.get((kind, post.id), 0) == len(people), f"{kind}s of {post.id} told {self.name(person)}"

    def sharers(self, post):
        return {person for person, shared in self.model.shares.items() if post in shared}

    def is_steady(self, person, post, people):
        """Whether these people and the post could be seen all the time, so that everything they did is told."""
        model = self.model
        return not (
            post.unsteady
            or post.author in model.were_private
            or any(frozenset((person, other)) in model.parted for other in people)
        )

    def may_be_told(self, person, told):
        model, actors = self.model, [actor["id"] for actor in told["actors"]]
        if any(model.apart(person, actor) or model.mutes_now(person, actor) or actor == person for actor in actors):
            return False
        post = model.posts[told["post"]["id"]] if "post" in told else None
        if post and not model.sees(person, post):
            return False
        comment = model.comments[told["comment_id"]] if "comment_id" in told else None
        match told["type"]:
            case "follow":
                return all(person in model.follows[actor] for actor in actors)
            case "request":
                return all(person in model.requests[actor] for actor in actors)
            case "like" if comment:
                return comment.author == person and not comment.deleted and comment.likes.issuperset(actors)
            case "like":
                return post.author == person and post.likes.issuperset(actors)
            case "share":
                return post.author == person and self.sharers(post).issuperset(actors)
            case "comment" | "reply":
                return not comment.deleted and comment.author == actors[0] and comment.post is post
            case "mention":
                return self.name(person) in post.mentions and actors == [post.author]
            case "quote":
                return post.quote is not None and post.quote.author == person and actors == [post.author]
        return False
