"""Access tokens for everybody in a data folder, signed with its newest key as `freshet admin token` does one by one.

Prints "username token" lines, or tokens alone. The folder's server may be running.
"""

import argparse
import base64
import json
import os
import sqlite3
import sys
import time

from cryptography.hazmat.primitives.serialization import load_pem_private_key


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    def __init__(self, data):
        folder = os.path.join(data, "keys", "signing")
        newest = max((file for file in os.listdir(folder) if file.endswith(".pem")), key=lambda file: int(file.split(".")[0]))
        with open(os.path.join(folder, newest), "rb") as file:
            self.key = load_pem_private_key(file.read(), None)
        self.header = encode(json.dumps({"alg": "EdDSA", "kid": newest.split(".")[1], "typ": "at+jwt"}).encode())

    def token(self, account, scope="read write", ttl=24 * 3600):
        """`account` is the id; the session is one that the installation has never heard of, as with `admin token`."""
        now = int(time.time())
        claims = {
            "iss": "freshet",
            "sub": str(account),
            "aud": "freshet",
            "scope": scope,
            "sid": str(account),
            "iat": now,
            "exp": now + ttl,
            "jti": encode(os.urandom(16)),
        }
        signed = f"{self.header}.{encode(json.dumps(claims).encode())}"
        return f"{signed}.{encode(self.key.sign(signed.encode()))}"


def accounts(data):
    """{username: id} of everybody."""
    database = sqlite3.connect(f"file:{os.path.join(data, 'freshet.sqlite')}?mode=ro", uri=True)
    try:
        return dict(database.execute("SELECT username, id FROM accounts WHERE erased_at IS NULL ORDER BY id"))
    finally:
        database.close()


def write_tokens(data, path, most=None):
    """One token a line, for freshet_load; returns how many."""
    signer = Signer(data)
    people = list(accounts(data).values())[:most]
    with open(path, "w") as file:
        for account in people:
            file.write(signer.token(account) + "\n")
    return len(people)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", help="the data folder")
    parser.add_argument("--alone", action="store_true", help="print no usernames")
    options = parser.parse_args()
    signer = Signer(options.data)
    for username, account in accounts(options.data).items():
        token = signer.token(account)
        print(token if options.alone else f"{username} {token}")


if __name__ == "__main__":
    sys.exit(main())
