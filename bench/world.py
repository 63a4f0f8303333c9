"""Makes a world of people who follow each other and write, and brings it into a data folder with `freshet import`.

The same numbers and seed give the same files. Who is followed, who follows and who writes are three power laws that
have nothing to do with each other.
"""

import argparse
import json
import os
import random
import sys
import time

import program

WORDS = (
    "the a one some harbour river bakery train garden book song street winter morning neighbour opens closes "
    "brings finds sings again slowly today with without before after over under quiet bright early late good"
).split()


class PowerLaw:
    """Draws from range(count); the r-th most frequent number is drawn in proportion to r^(1/exponent - 1)."""

    def __init__(self, rng, count, exponent):
        self.rng = rng
        self.exponent = exponent
        self.order = list(range(count))
        rng.shuffle(self.order)

    def draw(self):
        return self.order[int(len(self.order) * self.rng.random() ** self.exponent)]


def name(person):
    return f"p{person:06d}"


def text(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(6, 24)))


def write_graph(path, people, edges, seed):
    rng = random.Random(f"graph {seed}")
    followed, follows = PowerLaw(rng, people, 3), PowerLaw(rng, people, 1.5)
    seen = set()
    with open(path, "w") as file:
        while len(seen) < edges:
            edge = follows.draw() * people + followed.draw()
            follower, followee = divmod(edge, people)
            if follower == followee or edge in seen:
                continue
            seen.add(edge)
            file.write(f"{name(follower)} {name(followee)}\n")


def write_posts(path, people, posts, seed):
    rng = random.Random(f"posts {seed}")
    authors = PowerLaw(rng, people, 1.5)
    with open(path, "w") as file:
        for _ in range(posts):
            file.write(json.dumps({"author": name(authors.draw()), "text": text(rng)}) + "\n")


# A world that loss of power destroys is made again.
FAST = ["--database.durability=os", "--event_log.durability=os", "--activity.durability=os"]


def bring_in(kind, path, data, *flags):
    """Returns the seconds it took, to the last post in the last timeline."""
    started = time.monotonic()
    program.run_cli("import", kind, path, "--data", data, *FAST, *flags, timeout=3600)
    return time.monotonic() - started


def make(data, people, edges, posts, seed=1):
    """Returns the seconds that the import of the graph and of the posts took."""
    os.makedirs(data, exist_ok=True)
    graph, archive = os.path.join(data, "world.graph"), os.path.join(data, "world.posts.jsonl")
    write_graph(graph, people, edges, seed)
    write_posts(archive, people, posts, seed)
    seconds = {"graph": bring_in("graph", graph, data), "posts": bring_in("posts", archive, data)}
    os.remove(graph)
    os.remove(archive)
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", help="the data folder")
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--posts", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seconds = make(options.data, options.people, options.edges, options.posts, options.seed)
    print(f"{options.edges} follows in {seconds['graph']:.1f} s, {options.posts} posts in {seconds['posts']:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
