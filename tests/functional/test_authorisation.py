"""Who may do what with whose posts, comments and account: every route, every standing, in one table."""

import urllib.parse

import pytest

# How the caller stands to the owner of what the route names. Blocked: by the owner.
CALLERS = ("anonymous", "stranger", "blocked", "follower", "friend", "owner", "admin")

# What a cell says: ok (2xx), a status, or of a list whether the post or account is in it.
# The words before the cells are what is asked for. A post of a "closed" account is a public one.
TABLE = """
                        anonymous stranger blocked  follower friend   owner    admin

GET    /v1/posts/{id}
GET    /v1/posts/{id}/history
GET    /v1/posts/{id}/likes
GET    /v1/posts/{id}/comments
  public                ok       ok       404      ok       ok       ok       ok
  friends               404      404      404      404      ok       ok       404
  private               404      404      404      404      404      ok       404
  deleted               404      404      404      404      404      404      404
  closed                404      404      404      ok       ok       ok       404

PUT    /v1/posts/{id}/like
DELETE /v1/posts/{id}/like
PUT    /v1/posts/{id}/save
DELETE /v1/posts/{id}/save
POST   /v1/posts/{id}/shares
DELETE /v1/posts/{id}/shares/mine
POST   /v1/posts/{id}/comments
PUT    /v1/comments/{id}/like
DELETE /v1/comments/{id}/like
  public                401      ok       404      ok       ok       ok       ok
  friends               401      404      404      404      ok       ok       404
  private               401      404      404      404      404      ok       404
  deleted               401      404      404      404      404      404      404
  closed                401      404      404      ok       ok       ok       404

PATCH  /v1/posts/{id}
PATCH  /v1/comments/{id}
DELETE /v1/comments/{id}
  public                401      403      404      403      403      ok       403
  friends               401      404      404      404      403      ok       404
  private               401      404      404      404      404      ok       404
  deleted               401      404      404      404      404      404      404
  closed                401      404      404      403      403      ok       404

DELETE /v1/posts/{id}
  public                401      403      404      403      403      ok       403
  friends               401      404      404      404      403      ok       404
  private               401      404      404      404      404      ok       404
  deleted               401      404      404      404      404      ok       404
  closed                401      404      404      403      403      ok       404

POST   /v1/posts/{id}/restore
  public                401      404      404      404      404      ok       404
  friends               401      404      404      404      404      ok       404
  private               401      404      404      404      404      ok       404
  deleted               401      404      404      404      404      ok       404
  closed                401      404      404      404      404      ok       404

GET    /v1/posts
GET    /v1/hashtags/{tag}/posts
  public                in       in       out      in       in       in       in
  friends               out      out      out      out      in       in       out
  private               out      out      out      out      out      in       out
  deleted               out      out      out      out      out      out      out
  closed                out      out      out      in       in       in       out

GET    /v1/hashtags/search
  public                in       in       out      in       in       in       in
  friends               out      out      out      out      out      out      out
  private               out      out      out      out      out      out      out
  deleted               out      out      out      out      out      out      out
  closed                out      out      out      in       in       in       out

GET    /v1/accounts/{id}/posts
  public                in       in       404      in       in       in       in
  friends               out      out      404      out      in       in       out
  private               out      out      404      out      out      in       out
  deleted               out      out      404      out      out      out      out
  closed                out      out      404      in       in       in       out

GET    /v1/feed
  public                401      out      out      in       in       in       out
  friends               401      out      out      out      in       in       out
  private               401      out      out      out      out      in       out
  deleted               401      out      out      out      out      out      out
  closed                401      out      out      in       in       in       out

GET    /v1/me/likes
GET    /v1/me/saved
GET    /v1/me/mentions
  public                401      in       out      in       in       in       in
  friends               401      out      out      out      in       in       out
  private               401      out      out      out      out      in       out
  deleted               401      out      out      out      out      out      out
  closed                401      out      out      in       in       in       out

GET    /v1/notifications
  public                401      in       out      in       in       in       in
  friends               401      out      out      out      in       in       out
  private               401      out      out      out      out      in       out
  deleted               401      out      out      out      out      out      out
  closed                401      out      out      in       in       in       out

GET    /v1/me/deleted
  public                401      out      out      out      out      out      out
  friends               401      out      out      out      out      out      out
  private               401      out      out      out      out      out      out
  deleted               401      out      out      out      out      in       out
  closed                401      out      out      out      out      out      out

GET    /v1/accounts/{id}
GET    /v1/accounts/lookup
  open account          ok       ok       404      ok       ok       ok       ok
  closed account        ok       ok       404      ok       ok       ok       ok
  no account            404      404      404      404      404      404      404

GET    /v1/accounts/search
  open account          in       in       out      in       in       in       in
  closed account        in       in       out      in       in       in       in
  no account            out      out      out      out      out      out      out

GET    /v1/accounts/{id}/followers
GET    /v1/accounts/{id}/following
  open account          ok       ok       404      ok       ok       ok       ok
  closed account        403      403      404      ok       ok       ok       403
  no account            404      404      404      404      404      404      404

PUT    /v1/accounts/{id}/follow
  open account          401      ok       404      ok       ok       422      ok
  closed account        401      ok       404      ok       ok       422      ok
  no account            401      404      404      404      404      404      404

DELETE /v1/accounts/{id}/follow
PUT    /v1/accounts/{id}/mute
  open account          401      ok       404      ok       ok       422      ok
  closed account        401      ok       404      ok       ok       422      ok
  no account            401      404      404      404      404      404      404

DELETE /v1/accounts/{id}/mute
PUT    /v1/accounts/{id}/block
DELETE /v1/accounts/{id}/block
DELETE /v1/follow-requests/{account_id}
  open account          401      ok       ok       ok       ok       422      ok
  closed account        401      ok       ok       ok       ok       422      ok
  no account            401      404      404      404      404      404      404

PUT    /v1/follow-requests/{account_id}
  open account          401      404      404      404      ok       422      404
  closed account        401      404      404      404      ok       422      404
  no account            401      404      404      404      404      404      404

PUT    /v1/admin/accounts/{id}/verified
DELETE /v1/admin/accounts/{id}/verified
POST   /v1/admin/accounts/{username}/grant-admin
  open account          401      403      403      403      403      403      ok
  closed account        401      403      403      403      403      403      ok
  no account            401      403      403      403      403      403      404

GET    /v1/admin/state
GET    /v1/admin/topics
GET    /v1/admin/lag
GET    /v1/admin/audit
GET    /v1/admin/dead-letters
GET    /v1/admin/imports
GET    /v1/admin/rebuilds
GET    /v1/admin/backups
POST   /v1/admin/rebuilds
POST   /v1/admin/backups
POST   /v1/admin/imports/graph
POST   /v1/admin/imports/posts
  installation          401      403      403      403      403      403      ok

GET    /v1/admin/dead-letters/{id}
POST   /v1/admin/dead-letters/{id}/replay
DELETE /v1/admin/dead-letters/{id}
GET    /v1/admin/rebuilds/{id}
GET    /v1/admin/backups/{id}
  installation          401      403      403      403      403      403      404
"""

