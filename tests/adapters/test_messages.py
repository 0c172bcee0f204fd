"""The ways out: HTTP gateway and SMTP, each against a small stand-in of its own."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default as modern

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.wrappers import Request, Response

from app.adapters.http import service_client
from app.adapters.messages import Incoming, Messages, NotSent, Outgoing
from app.adapters.messages.gateway import HttpGateway
from app.adapters.messages.mail import MailServer, SmtpMail, read_smtp_url
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import Channel

SMS = Outgoing("k" * 22, Channel.SMS, "+6281200004567", "DPMPTSP Sorong: halo")
MAIL = Outgoing(
    "k" * 22, Channel.EMAIL, "contoh@example.test", "DPMPTSP Sorong: halo é", "DPMPTSP Sorong: SRG"
)
TOKEN = "t" * 30


def failure(carrier, message=SMS, budget_s: float = 2.0) -> tuple[str, bool, bool]:
    """Return cause, permanent, may_have_acted of what sending raises."""
    with pytest.raises(NotSent) as caught:
        carrier.send(message, budget_s=budget_s)
    error = caught.value
    return (error.cause, error.permanent, error.may_have_acted)


def test_address_and_text_stay_out_of_logs():
    assert "812" not in repr(SMS)
    assert "halo" not in repr(SMS)
    assert "contoh" not in repr(MAIL)
    assert "812" not in repr(Incoming("1", "+62812", "teks"))


def test_a_channel_without_a_carrier():
    port = Messages({})
    assert failure(port) == (NotSentCause.DOWN, False, False)
    assert not port.is_repeatable(Channel.SMS)
    assert port.carried == frozenset()


# HTTP gateway


class Gateway:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, status: int = 200, body: object = None) -> None:
        self.status = status
        self.body = {"id": "gw-1", "status": "queued"} if body is None else body
        self.asked: list[tuple[str, dict[str, str], dict[str, object]]] = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.asked.append((request.path, dict(request.headers), request.get_json()))
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body)
        return Response(body, self.status)(environ, start_response)


def over_http(gateway) -> HttpGateway:
    return HttpGateway(service_client("sms", simulator=gateway), TOKEN)


def test_the_gateway_is_asked_as_documented():
    gateway = Gateway()
    assert over_http(gateway).send(SMS, budget_s=2) == "gw-1"
    ((path, headers, payload),) = gateway.asked
    assert path == "/messages"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Idempotency-Key"] == SMS.key
    assert payload == {"to": SMS.to, "text": SMS.text, "id": SMS.key, "channel": "sms"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, (NotSentCause.BAD_ADDRESS, True, False)),
        (422, (NotSentCause.BAD_ADDRESS, True, False)),
        (401, (NotSentCause.ACCESS, False, False)),
        (403, (NotSentCause.ACCESS, False, False)),
        (429, (NotSentCause.BUSY, False, False)),
        (500, (NotSentCause.DOWN, False, True)),
        (302, (NotSentCause.DOWN, False, True)),
        (503, (NotSentCause.DOWN, False, True)),
        (504, (NotSentCause.TIMEOUT, False, True)),
    ],
)
def test_what_a_status_of_the_gateway_means(status, expected):
    assert failure(over_http(Gateway(status))) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"id": "x", "status": "rejected"}, (NotSentCause.REFUSED, True, False)),
        ({"id": "x"}, (NotSentCause.UNREADABLE, False, True)),
        ({"id": "x", "status": "perhaps"}, (NotSentCause.UNREADABLE, False, True)),
        (["queued"], (NotSentCause.UNREADABLE, False, True)),
        (b"OK", (NotSentCause.UNREADABLE, False, True)),
    ],
)
def test_an_answer_of_the_gateway_that_is_no_yes(body, expected):
    assert failure(over_http(Gateway(200, body))) == expected


@pytest.mark.parametrize("number", ["", "x" * 81, "a b", 5, None, "\u00e9"])
def test_an_odd_number_of_the_gateway_is_not_kept(number):
    gateway = Gateway(202, {"id": number, "status": "accepted"})
    assert over_http(gateway).send(SMS, budget_s=2) is None


def test_a_gateway_that_does_not_answer_in_time():
    with silent_server() as port:
        client = service_client("sms", base_url=f"http://127.0.0.1:{port}/gw")
        assert failure(HttpGateway(client, TOKEN), budget_s=0.3) == (
            NotSentCause.TIMEOUT,
            False,
            True,
        )
        client.close()


def test_a_gateway_that_is_not_there():
    client = service_client("sms", base_url=f"http://127.0.0.1:{closed_port()}")
    assert failure(HttpGateway(client, TOKEN)) == (NotSentCause.DOWN, False, False)
    client.close()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Take connections and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


# SMTP


class MailHost(socketserver.ThreadingTCPServer):
    """A mail server that says what a test wants at one step, and keeps the mails it took.

    says: step -> answer; None there closes the line without a word, "" is silence.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, says: dict[str, str | None], context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), MailTalk)
        self.says = says
        self.context = context
        self.taken: list[tuple[str, str, bytes]] = []
        self.heard: list[str] = []
        self.done = threading.Event()


