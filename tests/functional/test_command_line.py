"""The command line: what people type."""

import gzip
import json
import re
import pathlib
import random
import subprocess

import pytest

from support.freshet import BINARY, program_environment, run_cli, wait_until

ROOT = pathlib.Path(__file__).parents[2]


def test_version_and_wrong_usage():
    assert run_cli("version").stdout.startswith("freshet ")
    assert run_cli("no-such-command", check=False).returncode == 2
    assert run_cli(check=False).returncode == 2


def test_an_unknown_option_names_the_nearest_one(tmp_path):
    refused = run_cli("serve", "--data", tmp_path, "--fanout.celebrity_treshold=5", check=False)
    assert refused.returncode == 2
    assert "fanout.celebrity_threshold" in refused.stderr
    refused = run_cli("config", "check", environment={"FRESHET_HTTP_LISTN": "x"}, check=False)
    assert refused.returncode != 0
    assert "FRESHET_HTTP_LISTEN" in refused.stderr


def test_the_committed_reference_is_the_programs():
    assert (ROOT / "docs/configuration.md").read_text() == run_cli("config", "reference").stdout


def test_a_configuration_file_is_found_in_the_data_folder(tmp_path):
    (tmp_path / "freshet.toml").write_text("[fanout]\nbatch = 77\n")
    assert "batch = 77" in run_cli("config", "print", "--data", tmp_path).stdout
    printed = run_cli("config", "print", "--data", tmp_path, "--fanout.batch=78", environment={"FRESHET_FANOUT_BATCH": "79"}).stdout
    assert "batch = 78" in printed


def test_a_folder_in_use_is_refused_with_a_line_that_says_what_to_do(server):
    refused = run_cli("serve", "--data", server.folder, "--listen", "127.0.0.1:0", check=False)
    assert refused.returncode == 1
    assert "in use" in refused.stderr and "--data" in refused.stderr


def test_a_newer_format_is_refused(tmp_path):
    (tmp_path / "format").write_text("99\n")
    refused = run_cli("serve", "--data", tmp_path, "--listen", "127.0.0.1:0", check=False)
    assert refused.returncode == 1
    assert "newer freshet" in refused.stderr


def test_a_taken_address_is_refused(server, tmp_path):
    refused = run_cli("serve", "--data", tmp_path / "other", "--listen", f"127.0.0.1:{server.port}", check=False)
    assert refused.returncode == 1
    assert str(server.port) in refused.stderr


def write_graph(path, lines):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt") as file:
        file.write("\n".join(lines) + "\n")


@pytest.mark.parametrize("name", ["graph.txt", "graph.csv.gz"])
def test_a_graph_is_brought_in_and_bad_lines_are_named(tmp_path, start, name):
    separator = "," if ".csv" in name else " "
    write_graph(tmp_path / name, ["# a comment", f"1{separator}2", f"ana{separator}2", "alone", f"7{separator}7", f"1{separator}2", ""])
    done = run_cli("import", "graph", tmp_path / name, "--data", tmp_path / "data")
    assert "2 added, 1 were there already, 2 skipped" in done.stdout
    assert "line 4" in done.stderr and "line 5" in done.stderr
    again = run_cli("import", "graph", tmp_path / name, "--data", tmp_path / "data")
    assert "0 added" in again.stdout
    server = start(folder=tmp_path / "data")
    followers = server.person("u2").pages(f"/v1/accounts/{server.person('u2').id}/followers")
    assert sorted(account["username"] for account in followers) == ["ana", "u1"]


def test_old_posts_enter_feeds_at_their_place(tmp_path, start):
    write_graph(tmp_path / "graph.txt", ["1 2", "1 3"])
    posts = [
        {"author": "2", "text": "second", "created_at": "2020-01-02T00:00:00Z"},
        {"author": "3", "text": "first", "created_at": "2020-01-01T00:00:00Z"},
        {"author": "3", "text": "same instant", "created_at": "2020-01-02T00:00:00Z"},
        {"author": "3", "text": ""},
        {"author": "3", "text": "in the future", "created_at": "2068-01-01T00:00:00Z"},
    ]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, posts)) + "\nnot json\n")
    data = tmp_path / "data"
    run_cli("import", "graph", tmp_path / "graph.txt", "--data", data)
    done = run_cli("import", "posts", tmp_path / "posts.jsonl", "--data", data)
    assert "3 added" in done.stdout and "3 skipped" in done.stdout
    server = start(folder=data)
    feed = server.person("u1").feed()
    assert [post["text"] for post in feed] == ["same instant", "second", "first"]
    assert feed[-1]["created_at"] == "2020-01-01T00:00:00.000Z"


