"""Parts of bench/run in which several things happen at the same time."""

import json
import os
import subprocess
import threading
import time

import tokens
import world
from program import LOAD, memory, metric, url, wait_until


def quantile(samples, share):
    return sorted(samples)[min(int(len(samples) * share), len(samples) - 1)]


def sign(data, path, usernames):
    signer, ids = tokens.Signer(data), tokens.accounts(data)
    with open(path, "w") as file:
        file.writelines(signer.token(ids[name]) + "\n" for name in usernames)
    return path


def person(server, data, username):
    somebody = server.anybody()
    somebody.token = tokens.Signer(data).token(tokens.accounts(data)[username])
    return somebody


def storm(bench):
    """What the followers of people with few followers wait, alone and while somebody with 9,999 followers posts all the time."""
    crowd, small = (99, 5) if bench.quick else (9_999, 50)
    data = bench.data("storm")
    graph = os.path.join(data, "graph")
    with open(graph, "w") as file:
        file.writelines(f"reader{reader} large\n" for reader in range(crowd))
        file.writelines(f"reader{reader} small{reader % small}\n" for reader in range(crowd))
    world.bring_in("graph", graph, data)
    with bench.server(data) as server:
        bench.read_each(server, data)
        alone = delays(server, data, small, bench.seconds)
        path = sign(data, os.path.join(bench.folder, "large"), ["large"])
        flags = ["--connections", "16", "--rate", "100", "--warmup", "0", "--duration", str(bench.seconds + 1)]
        large = subprocess.Popen([LOAD, "post", "--url", url(server), "--tokens", path, *flags], stdout=subprocess.PIPE, text=True)
        try:
            beside = delays(server, data, small, bench.seconds)
        finally:
            report = json.loads(large.communicate()[0])
        for share in (0.5, 0.99):
            bench.table.add(
                f"post of a small author to a follower's home, p{share * 100:.0f}, beside {report['rate']:.0f} posts/s to {crowd:,}",
                1000 * quantile(beside, share),
                "ms",
                f"alone {1000 * quantile(alone, share):.3g} ms",
                quantile(beside, share) / quantile(alone, share),
            )


def delays(server, data, small, seconds):
    """Seconds from the answer to a post until a follower finds it in their home, one after the other."""
    authors = [person(server, data, f"small{number}") for number in range(small)]
    readers = [person(server, data, f"reader{number}") for number in range(small)]
    samples, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        author, reader = authors[len(samples) % small], readers[len(samples) % small]
        post = author.post("a word between two storms")["id"]
        posted = time.monotonic()

        def arrived():
            items = reader.get("/v1/feed", order="latest", limit=5)["items"]
            return post in [item["post"]["id"] for item in items]

        wait_until(arrived, "the post", every=0)
        samples.append(time.monotonic() - posted)
    return samples


def push(bench):
    """What connected followers wait for a post, all of one author and all connected."""
    count = 99 if bench.quick else 9_999
    data = bench.data("push")
    graph = os.path.join(data, "graph")
    with open(graph, "w") as file:
        file.writelines(f"reader{reader} author\n" for reader in range(count))
    world.bring_in("graph", graph, data)
    path = sign(data, os.path.join(bench.folder, "readers"), [f"reader{reader}" for reader in range(count)])
    posts = 3 if bench.quick else 20
    with bench.server(data) as server:
        holder = subprocess.Popen(
            [LOAD, "idle-sockets", "--url", url(server), "--tokens", path, "--count", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        opened = json.loads(holder.stdout.readline())
        if opened["open"] != count:
            raise SystemExit(f"sockets failed: {opened}")
        author = person(server, data, "author")
        for _ in range(posts):
            author.post(f"sent {time.monotonic_ns()}")
            time.sleep(bench.seconds / posts)
        sent = metric(server, "freshet_stream_messages_total")
        time.sleep(1)
        report = json.loads(holder.communicate()[0])
    if report["received"] != posts * count:
        raise SystemExit(f"pushes are missing: {report}, of {posts * count}; {sent:.0f} sent")
    for share in ("p50", "p99"):
        bench.table.add(f"a post to {count:,} connected followers, {share}, from its sending", report[share], "ms", **report)


def day(bench):
    """A day of everybody who was here the day before: ten visits, a post for every second person, five likes each."""
    data = bench.world_data()
    known = bench.tokens(data)
    people = sum(1 for _ in open(known))
    with bench.server(data) as server:
        bench.read_each(server, data, order="ranked", limit=20)
        liked = person(server, data, next(iter(tokens.accounts(data)))).post("the post of the day")["id"]
        hits, misses = metric(server, "freshet_cache_hits_total"), metric(server, "freshet_cache_misses_total")
        shares = {"feed": 10, "like": 5, "post": 0.5}
        busy = 0.2 if bench.quick else people * sum(shares.values()) / bench.options.day_rate
        reports, threads = {}, []
        for kind, each in shares.items():
            flags = {"post": liked} if kind == "like" else {"order": "ranked", "limit": 20} if kind == "feed" else {}

            def run(kind=kind, rate=people * each / busy, flags=flags):
                command = ["--connections", "64", "--rate", f"{rate:.1f}", "--warmup", "0", "--duration", f"{busy:.1f}"]
                command += [text for name, value in flags.items() for text in (f"--{name}", str(value))]
                done = subprocess.run([LOAD, kind, "--url", url(server), "--tokens", known, *command], capture_output=True, text=True)
                reports[kind] = json.loads(done.stdout)

            threads.append(threading.Thread(target=run))
            threads[-1].start()
        for thread in threads:
            thread.join()
        bench.check("requests of the day", *reports.values())
        bench.settle(server)
        hits, misses = metric(server, "freshet_cache_hits_total") - hits, metric(server, "freshet_cache_misses_total") - misses
        lag = [metric(server, f"freshet_fanout_lag_seconds_{part}") for part in ("sum", "count")]
        components = {c["name"]: c["values"] for c in server.person(next(iter(tokens.accounts(data))), "read,admin").get("/v1/admin/state")["components"]}
        timelines = components["timelines"]
        what = f"a day of {people:,} people in {busy:.0f} s"
        bench.table.add(f"{what}: ranked home, p99", reports["feed"]["p99"], "ms", **reports["feed"])
        bench.table.add(f"{what}: a like, p99", reports["like"]["p99"], "ms", **reports["like"])
        bench.table.add(f"{what}: a post, p99", reports["post"]["p99"], "ms", **reports["post"])
        bench.table.add(f"{what}: from a post to all homes, mean", 1000 * lag[0] / max(lag[1], 1), "ms")
        share = hits / max(hits + misses, 1)
        bench.table.add(f"{what}: cache hits", 100 * share, "%", "target 90 %", share / 0.9)
        bench.table.add(f"{what}: timeline of an active person", timelines["bytes"] / max(timelines["timelines"], 1), "bytes")
        bench.table.add(f"{what}: memory for each person", memory(server) / people, "bytes")