class MailTalk(socketserver.StreamRequestHandler):
    """One connection."""

    server: MailHost
    timeout = 5

    def handle(self) -> None:
        secure = False
        sender = to = ""
        if not self.say("greeting", "220 mail.test"):
            return
        while line := self.rfile.readline():
            word = line.decode().strip()
            self.server.heard.append(word.split(" ")[0].upper())
            command = word.upper()
            if command.startswith("EHLO"):
                offers = ["250-mail.test"]
                if self.server.context and not secure:
                    offers.append("250-STARTTLS")
                offers += ["250-AUTH PLAIN", "250 8BITMIME"]
                going = self.say("ehlo", "\r\n".join(offers))
            elif command == "STARTTLS":
                self.say("starttls", "220 go")
                assert self.server.context
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
                secure = going = True
            elif command.startswith("AUTH"):
                going = self.say("auth", "235 fine")
            elif command.startswith("MAIL"):
                sender = word
                going = self.say("mail", "250 fine")
            elif command.startswith("RCPT"):
                to = word
                going = self.say("rcpt", "250 fine")
            elif command == "DATA":
                going = self.say("data", "354 go on")
                if going and self.server.says.get("data", "354").startswith("354"):
                    text = b""
                    while (row := self.rfile.readline()) not in {b".\r\n", b""}:
                        text += row
                    self.server.taken.append((sender, to, text))
                    going = self.say("taken", "250 queued")
            else:
                self.say("quit", "221 bye")
                going = False
            if not going:
                break
        if secure:
            self.rfile.close()
            self.wfile.close()
            self.request.close()
        self.server.done.set()

    def say(self, step: str, usual: str) -> bool:
        answer = self.server.says.get(step, usual)
        if answer is None:
            return False
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
            self.wfile.flush()
        return True


@pytest.fixture
def mail_host() -> Iterator[Callable[..., MailHost]]:
    """Start mail servers; they end with the test."""
    running: list[MailHost] = []

    def start(context: ssl.SSLContext | None = None, **says: str | None) -> MailHost:
        host = MailHost(says, context)
        threading.Thread(target=host.serve_forever, daemon=True).start()
        running.append(host)
        return host

    yield start
    for host in running:
        host.shutdown()
        host.server_close()


def by_mail(host: MailHost | int, *, name: str = "127.0.0.1", user: str = "", context=None):
    port = host if isinstance(host, int) else host.server_address[1]
    server = MailServer(name, port, False, user, "secret" if user else "")
    return SmtpMail(server, "izin@example.test", context=context)


def read(host: MailHost) -> Mail:
    ((_sender, _to, text),) = host.taken
    return message_from_bytes(text, policy=modern)