# Routes that name nobody's posts, comments or account but the caller's own: anonymous 401, all others by scope, as
# test_contract.py has it of every route.
OWN = {
    "GET /v1/me", "PATCH /v1/me", "DELETE /v1/me", "GET /v1/me/export", "POST /v1/me/password", "POST /v1/posts", "GET /v1/feed/newer",
    "GET /v1/me/blocks", "GET /v1/me/mutes", "GET /v1/me/muted-words", "PUT /v1/me/muted-words",
    "DELETE /v1/me/muted-words", "GET /v1/follow-requests", "GET /v1/accounts/suggestions",
    "GET /v1/me/sessions", "DELETE /v1/me/sessions", "DELETE /v1/me/sessions/{id}",
    "GET /v1/me/notification-preferences", "PUT /v1/me/notification-preferences",
    "POST /v1/notifications/read", "GET /v1/notifications/unread-count", "POST /v1/me/email/confirmation",
    "GET /v1/me/push-subscriptions", "PUT /v1/me/push-subscriptions/current",
    "DELETE /v1/me/push-subscriptions/current", "DELETE /v1/me/push-subscriptions/{id}",
    "POST /v1/events",  # in test_events.py
    "GET /v1/stream",  # in test_stream.py
}  # fmt: skip
# Routes that have nothing to do with them. A mailed link carries its own permission: test_digests.py.
ELSEWHERE = ("/.well-known/", "/admin/claim", "/avatars/", "/docs", "/healthz", "/metrics", "/openapi.json", "/readyz",
             "/v1/sessions", "/v1/email/", "/v1/push/key")  # fmt: skip
