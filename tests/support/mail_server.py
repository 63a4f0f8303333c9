"""A mail server on this machine that keeps what it is given."""

import base64
import datetime
import email
import email.policy
import ipaddress
import re
import socketserver
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificate(folder):
    """A certificate for 127.0.0.1 that signs itself; returns the paths of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "mail-certificate.pem", folder / "mail-key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


class MailServer:
    """Takes every mail, unless `refusals` says with which lines DATA's ends are answered first."""

    def __init__(self, certificate=None):
        self.lock = threading.Lock()
        self.mails = []
        self.refusals = []
        self.attempts = 0
        self.logins = []
        self.encrypted = 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                try:
                    self.converse()
                except (ConnectionError, ssl.SSLError, ValueError):
                    pass

            def converse(self):
                self.say("220 mail.test ESMTP")
                sender, readers, secure = None, [], False
                while line := self.rfile.readline().decode().strip():
                    verb = line.split(" ")[0].upper()
                    if verb == "EHLO":
                        offered = ["mail.test", "AUTH PLAIN"] + (["STARTTLS"] if certificate and not secure else [])
                        for capability in offered[:-1]:
                            self.say(f"250-{capability}")
                        self.say(f"250 {offered[-1]}")
                    elif verb == "STARTTLS" and certificate:
                        self.say("220 go ahead")
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(*certificate)
                        self.connection = context.wrap_socket(self.connection, server_side=True)
                        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                        secure = True
                        with outer.lock:
                            outer.encrypted += 1
                    elif verb == "AUTH":
                        words = line.split(" ")
                        if len(words) < 3:
                            self.say("334 ")
                            words.append(self.rfile.readline().decode().strip())
                        with outer.lock:
                            outer.logins.append(base64.b64decode(words[2]).decode().split("\0")[1:])
                        self.say("235 welcome")
                    elif verb == "MAIL":
                        sender = re.search("<(.*?)>", line).group(1)
                        self.say("250 ok")
                    elif verb == "RCPT":
                        readers.append(re.search("<(.*?)>", line).group(1))
                        self.say("250 ok")
                    elif verb == "DATA":
                        self.say("354 go ahead")
                        self.say(self.take(sender, readers))
                        sender, readers = None, []
                    elif verb in ("RSET", "NOOP"):
                        self.say("250 ok")
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("502 no")

            def take(self, sender, readers):
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line[1:] if line.startswith(b".") else line)
                mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                with outer.lock:
                    outer.attempts += 1
                    if outer.refusals:
                        return outer.refusals.pop(0)
                    outer.mails.append({"from": sender, "to": readers, "mail": mail})
                return "250 taken"

        class Threaded(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Threaded(("127.0.0.1", 0), Handler)
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def to(self, address):
        with self.lock:
            return [mail["mail"] for mail in self.mails if mail["to"] == [address]]

    def refuse(self, *lines):
        with self.lock:
            self.refusals = list(lines)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def part(mail, subtype):
    """The text of a mail in one of its two forms."""
    return mail.get_body((subtype,)).get_content()