def test_an_import_that_is_killed_goes_on_where_it_stopped(tmp_path, start):
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    edges = {(rng.randrange(2000), rng.randrange(2000)) for _ in range(60_000)}
    edges = [(a, b) for a, b in edges if a != b]
    write_graph(tmp_path / "graph.txt", [f"{a} {b}" for a, b in edges])
    command = [BINARY, "import", "graph", str(tmp_path / "graph.txt"), "--data", str(tmp_path / "data")]
    killed = 0
    for _ in range(4):
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=program_environment()
        )
        try:
            process.wait(timeout=rng.uniform(0.1, 0.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    assert killed > 0, "nothing was interrupted"
    run_cli(*command[1:])
    server = start(folder=tmp_path / "data")
    for number in rng.sample(range(2000), 10):
        person = server.person(f"u{number}")
        following = {account["username"] for account in person.pages(f"/v1/accounts/{person.id}/following", limit=100)}
        assert following == {f"u{b}" for a, b in edges if a == number}
        assert person.account["following_count"] == len(following)
        assert person.account["followers_count"] == sum(1 for _, b in edges if b == number)


def test_an_import_through_a_running_server(tmp_path, server, ana):
    server.admin("ana")
    write_graph(tmp_path / "graph.txt", ["ana ben", "ben ana", "carla ana"])
    token = run_cli("admin", "token", "ana", "--scope", "read,write,admin", "--data", server.folder).stdout.strip()
    url = f"http://127.0.0.1:{server.port}"
    assert ana.feed_ids() == []  # the timeline is there, and must be made anew
    done = run_cli("import", "graph", tmp_path / "graph.txt", "--server", url, "--token", token)
    assert "3 added" in done.stdout
    (tmp_path / "posts.jsonl").write_text(json.dumps({"author": "ben", "text": "old", "created_at": "2021-01-01T00:00:00Z"}))
    run_cli("import", "posts", tmp_path / "posts.jsonl", "--server", url, "--token", token)
    wait_until(lambda: [post["text"] for post in ana.feed()] == ["old"], "the old post")


def test_the_demo_world_is_the_same_for_the_same_seed(tmp_path, start):
    def world(folder):
        run_cli("demo", "--data", tmp_path / folder, "--people", "60", "--seed", "5")
        server = start(folder=tmp_path / folder)
        demo = server.sign_in("demo", "freshet-demo")
        return [(post["author"]["username"], post["text"]) for post in demo.feed(100)]

    first = world("one")
    assert len(first) > 100
    assert first == world("two")
    refused = run_cli("demo", "--data", tmp_path / "one", check=False)
    assert refused.returncode == 1


def test_the_operator_sees_state_topics_and_dead_letters(server, ana):
    ana.post("x")
    state = json.loads(run_cli("admin", "state", "--data", server.folder).stdout)
    assert {component["name"] for component in state["components"]} >= {"timelines", "cache"}
    topics = json.loads(run_cli("admin", "topics", "--data", server.folder).stdout)["items"]
    assert {"accounts", "posts", "follows"} <= {topic["topic"] for topic in topics}
    letters = json.loads(run_cli("admin", "dead-letters", "list", "posts", "--data", server.folder).stdout)
    assert letters["items"] == []


def test_an_administrator_is_made_from_the_command_line(server, ana):
    assert ana.call("GET", "/v1/admin/state").status == 403
    run_cli("admin", "accounts", "grant-admin", "ana", "--data", server.folder)
    assert server.sign_in("ana").call("GET", "/v1/admin/state").status == 200


def test_a_second_start_finds_everything_and_is_ready(server, ana, ben):
    ana.follow(ben)
    post = ben.post("still here")
    wait_until(lambda: ana.feed_ids() == [post["id"]], "the post to arrive")
    server.restart()
    ana.connection = None
    assert ana.feed_ids() == [post["id"]]
    assert server.anybody().get("/readyz")["status"] == "ok"
    assert server.anybody().get("/healthz")["status"] == "ok"
    assert "# TYPE" in server.anybody().call("GET", "/metrics").body.decode()


def test_the_ranker_is_trained_on_a_world_and_judged_by_what_was_held_out(tmp_path):
    rows = tmp_path / "rows.csv"
    said = run_cli("train", "ranker", "--people", "300", "--seed", "7", "--rows", rows).stdout
    assert said == run_cli("train", "ranker", "--people", "300", "--seed", "7").stdout
    quality = {name: float(ndcg) for name, ndcg in re.findall(r"^  (\S.*?) +hit rate@10 \S+ +NDCG@10 (\S+)$", said, re.M)}
    assert set(quality) == {"ranked, as fitted", "ranked, as built in", "latest", "popular"}
    assert quality["ranked, as fitted"] > quality["latest"] > quality["popular"]
    header, first = rows.read_text().splitlines()[:2]
    assert header.startswith("decision,chosen,recency,affinity,") and first.startswith("0,")
    refused = run_cli("train", "ranker", "--people", "300", "--rows", tmp_path / "no" / "rows.csv", check=False)
    assert refused.returncode == 1 and "cannot be written" in refused.stderr
