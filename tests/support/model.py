"""What the product should hold and show, kept plainly in memory: no caches, no queues, no shortcuts."""

import time
import unicodedata

FOR_EVER = float("inf")


def folded(word):
    """As words are compared: without case, diacritics and the sign of a hashtag or mention."""
    parts = unicodedata.normalize("NFD", word.strip("#@,.").casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


class Post:
    def __init__(self, id, author, text, privacy, quote=None):
        self.id, self.author, self.privacy, self.quote = id, author, privacy, quote
        self.texts = [text]
        self.deleted = False
        self.unsteady = privacy != "public"  # who may see it changed, or depends on more than blocks
        self.likes = set()
        self.comments = []

    @property
    def text(self):
        return self.texts[-1]

    @property
    def tags(self):
        return {word[1:].casefold() for word in self.text.split() if word.startswith("#")}

    @property
    def mentions(self):
        return {word[1:] for word in self.text.split() if word.startswith("@")}


class Comment:
    def __init__(self, id, post, author, text, thread=None):
        self.id, self.post, self.author, self.text, self.thread = id, post, author, text, thread
        self.edited = self.deleted = False
        self.likes = set()

    @property
    def replies(self):
        return [other for other in self.post.comments if other.thread is self and not other.deleted]

    @property
    def stands(self):
        """Whether it is in its list, perhaps only as a tombstone."""
        return not self.deleted or bool(self.replies)


class Model:
    """People are named by their account's id."""

    def __init__(self, usernames):
        self.usernames = usernames  # id -> username
        self.people = list(usernames)
        self.posts = {}  # id -> Post, the deleted ones too, oldest first
        self.comments = {}  # id -> Comment
        self.private = set()
        for name in ("follows", "followers", "requests", "blocks"):
            setattr(self, name, {person: set() for person in self.people})
        # Whom one mutes and which folded words, and when that ends (seconds since the epoch).
        self.mutes = {person: {} for person in self.people}
        self.words = {person: {} for person in self.people}
        self.by_author = {person: [] for person in self.people}
        self.shares = {person: {} for person in self.people}  # Post -> when
        self.saves = {person: {} for person in self.people}  # likewise
        self.parted = set()  # pairs who blocked or muted at some time
        self.were_private = set()
        self.now = 0

    def tick(self):
        self.now += 1
        return self.now

    # What happens.

    def follow(self, person, other):
        self.follows[person].add(other)
        self.followers[other].add(person)
        self.requests[person].discard(other)

    def unfollow(self, person, other):
        self.follows[person].discard(other)
        self.followers[other].discard(person)
        self.requests[person].discard(other)

    def block(self, person, other):
        self.blocks[person].add(other)
        self.unfollow(person, other)
        self.unfollow(other, person)
        self.part(person, other)

    def mute(self, person, other, ends):
        self.mutes[person][other] = ends
        self.part(person, other)

    def part(self, person, other):
        self.parted.add(frozenset((person, other)))

    def add_post(self, post):
        self.posts[post.id] = post
        self.by_author[post.author].append((self.tick(), post))

    def add_comment(self, comment):
        self.comments[comment.id] = comment
        comment.post.comments.append(comment)

    # Who may see what.

    def apart(self, one, two):
        return two in self.blocks[one] or one in self.blocks[two]

    def mutes_now(self, person, other):
        return self.mutes[person].get(other, 0) > time.time()

    def friends(self, one, two):
        return two in self.follows[one] and one in self.follows[two]

    def sees_lists_of(self, viewer, person):
        """The status with which who follows somebody, and whom they follow, is answered."""
        if viewer in self.blocks[person]:
            return 404
        if person in self.blocks[viewer]:
            return 403
        return 200 if viewer == person or person not in self.private or person in self.follows[viewer] else 403

    def hears(self, viewer, author):
        """Whether the viewer may see what the author says to everybody."""
        if viewer == author:
            return True
        return not self.apart(viewer, author) and (author not in self.private or author in self.follows[viewer])

    def sees(self, viewer, post):
        if post.deleted:
            return False
        if viewer == post.author:
            return True
        if post.privacy == "private" or not self.hears(viewer, post.author):
            return False
        return post.privacy == "public" or self.friends(viewer, post.author)

    def meets(self, viewer, comment):
        """Whether there is this comment for the viewer; the author of a post has to clean up under it."""
        return self.sees(viewer, comment.post) and (
            viewer == comment.post.author or comment.deleted or not self.apart(viewer, comment.author)
        )

    # What is shown.

    def counts(self, post):
        return {
            "likes": len(post.likes),
            "comments": sum(not comment.deleted for comment in post.comments),
            "shares": sum(post in shared for shared in self.shares.values()),
        }

    def viewer(self, viewer, post):
        return {"liked": viewer in post.likes, "saved": post in self.saves[viewer], "shared": post in self.shares[viewer]}

    def unwanted(self, viewer, post):
        if post.author == viewer:
            return False
        seen = [post] + ([post.quote] if post.quote and self.sees(viewer, post.quote) else [])
        muted = {word for word, ends in self.words[viewer].items() if ends > time.time()}
        return any(
            self.mutes_now(viewer, one.author) or muted.intersection(folded(word) for word in one.text.split()) for one in seen
        )

    def entries(self, person):
        """What somebody brings to their page: (when, post, who shared it)."""
        own = [(at, post, None) for at, post in self.by_author[person]]
        return own + [(at, post, person) for post, at in self.shares[person].items()]

    def shown(self, viewer, entries):
        """Newest first; of several entries that show one post only the newest."""
        found, here = [], set()
        for _, post, sharer in sorted(entries, key=lambda entry: -entry[0]):
            if post in here or not self.sees(viewer, post) or (sharer and not self.hears(viewer, sharer)):
                continue
            here.add(post)
            found.append((post, sharer))
        return found

    def home(self, viewer):
        people = [person for person in self.follows[viewer] if not self.mutes_now(viewer, person)] + [viewer]
        entries = [entry for person in people for entry in self.entries(person)]
        return [(post, sharer) for post, sharer in self.shown(viewer, entries) if not self.unwanted(viewer, post)]

    def page_of(self, viewer, person):
        return self.shown(viewer, self.entries(person))

    def newest(self, viewer, wanted):
        return [post for post in reversed(self.posts.values()) if wanted(post) and self.sees(viewer, post)]

    def alive(self, author):
        return [post for _, post in self.by_author[author] if not post.deleted]

    def saved(self, viewer):
        posts = sorted(self.saves[viewer], key=self.saves[viewer].get, reverse=True)
        return [post for post in posts if self.sees(viewer, post)]

    def listed(self, viewer, post, order, thread=None):
        comments = [
            comment
            for comment in post.comments
            if comment.thread is thread and comment.stands and (comment.deleted or not self.apart(viewer, comment.author))
        ]
        if order == "oldest":
            return comments
        comments.reverse()
        return comments if order == "newest" else sorted(comments, key=lambda comment: -len(comment.likes))