SIGN_UP = "POST /v1/accounts"

BODIES = {
    "PATCH /v1/posts/{id}": {"text": "edited"},
    "PATCH /v1/comments/{id}": {"text": "edited"},
    "POST /v1/posts/{id}/shares": {},
    "POST /v1/posts/{id}/comments": {"text": "a comment"},
    "PUT /v1/accounts/{id}/mute": {},
}
POSTS = ("public", "friends", "private", "deleted", "closed")
ACCOUNTS = ("open account", "closed account", "no account")
INSTALLATION = ("installation",)
UNKNOWN = {"dead-letters": "posts:0:1", "rebuilds": "12345", "backups": "12345"}  # ids that name nothing
QUERIES = {"GET /v1/admin/dead-letters": "?topic=posts", "GET /v1/admin/imports": "?file=0123"}


def parse(table):
    """{(route, state): {caller: expected}}"""
    rows, routes, last_was_route = {}, [], False
    for line in table.splitlines()[2:]:
        words = line.split()
        if not words:
            continue
        if words[0].isupper():
            routes = [*routes, " ".join(words)] if last_was_route else [" ".join(words)]
        else:
            state, cells = " ".join(words[: -len(CALLERS)]), words[-len(CALLERS) :]
            for route in routes:
                rows[route, state] = dict(zip(CALLERS, cells))
        last_was_route = words[0].isupper()
    return rows


ROWS = parse(TABLE)
ROUTES = {route for route, _ in ROWS}


class World:
    """The owner, and the others as they stand to the owner."""

    def __init__(self, server):
        self.server = server
        self.people = {name: server.sign_up(name) for name in CALLERS if name not in ("anonymous", "admin")}
        server.sign_up("admin")
        self.people["admin"] = server.admin("admin")
        self.people["anonymous"] = server.anybody()
        self.owner = self.people["owner"]
        self.restore()

    def named(self):
        return [person for name, person in self.people.items() if name != "anonymous"]

    def restore(self):
        """Undoes what the calls did between the owner and the others."""
        for name, person in self.people.items():
            if name in ("anonymous", "owner"):
                continue
            self.block(person, False)
            person.call("DELETE", f"/v1/accounts/{self.owner.id}/block")
            person.call("DELETE", f"/v1/accounts/{self.owner.id}/mute")
            if name in ("follower", "friend"):
                if not person.follow(self.owner)["following"]:
                    assert self.owner.call("PUT", f"/v1/follow-requests/{person.id}").status == 200
            else:
                person.unfollow(self.owner)
        self.owner.follow(self.people["friend"])
        self.block(self.people["blocked"], True)

    def block(self, person, present):
        answer = self.owner.call("PUT" if present else "DELETE", f"/v1/accounts/{person.id}/block")
        assert answer.status == 200, answer

    def close_account(self, closed):
        assert self.owner.call("PATCH", "/v1/me", {"private": closed}).status == 200

    def make_post(self, state, text="a post"):
        """A post and a comment under it, in this state."""
        post = self.owner.post(text)
        comment = self.owner.call("POST", f"/v1/posts/{post['id']}/comments", {"text": "mine"}).json
        self.bring(post, state)
        return post, comment

    def bring(self, post, state):
        if state in ("friends", "private"):
            assert self.owner.call("PATCH", f"/v1/posts/{post['id']}", {"privacy": state}).status == 200
        elif state == "deleted":
            self.owner.delete(post)


@pytest.fixture
def world(server):
    return World(server)


def expect(answer, expected, shown, what):
    """shown: what of a list has to be in it."""
    if expected in ("in", "out"):
        assert answer.status == 200, f"{what}: {answer}"
        assert (f'"{shown}"' in answer.body.decode()) == (expected == "in"), f"{what}, which should be {expected}: {answer}"
    elif expected == "ok":
        assert 200 <= answer.status < 300, f"{what} should be allowed: {answer}"
    else:
        assert answer.status == int(expected), f"{what} should be {expected}: {answer}"
    return 1


def is_list(route):
    return any(cell in ("in", "out") for (name, _), cells in ROWS.items() if name == route for cell in cells.values())


