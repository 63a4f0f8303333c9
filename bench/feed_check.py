"""Checks everybody's feed on a real graph against a model in memory.

Brings graphs into a fresh data folder, has random people post, reads every page of everyone's feed over HTTP, and compares
it with what it must be: each post of everyone they follow and of themselves, newest first, none twice.
"""

import argparse
import collections
import gzip
import heapq
import http.client
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time

import program
import tokens
import world

PAGE = 100


def username(label):
    return f"u{label}" if label.isdigit() else label.lower()


def read_graph(path, both_ways, follows):
    """Adds the graph's follows to {follower: {followee}}; lines without exactly two labels are no follows."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        for line in file:
            labels = re.split(r"[ \t,]+", line.strip())
            if line[0] in "#%" or len(labels) != 2:
                continue
            follower, followee = map(username, labels)
            if follower == followee:
                continue
            follows[follower].add(followee)
            if both_ways:
                follows[followee].add(follower)


def write_posts(path, people, count, rng):
    """Returns {author: numbers of their posts, newest first}; a post's number is its text's first word."""
    posts = collections.defaultdict(list)
    with open(path, "w") as file:
        for number in range(count):
            author = rng.choice(people)
            posts[author].append(number)
            file.write(json.dumps({"author": author, "text": f"{number} of many"}) + "\n")
    return {author: numbers[::-1] for author, numbers in posts.items()}


class Checker:
    """Compares feeds; lives in several processes, which share the model as it was when they began."""

    def __init__(self, port, follows, posts, ids, signer):
        self.port = port
        self.follows = follows
        self.posts = posts
        self.ids = ids
        self.signer = signer
        self.connection = None

    def expected(self, person):
        authors = {person, *self.follows.get(person, ())}
        return list(heapq.merge(*(self.posts.get(author, []) for author in authors), reverse=True))

    def feed(self, person):
        """[(author, number)], and how many pages it took."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": "Bearer " + self.signer.token(self.ids[person], scope="read")}
        path, found, pages = f"/v1/feed?order=latest&limit={PAGE}", [], 0
        cursor = ""
        while cursor is not None:
            self.connection.request("GET", path + (f"&cursor={cursor}" if cursor else ""), headers=headers)
            response = self.connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise RuntimeError(f"{person}: {response.status} {body[:300]!r}")
            page = json.loads(body)
            pages += 1
            found += [(item["post"]["author"]["username"], int(item["post"]["text"].split()[0])) for item in page["items"]]
            cursor = page["next"]
        return found, pages

    def check(self, person):
        """(posts compared, pages read, what is wrong or None)."""
        found, pages = self.feed(person)
        expected = self.expected(person)
        numbers = [number for _, number in found]
        if numbers == expected:
            return len(found), pages, None
        missing, foreign = set(expected) - set(numbers), set(numbers) - set(expected)
        twice = len(numbers) - len(set(numbers))
        return (
            len(found),
            pages,
            f"{person}: {len(found)} posts instead of {len(expected)}; missing {sorted(missing)[-5:]}, "
            f"not theirs {sorted(foreign)[-5:]}, {twice} twice, in order: {numbers == sorted(numbers, reverse=True)}",
        )


def check_all(checker, people, processes):
    """Returns (posts, pages, [what is wrong])."""
    global work
    work = checker.check  # for the processes that start here; a bound method would be sent with its whole model
    posts, pages, wrong = 0, 0, []
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for compared, read, problem in pool.imap_unordered(call_work, people, chunksize=50):
            posts += compared
            pages += read
            if problem:
                wrong.append(problem)
    return posts, pages, wrong


def call_work(person):
    return work(person)


def bring_in(kind, path, data, flags):
    done = program.run_cli("import", kind, path, "--data", data, *flags, timeout=3600)
    print(f"{os.path.basename(path)}: {done.stdout.strip().splitlines()[-1]}")


def run(options, data):
    flags = [f"--{option}" for option in options.option]
    follows = collections.defaultdict(set)
    if options.world:
        generated = os.path.join(data, "world.graph")
        world.write_graph(generated, options.world, options.world * 20, options.seed)
        options.graph.append(generated)
    for path in options.graph + options.friends:
        both_ways = path in options.friends
        bring_in("graph", path, data, flags + ["--both-ways"] * both_ways)
        read_graph(path, both_ways, follows)
    people = sorted(set(follows).union(*follows.values()))
    archive = os.path.join(data, "posts.jsonl")
    posts = write_posts(archive, people, options.posts, random.Random(options.seed))
    bring_in("posts", archive, data, flags)

    server = program.Server(data, dict(option.split("=", 1) for option in options.option)).start()
    try:
        checker = Checker(server.port, follows, posts, tokens.accounts(data), tokens.Signer(data))
        started = time.monotonic()
        compared, pages, wrong = check_all(checker, people, options.processes)
        seconds = time.monotonic() - started
    finally:
        server.stop()
    edges = sum(map(len, follows.values()))
    print(f"{len(people)} people, {edges} follows, {options.posts} posts (seed {options.seed})")
    print(f"{compared} posts compared on {pages} pages in {seconds:.1f} s: {len(wrong)} feeds are wrong")
    for problem in wrong[:20]:
        print(problem)
    return 1 if wrong or compared == 0 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--graph", action="append", default=[], metavar="FILE", help="lines of `follower followee`; .gz too")
    parser.add_argument("--friends", action="append", default=[], metavar="FILE", help="the same, each line both ways")
    parser.add_argument("--world", type=int, metavar="PEOPLE", help="a made-up graph of so many people")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of freshet")
    parser.add_argument("--data", help="an empty data folder; default: a temporary one")
    options = parser.parse_args()
    if not (options.graph or options.friends or options.world):
        parser.error("name at least one graph")
    if options.data:
        os.makedirs(options.data)
        return run(options, options.data)
    with tempfile.TemporaryDirectory() as data:
        return run(options, data)


if __name__ == "__main__":
    sys.exit(main())
