"""Drives the real program from outside: starts it, calls it, kills it."""

import datetime
import http.client
import json
import os
import signal
import subprocess
import time
import urllib.parse

BINARY = os.path.join(os.environ.get("FRESHET_BUILD", "build/release"), "freshet")
PATIENCE = 60  # seconds until a condition that should come true counts as failed
CHEAP_PASSWORDS = {"passwords.memory_kib": 64, "passwords.iterations": 1}


def wait_until(condition, what, patience=PATIENCE, every=0.01):
    """Returns the first true value of condition(), asked `every` so many seconds; fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {patience} s for {what}"
        time.sleep(every)


def now(**shift):
    """The time of day in the contract's form, moved by timedelta's arguments."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(**shift)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def program_environment(extra=None):
    """The variables of the tests themselves are no options of the program."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("FRESHET_")}, **(extra or {})}


def run_cli(*arguments, environment=None, check=True, timeout=300):
    """Runs a subcommand to its end."""
    finished = subprocess.run(
        [BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=program_environment(environment),
    )
    if check:
        assert finished.returncode == 0, f"{arguments}: {finished.stdout}{finished.stderr}"
    return finished


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class Person:
    """Somebody who is signed in, and their connection."""

    def __init__(self, server, token=None, account=None, refresh_token=None):
        self.server = server
        self.token = token
        self.account = account
        self.refresh_token = refresh_token
        self.connection = None

    @property
    def id(self):
        return self.account["id"]

    def call(self, method, path, body=None, headers=None, raw=None):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        data = raw
        if body is not None:
            data = json.dumps(body)
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        for attempt in (1, 2):
            reused = self.connection is not None
            if not reused:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            try:
                self.connection.request(method, path, data, headers)
                response = self.connection.getresponse()
                return Answer(response.status, response.headers, response.read())
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()
                self.connection = None
                # A server may close an idle connection; only what it surely did not see is sent again.
                if not reused or attempt == 2 or method != "GET":
                    raise

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        answer = self.call("GET", path)
        assert answer.status == 200, f"GET {path}: {answer}"
        return answer.json

    def follow(self, other):
        answer = self.call("PUT", f"/v1/accounts/{other.id}/follow")
        assert answer.status == 200, answer
        return answer.json["relationship"]

    def unfollow(self, other):
        answer = self.call("DELETE", f"/v1/accounts/{other.id}/follow")
        assert answer.status == 200, answer
        return answer.json["relationship"]

    def post(self, text, **members):
        answer = self.call("POST", "/v1/posts", {"text": text, **members})
        assert answer.status == 201, answer
        return answer.json

    def delete(self, post):
        answer = self.call("DELETE", f"/v1/posts/{post['id']}")
        assert answer.status == 204, answer

    def pages(self, path, limit=20, **query):
        """Every item of a list, page by page."""
        items = []
        cursor = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = self.get(path, limit=limit, **query, **more)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    def feed(self, limit=20):
        return [item["post"] for item in self.pages("/v1/feed", limit=limit, order="latest")]

    def feed_ids(self, limit=20):
        return [post["id"] for post in self.feed(limit)]


class Server:
    """One `freshet serve` on a folder. Options are given as {"fanout.celebrity_threshold": 5}."""

    def __init__(self, folder, options=None, environment=None):
        self.folder = folder
        self.options = {"rate_limits.enabled": "false", **(options or {})}
        self.environment = environment or {}
        self.process = None
        self.port = None

    def start(self, check=True):
        address = os.path.join(self.folder, "address")
        if os.path.exists(address):
            os.remove(address)
        flags = [f"--{name}={value}" for name, value in self.options.items()]
        os.makedirs(self.folder, exist_ok=True)
        self.log = open(os.path.join(self.folder, "server.log"), "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.folder), "--listen", "127.0.0.1:0", *flags],
            stdout=self.log,
            stderr=self.log,
            env=program_environment(self.environment),
        )

        def started():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}: {self.output()}")
            return os.path.exists(address) and open(address).read().strip()

        url = wait_until(started, "the server to start")
        self.port = int(url.rsplit(":", 1)[1])
        return self

    def output(self):
        with open(os.path.join(self.folder, "server.log"), errors="replace") as log:
            return log.read()[-4000:]

    def stop(self):
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        self.process = None
        self.log.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        self.process = None
        self.log.close()

    def restart(self):
        assert self.stop() == 0
        return self.start()

    def anybody(self):
        return Person(self)

    def sign_up(self, username, password="correct horse", **members):
        body = {"username": username, "password": password, "display_name": username.title(), **members}
        answer = self.anybody().call("POST", "/v1/accounts", body)
        assert answer.status == 201, answer
        session = answer.json["session"]
        return Person(self, session["access_token"], answer.json["account"], session["refresh_token"])

    def sign_in(self, username, password="correct horse"):
        answer = self.anybody().call("POST", "/v1/sessions", {"username": username, "password": password})
        assert answer.status == 201, answer
        session = answer.json
        return Person(self, session["access_token"], session["account"], session["refresh_token"])

    def person(self, username, scope="read,write"):
        """Somebody who was brought in and has no password."""
        person = Person(self, self.token(username, scope))
        person.account = person.get("/v1/me")
        return person

    def token(self, username, scope):
        return run_cli("admin", "token", username, "--scope", scope, "--data", self.folder).stdout.strip()

    def admin(self, username):
        """Acts for the account of this name, with every scope."""
        return self.person(username, "read,write,admin")

    def settle(self, admin):
        """Waits until every fact has reached everybody."""

        def quiet():
            components = admin.get("/v1/admin/state")["components"]
            if any(component["values"].get("pending") for component in components if component["name"] == "outbox"):
                return False
            topics = admin.get("/v1/admin/topics")["items"]
            return all(group["lag"] == 0 for topic in topics for group in topic["groups"])

        wait_until(quiet, "the event log to be processed")