def test_every_route_stands_in_the_table(server):
    declared = {
        f"{method.upper()} {path}"
        for path, methods in server.anybody().get("/openapi.json")["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    }
    elsewhere = {route for route in declared if route.split(" ", 1)[1].startswith(ELSEWHERE)} | {SIGN_UP}
    assert ROUTES.isdisjoint(OWN)
    assert ROUTES | OWN <= declared, "the table has routes that do not exist"
    assert declared - elsewhere - ROUTES - OWN == set(), "say in the table who may do this"
    for route in ROUTES:
        states = [state for name, state in ROWS if name == route]
        assert states in (list(POSTS), list(ACCOUNTS), list(INSTALLATION)), f"{route} needs a row for each state"


@pytest.mark.parametrize("state", POSTS)
def test_posts_and_comments_are_for_those_whom_the_table_names(world, state):
    world.close_account(state == "closed")
    tried = 0
    for (route, row_state), cells in ROWS.items():
        if row_state != state or is_list(route):
            continue
        method, path = route.split()
        for caller, expected in cells.items():
            post, comment = world.make_post(state)
            target = path.replace("{id}", comment["id"] if "/comments/" in path else post["id"])
            answer = world.people[caller].call(method, target, BODIES.get(route))
            tried += expect(answer, expected, None, f"{route} of a {state} post by {caller}")
    assert tried == len([1 for name, row in ROWS if row == state and not is_list(name)]) * len(CALLERS)


@pytest.mark.parametrize("state", POSTS)
def test_lists_show_posts_to_those_whom_the_table_names(world, state):
    owner = world.owner
    world.block(world.people["blocked"], False)
    post = owner.post("#listed " + " ".join("@" + person.account["username"] for person in world.named()))
    for person in world.named():  # when it was there for everybody
        for reaction in ("like", "save"):
            assert person.call("PUT", f"/v1/posts/{post['id']}/{reaction}").status == 200
    world.server.settle(world.people["admin"])
    world.restore()
    world.close_account(state == "closed")
    world.bring(post, state)
    world.server.settle(world.people["admin"])
    tried = 0
    for (route, row_state), cells in ROWS.items():
        if row_state != state or not is_list(route):
            continue
        method, path = route.split()
        target = path.replace("{tag}", "listed").replace("{id}", owner.id)
        if path == "/v1/posts":
            target += f"?ids={post['id']}"
        if path.endswith("/search"):
            target += "?q=list"
        shown = "listed" if path.endswith("/search") else post["id"]
        for caller, expected in cells.items():
            answer = world.people[caller].call(method, target)
            tried += expect(answer, expected, shown, f"{route} with a {state} post by {caller}")
    assert tried


@pytest.mark.parametrize("state", ACCOUNTS)
def test_accounts_are_for_those_whom_the_table_names(world, state):
    owner, missing = world.owner, state == "no account"
    world.close_account(state == "closed account")
    tried = 0
    for (route, row_state), cells in ROWS.items():
        if row_state != state:
            continue
        method, path = route.split()
        name = "nobody_at_all" if missing else "owner"
        target = path.replace("{id}", "12345" if missing else owner.id).replace("{username}", name)
        if path.endswith("/lookup"):
            target += "?" + urllib.parse.urlencode({"username": name})
        if path.endswith("/search"):
            target += "?" + urllib.parse.urlencode({"q": name})
        for caller, expected in cells.items():
            person = world.people[caller]
            who = "12345" if missing else owner.id
            answer = person.call(method, target.replace("{account_id}", who), BODIES.get(route))
            tried += expect(answer, expected, owner.id, f"{route} of {state} by {caller}")
            if method != "GET" and not missing:
                world.restore()
    assert tried


def test_the_installation_is_for_administrators_alone(start, tmp_path):
    world = World(start({"backups.folder": str(tmp_path)}))
    bodies = {
        "POST /v1/admin/rebuilds": {"kind": "search"},
        "POST /v1/admin/backups": {"folder": "backup"},
        "POST /v1/admin/imports/graph": {"file": "a", "first_line": 0, "lines": ["x y"]},
        "POST /v1/admin/imports/posts": {"file": "b", "first_line": 0, "lines": ['{"author": "x", "text": "y"}']},
    }
    tried = 0
    for (route, row_state), cells in ROWS.items():
        if row_state not in INSTALLATION:
            continue
        method, path = route.split()
        for caller, expected in cells.items():
            target = path.replace("{id}", UNKNOWN.get(path.split("/")[3], "")) + QUERIES.get(route, "")
            answer = world.people[caller].call(method, target, bodies.get(route))
            tried += expect(answer, expected, None, f"{route} by {caller}")
    assert tried
