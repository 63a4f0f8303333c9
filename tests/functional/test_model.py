"""Random people do random things; after each batch all that anybody sees equals a plain model of it."""

import os
import random
import time

from support.freshet import CHEAP_PASSWORDS, Server, wait_until
from support.model import Model
from support.model_actions import Actions
from support.model_checks import Checks

STEPS = int(os.environ.get("FRESHET_MODEL_STEPS", "8000"))
MINUTES = float(os.environ.get("FRESHET_MODEL_MINUTES", "0"))  # more than none: so long, however many steps
PEOPLE = int(os.environ.get("FRESHET_MODEL_PEOPLE", "200"))
BATCH = 400
SAMPLE = 40
FIRST_NAMES = ["Zoë", "Ana", "Ángel", "Björn", "Anaïs", "Çelik", "Nguyễn"]
OPTIONS = {
    **CHEAP_PASSWORDS,
    "accounts.access_token_lifetime": "24h",
    "fanout.celebrity_threshold": 30,  # some cross it, and fall below it again
    "fanout.batch": 7,
    "fanout.large_from": 15,  # and some are pushed by the other worker
    "engagement.counts_interval": "200ms",
    "engagement.reconcile_interval": "50ms",
    "engagement.reconcile_patience": "500ms",
}
# What is held in memory, from much to next to nothing: one of each in each life of the server.
MEMORY = {
    "timelines.capacity": [500, 15, 3],
    "timelines.ttl": ["24h", "1s"],
    "timelines.max_bytes": [1 << 28, 1 << 20],
    "cache.max_bytes": [1 << 28, 1 << 16],
    "ranking.candidates": [200, 20, 10],
}


class World:
    def __init__(self, server, rng):
        self.server, self.rng = server, rng
        self.choose_memory()
        server.start()
        signed_up = [
            server.sign_up(f"person{number}", display_name=f"{rng.choice(FIRST_NAMES)} N{number}") for number in range(PEOPLE)
        ]
        self.people = {person.id: person for person in signed_up}
        self.admin = server.admin("person0")
        self.model = Model({person.id: person.account["username"] for person in signed_up})
        self.actions = Actions(self.model, self.people, rng)
        self.checks = Checks(self.model, self.people, rng)
        self.was_killed = False

    def choose_memory(self):
        self.server.options.update({name: self.rng.choice(values) for name, values in MEMORY.items()})

    def compare(self):
        self.server.settle(self.admin)
        self.actions.wait_for_passing_mutes()
        self.checks.everything(SAMPLE)
        topics = [topic["topic"] for topic in self.admin.get("/v1/admin/topics")["items"]]
        assert [topic for topic in topics if topic.endswith(".dlq")] == [], "facts that nobody could process"
        if not self.was_killed:
            assert self.metric("freshet_engagement_drift_total") == 0

    def metric(self, name):
        lines = self.server.anybody().call("GET", "/metrics").body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    def rebuild(self, kind):
        begun = self.admin.call("POST", "/v1/admin/rebuilds", {"kind": kind})
        assert begun.status in (200, 201, 202), begun
        path = f"/v1/admin/rebuilds/{begun.json['id']}"
        report = wait_until(lambda: (r := self.admin.get(path))["state"] != "running" and r, f"the {kind} to be rebuilt")
        assert report["state"] == "done", report
        if kind != "timelines" and not self.was_killed:
            assert set(report["figures"].values()) == {0}, report
        self.was_killed = self.was_killed and kind != "counts"

    def start_anew(self):
        if self.rng.random() < 0.5:
            assert self.server.stop() == 0
            self.was_killed = False
        else:
            self.server.kill()
            self.was_killed = True
        self.choose_memory()
        self.server.start()
        for person in [*self.people.values(), self.admin]:
            person.connection = None


def test_everything_that_is_shown_equals_the_model(tmp_path):
    seed = int(os.environ.get("FRESHET_SEED", random.randrange(10**9)))
    print(f"FRESHET_SEED={seed}")
    rng = random.Random(seed)
    server = Server(tmp_path / "data", OPTIONS)
    end = time.monotonic() + 60 * MINUTES
    try:
        world = World(server, rng)
        step = 0
        while time.monotonic() < end if MINUTES else step < STEPS:
            for _ in range(BATCH):
                world.actions.step()
                step += 1
            world.compare()
            if rng.random() < 0.5:
                world.rebuild(rng.choice(["timelines", "counts", "search"]))
            if rng.random() < 0.4:
                world.start_anew()
        world.compare()
        world.rebuild("counts")
        print(f"{step} steps")
    finally:
        if server.process is not None:
            server.kill()
