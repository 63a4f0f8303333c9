"""What administrators do is kept, by whatever way they do it."""

import json
import re

import pytest

from support.freshet import CHEAP_PASSWORDS, run_cli


@pytest.fixture
def server(start):
    return start(CHEAP_PASSWORDS)


def entries(admin, **query):
    return admin.pages("/v1/admin/audit", **query)


def test_every_successful_write_is_there_with_who_what_and_when(server):
    ana, ben = server.sign_up("ana"), server.sign_up("ben")
    admin = server.admin("ana")
    mark = f"/v1/admin/accounts/{ben.id}/verified"
    assert admin.call("PUT", mark, headers={"X-Request-Id": "the-mark"}).status == 204
    assert admin.call("DELETE", mark).status == 204
    run_cli("admin", "accounts", "grant-admin", "ben", "--data", server.folder)
    begun = admin.call("POST", "/v1/admin/rebuilds", {"kind": "search"})
    assert begun.status == 202, begun
    rebuild, grant, removal, verification = entries(admin)
    assert verification["action"] == "PUT /v1/admin/accounts/{id}/verified"
    assert (verification["target"], verification["request_id"]) == (mark, "the-mark")
    assert (verification["by"], verification["account_id"], verification["status"]) == ("account", ana.id, 204)
    assert removal["action"].startswith("DELETE ")
    assert grant["target"] == "/v1/admin/accounts/ben/grant-admin"
    assert grant["by"] == "operator" and "account_id" not in grant
    assert (rebuild["status"], json.loads(rebuild["details"])) == (202, {"kind": "search"})
    listed = json.loads(run_cli("admin", "audit", "--data", server.folder).stdout)["items"]
    assert listed == entries(admin)
    server.kill()  # it is durable
    server.start()
    assert entries(server.admin("ana")) == listed


def test_what_was_refused_or_only_read_is_not_there(server):
    ana = server.sign_up("ana")
    admin = server.admin("ana")
    assert admin.call("PUT", "/v1/admin/accounts/1234567/verified").status == 404
    assert admin.call("POST", "/v1/admin/rebuilds", {"kind": "nothing"}).status == 422
    assert ana.call("PUT", f"/v1/admin/accounts/{ana.id}/verified").status == 403
    admin.get("/v1/admin/state")
    assert entries(admin) == []
    assert ana.call("GET", "/v1/admin/audit").status == 403


def test_what_is_done_beside_the_api_is_there_too(server, tmp_path):
    claim = re.search(r"/admin/claim\?code=([\w-]+)", server.output())[1]
    server.sign_up("ana"), server.sign_up("ben")
    form = f"username=ana&password=correct+horse&code={claim}"
    answer = server.anybody().call(
        "POST", "/admin/claim", raw=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status == 200, answer
    assert server.stop() == 0
    run_cli("admin", "accounts", "grant-admin", "ben", "--data", server.folder)
    (tmp_path / "graph.txt").write_text("ana ben\n")
    run_cli("import", "graph", tmp_path / "graph.txt", "--data", server.folder)
    server.start()
    kept = entries(server.admin("ana"))
    assert [entry["action"] for entry in kept] == ["import graph", "accounts grant-admin", "POST /admin/claim"]
    assert [entry["by"] for entry in kept] == ["operator", "operator", "account"]


def test_the_list_has_pages(server):
    ana = server.sign_up("ana")
    admin = server.admin("ana")
    for _ in range(5):
        assert admin.call("PUT", f"/v1/admin/accounts/{ana.id}/verified").status == 204
    kept = [entry["id"] for entry in entries(admin, limit=2)]
    assert len(kept) == 5 and kept == sorted(kept, key=int, reverse=True)
