"""HTTPS, with a certificate that is made for the test."""

import http.client
import json
import pathlib
import signal
import socket
import ssl
import subprocess

import pytest

from support.freshet import CHEAP_PASSWORDS, Person, run_cli, wait_until


def make_certificate(folder, name):
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return certificate, key


def configure(folder, certificate, key):
    folder.mkdir(exist_ok=True)
    (folder / "freshet.toml").write_text(f'[http]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n')


class Installation:
    def __init__(self, tmp_path, start):
        self.path = tmp_path
        self.certificate, key = make_certificate(tmp_path, "first")
        configure(tmp_path / "data", self.certificate, key)
        self.server = start(CHEAP_PASSWORDS, folder=tmp_path / "data")

    def person(self, token=None, certificate=None):
        """Somebody who trusts the certificate, and nobody else."""
        person = Person(self.server, token)
        context = ssl.create_default_context(cafile=certificate or self.certificate)
        person.connection = http.client.HTTPSConnection("127.0.0.1", self.server.port, timeout=30, context=context)
        return person


@pytest.fixture
def secure(tmp_path, start):
    return Installation(tmp_path, start)


def test_the_api_is_served_over_https(secure):
    answer = secure.person().call("POST", "/v1/accounts", {"username": "ana", "password": "correct horse", "display_name": "Ana"})
    assert answer.status == 201, answer
    ana = secure.person(answer.json["session"]["access_token"])
    post = ana.post("over TLS")
    wait_until(lambda: ana.feed_ids() == [post["id"]], "the post to arrive")


def test_who_does_not_trust_the_certificate_is_told_nothing(secure):
    other, _ = make_certificate(secure.path, "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        secure.person(certificate=other).call("GET", "/readyz")


def test_plain_http_gets_no_answer_and_does_no_harm(secure):
    with socket.create_connection(("127.0.0.1", secure.server.port), timeout=30) as plain:
        plain.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            received = plain.recv(1000)
        except ConnectionResetError:
            received = b""
    assert not received.startswith(b"HTTP/")
    assert secure.person().call("GET", "/readyz").status == 200


@pytest.mark.parametrize("version, accepted", [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_only_safe_versions_are_spoken(secure, version, accepted):
    context = ssl.create_default_context(cafile=secure.certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    person = Person(secure.server)
    person.connection = http.client.HTTPSConnection("127.0.0.1", secure.server.port, timeout=30, context=context)
    if accepted:
        assert person.call("GET", "/readyz").status == 200
        return
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        person.call("GET", "/readyz")


def test_the_command_line_finds_and_trusts_the_server(secure):
    state = json.loads(run_cli("admin", "state", "--data", secure.server.folder).stdout)
    assert state["components"]


def test_a_renewed_certificate_is_taken_over_without_a_restart(secure):
    old = secure.person()
    assert old.call("GET", "/readyz").status == 200
    renewed, key = make_certificate(secure.path, "renewed")
    configure(pathlib.Path(secure.server.folder), renewed, key)
    secure.server.process.send_signal(signal.SIGHUP)

    def served():
        try:
            return secure.person(certificate=renewed).call("GET", "/readyz").status == 200
        except ssl.SSLCertVerificationError:
            return False

    wait_until(served, "the renewed certificate")
    assert old.call("GET", "/readyz").status == 200  # connections go on


@pytest.mark.parametrize("broken", ["missing", "swapped", "key of another"])
def test_a_certificate_that_cannot_be_used_stops_the_start_with_its_name(tmp_path, broken):
    certificate, key = make_certificate(tmp_path, "first")
    _, other_key = make_certificate(tmp_path, "other")
    files = {"missing": (tmp_path / "none.pem", key), "swapped": (key, certificate), "key of another": (certificate, other_key)}
    configure(tmp_path / "data", *files[broken])
    refused = run_cli("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", check=False)
    assert refused.returncode == 1
    assert "http.tls_" in refused.stderr
