"""The real program under a mixed load is killed again and again; whatever it had acknowledged is there afterwards, once."""

import os
import random

from support.crash_checks import Checks
from support.crash_load import Model, Post, Worker
from support.freshet import CHEAP_PASSWORDS, Server

ROUNDS = int(os.environ.get("FRESHET_CRASH_ROUNDS", "50"))
IN_ONE_WORLD = 25  # rounds; each looks at all homes, which grow
WORKERS = 6
PASSIVE = 3


def test_nothing_acknowledged_is_lost_by_sigkill(tmp_path):
    seed = int(os.environ.get("FRESHET_SEED", random.randrange(10**9)))
    print(f"FRESHET_SEED={seed}")
    rng = random.Random(seed)
    for first in range(0, ROUNDS, IN_ONE_WORLD):
        kill_again_and_again(tmp_path / f"data{first}", rng, min(IN_ONE_WORLD, ROUNDS - first))


def kill_again_and_again(folder, rng, rounds):
    model = Model()
    server = Server(folder, {**CHEAP_PASSWORDS, "accounts.access_token_lifetime": "24h"}).start()
    people = [server.sign_up(f"worker{i}") for i in range(WORKERS)]
    passive = [server.sign_up(f"passive{i}") for i in range(PASSIVE)]
    for person in people + passive:
        model.people[person.account["username"]] = person.id
    for person in passive:
        model.posts[person.post(f"by {person.id}")["id"]] = Post(person.account["username"], "")
    names = [person.account["username"] for person in passive]
    try:
        for number in range(rounds):
            workers = [Worker(server, model, person, random.Random(rng.random()), number, names) for person in people]
            for worker in workers:
                worker.start()
            workers[0].join(timeout=rng.uniform(0.05, 0.8))
            server.kill()
            for worker in workers:
                worker.join(timeout=60)
                assert worker.failure is None, worker.failure
            server.start()
            people = [server.sign_in(f"worker{i}") for i in range(WORKERS)]
            looked_at = model.posts if number == rounds - 1 else model.touched
            Checks(server, model, people, server.admin("worker0")).everything(looked_at)
            if rng.random() < 0.2:
                server.restart()
                for person in people:
                    person.connection = None
    finally:
        if server.process is not None:
            server.kill()
    likes = sum(key[0] == "like" and state for key, state in model.states.items())
    print(f"{rounds} rounds: {len(model.posts)} posts, {len(model.comments)} comments, {likes} likes")
    assert len(model.posts) > rounds and len(model.comments) > rounds / 2, "the load was too light to prove anything"