def test_an_e_mail_arrives_as_it_was_written(mail_host):
    host = mail_host()
    by_mail(host, user="izin").send(MAIL, budget_s=2)
    mail = read(host)
    assert "contoh@example.test" in host.taken[0][1]
    assert mail["To"] == MAIL.to
    assert mail["From"] == "izin@example.test"
    assert mail["Subject"] == MAIL.subject
    assert mail["Message-ID"] == f"<{MAIL.key}@example.test>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == MAIL.text
    assert "AUTH" in host.heard


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({"greeting": "421 busy"}, (NotSentCause.DOWN, False, False)),
        ({"greeting": None}, (NotSentCause.DOWN, False, False)),
        ({"auth": "535 wrong"}, (NotSentCause.ACCESS, False, False)),
        ({"mail": "550 not you"}, (NotSentCause.ACCESS, False, False)),
        ({"mail": "451 later"}, (NotSentCause.ACCESS, False, False)),
        ({"rcpt": "550 nobody"}, (NotSentCause.BAD_ADDRESS, True, False)),
        ({"rcpt": "450 greylisted"}, (NotSentCause.BAD_ADDRESS, False, False)),
        ({"rcpt": None}, (NotSentCause.DOWN, False, False)),
        ({"data": "554 no"}, (NotSentCause.REFUSED, True, False)),
        ({"data": "451 later"}, (NotSentCause.REFUSED, False, False)),
        ({"taken": "554 spam"}, (NotSentCause.REFUSED, True, False)),
        ({"taken": "452 full"}, (NotSentCause.REFUSED, False, False)),
        ({"taken": None}, (NotSentCause.DOWN, False, True)),
    ],
)
def test_what_a_mail_server_says(mail_host, says, expected):
    host = mail_host(**says)
    assert failure(by_mail(host, user="izin"), MAIL) == expected
    assert len(host.taken) == (1 if "taken" in says else 0)


def test_a_mail_server_that_falls_silent(mail_host):
    """Before the text: it surely was not taken. After it: nobody knows."""
    before = failure(by_mail(mail_host(rcpt="")), MAIL, budget_s=0.3)
    assert before == (NotSentCause.DOWN, False, False)
    after = failure(by_mail(mail_host(taken="")), MAIL, budget_s=0.3)
    assert after == (NotSentCause.DOWN, False, True)


def test_a_mail_server_that_does_not_say_goodbye(mail_host):
    host = mail_host(quit=None)
    by_mail(host).send(MAIL, budget_s=2)
    assert len(host.taken) == 1


def test_a_mail_server_that_is_not_there():
    assert failure(by_mail(closed_port()), MAIL) == (NotSentCause.DOWN, False, False)


def test_nothing_goes_to_another_computer_in_the_open(mail_host, monkeypatch):
    host = mail_host()
    real = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda _to, *a, **k: real(host.server_address, *a, **k)
    )
    carrier = by_mail(host, name="mail.example.test", user="izin")
    assert failure(carrier, MAIL) == (NotSentCause.ACCESS, False, False)
    assert host.done.wait(5)
    assert not {"AUTH", "MAIL"} & set(host.heard)


def test_with_tls_it_goes(mail_host, certificate):
    serving, trusting = certificate
    host = mail_host(context=serving)
    by_mail(host, context=trusting).send(MAIL, budget_s=5)
    assert read(host)["To"] == MAIL.to
    assert "STARTTLS" in host.heard


def test_a_certificate_that_nobody_vouches_for(mail_host, certificate):
    serving, _ = certificate
    host = mail_host(context=serving)
    assert failure(by_mail(host), MAIL) == (NotSentCause.DOWN, False, False)
    assert "MAIL" not in host.heard


@pytest.fixture
def certificate(tmp_path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    return serving, ssl.create_default_context(cafile=path)


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b\nBcc: c@d", "a@b,c@d", "a b@c", "a@b>", "é@example.test"]
)
def test_what_is_no_address_never_reaches_a_server(mail_host, to):
    host = mail_host()
    odd = Outgoing("k", Channel.EMAIL, to, "x", "x")
    assert failure(by_mail(host), odd) == (NotSentCause.BAD_ADDRESS, True, False)
    assert host.heard == []


def test_the_address_of_a_mail_server():
    assert read_smtp_url("smtp://a%40b:p%3Aw@mail.test") == MailServer(
        "mail.test", 587, False, "a@b", "p:w"
    )
    assert read_smtp_url("smtps://mail.test") == MailServer("mail.test", 465, True, "", "")
    assert read_smtp_url("smtp://mail.test:25").port == 25
    for wrong in ("http://mail.test", "smtp://", "mail.test"):
        with pytest.raises(ValueError, match="mail server"):
            read_smtp_url(wrong)
