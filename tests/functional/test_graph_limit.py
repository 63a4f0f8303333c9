"""How many accounts one person may follow."""

from support.freshet import CHEAP_PASSWORDS


def test_one_follows_as_many_as_are_allowed(start):
    server = start({**CHEAP_PASSWORDS, "graph.max_following": 2})
    ana, *others = (server.sign_up(name) for name in ("ana", "ben", "carla", "dora"))
    ben, carla, dora = others
    ana.follow(ben)
    ana.follow(carla)
    refused = ana.call("PUT", f"/v1/accounts/{dora.id}/follow")
    assert 400 <= refused.status < 500 and refused.json["code"] == "following_limit", refused
    assert not ana.get(f"/v1/accounts/{dora.id}")["relationship"]["following"]
    assert ana.get("/v1/me")["following_count"] == 2
    assert dora.get("/v1/me")["followers_count"] == 0
    ana.follow(ben)  # who is followed already is no further one
    ana.unfollow(ben)
    assert ana.follow(dora)["following"]
    for other in others:  # being followed has no such limit
        if other is not dora:
            other.follow(dora)
    assert dora.get("/v1/me")["followers_count"] == 3
