"""A push service and the browsers that subscribe to it, on this machine."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import threading

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key):
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def derive(salt, secret, info, size):
    extracted = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()[:size]


class Browser:
    """One subscription."""

    def __init__(self, service, name):
        self.service = service
        self.path = f"/push/{name}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    def subscription(self):
        """As PushSubscription.toJSON() gives it."""
        keys = {"p256dh": encode(point(self.key.public_key())), "auth": encode(self.auth)}
        return {"endpoint": self.service.origin + self.path, "expirationTime": None, "keys": keys}

    def subscribe(self, person):
        answer = person.call("PUT", "/v1/me/push-subscriptions/current", self.subscription())
        assert answer.status == 200, answer
        return answer.json

    def decrypt(self, body):
        """RFC 8291, from the reader's side."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender = body[21 : 21 + length]
        sealed = body[21 + length :]
        assert length == 65 and len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = derive(self.auth, shared, b"WebPush: info\0" + point(self.key.public_key()) + sender, 32)
        key = derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derive(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain.endswith(b"\x02")
        return json.loads(plain[:-1])

    @property
    def messages(self):
        """What it was sent and the service took, decrypted, with the header fields under "headers"."""
        with self.service.lock:
            taken = [message for message in self.service.taken if message["path"] == self.path]
        return [{**self.decrypt(message["body"]), "headers": message["headers"]} for message in taken]


class PushService:
    """Answers 201, or what `answers` holds for a path: [(status, headers), ...], used up one by one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.taken = []
        self.attempts = []
        self.answers = {}
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with service.lock:
                    planned = service.answers.get(self.path)
                    status, headers = planned.pop(0) if planned else (201, {})
                    message = {"path": self.path, "headers": dict(self.headers), "body": body}
                    service.attempts.append(message)
                    if status < 300:
                        service.taken.append(message)
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def browser(self, name):
        return Browser(self, name)

    def answer(self, browser, *answers):
        with self.lock:
            self.answers[browser.path] = list(answers)

    def attempts_at(self, browser):
        with self.lock:
            return sum(message["path"] == browser.path for message in self.attempts)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def check_authorization(header, public_key, audience, contact):
    """RFC 8292: who sends, to whom, and that it is signed with the key that browsers subscribed with."""
    scheme, fields = header.split(" ", 1)
    assert scheme == "vapid"
    values = dict(field.strip().split("=", 1) for field in fields.split(","))
    assert values["k"] == public_key
    head, claims, signature = values["t"].split(".")
    assert json.loads(decode(head))["alg"] == "ES256"
    raw = decode(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public_key))
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(decode(claims))
    assert claims["aud"] == audience and claims["sub"] == contact
    return claims
