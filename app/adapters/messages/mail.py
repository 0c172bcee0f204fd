"""E-mail by SMTP.

Not repeatable: SMTP has no key by which a server knows a message again. When the line breaks after
the text was handed over, nobody knows whether it was taken. It stays uncertain and is not sent
again; the fixed Message-ID lets some mailboxes notice a double, but none has to.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from app.adapters.messages import NotSent, Outgoing
from app.domain.sending.failures import NotSentCause

_STEP_AT_MOST_S = 10.0
_ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")  # one address, no way to add headers
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class MailServer:
    """host, port; tls: from the first byte. user and password may be empty."""

    host: str
    port: int
    tls: bool
    user: str
    password: str


def read_smtp_url(url: str) -> MailServer:
    """Return the server that smtp://user:password@host:587 or smtps://…:465 names.

    Raises ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("not an address of a mail server")
    tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class SmtpMail:
    """Carrier over SMTP. Outside this computer it speaks only over TLS."""

    repeatable = False

    def __init__(
        self, server: MailServer, sender: str, *, context: ssl.SSLContext | None = None
    ) -> None:
        self._server = server
        self._sender = sender
        self._context = context or ssl.create_default_context()

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Hand one e-mail over; each step of the talk has its time limit. Raises NotSent."""
        if not (message.to.isascii() and _ADDRESS.fullmatch(message.to)):
            raise NotSent(NotSentCause.BAD_ADDRESS, permanent=True)
        mail = self._written(message)
        handed_over = False
        try:
            with self._connect(min(budget_s, _STEP_AT_MOST_S)) as line:
                self._greet(line)
                code, _said = line.mail(self._sender)
                if code >= 400:  # about us, not about the person
                    raise NotSent(NotSentCause.ACCESS)
                code, _said = line.rcpt(message.to)
                if code >= 400:
                    raise NotSent(NotSentCause.BAD_ADDRESS, permanent=code >= 500)
                handed_over = True
                code, _said = line.data(mail)
                handed_over = False
                if code >= 400:
                    raise NotSent(NotSentCause.REFUSED, permanent=code >= 500)
        except smtplib.SMTPAuthenticationError:
            raise NotSent(NotSentCause.ACCESS) from None
        except smtplib.SMTPDataError as refusal:  # said instead of “go on”: nothing was taken
            permanent = refusal.smtp_code >= 500
            raise NotSent(NotSentCause.REFUSED, permanent=permanent) from None
        except smtplib.SMTPNotSupportedError:
            raise NotSent(NotSentCause.ACCESS) from None
        except TimeoutError:
            raise NotSent(NotSentCause.TIMEOUT, may_have_acted=handed_over) from None
        except (smtplib.SMTPException, OSError):
            raise NotSent(NotSentCause.DOWN, may_have_acted=handed_over) from None
        return None

    def _connect(self, timeout_s: float) -> _Line:
        server = self._server
        if server.tls:
            return _TlsLine(server.host, server.port, timeout=timeout_s, context=self._context)
        return _Line(server.host, server.port, timeout=timeout_s)

    def _greet(self, line: smtplib.SMTP) -> None:
        line.ehlo_or_helo_if_needed()
        if not self._server.tls and line.has_extn("starttls"):
            line.starttls(context=self._context)
            line.ehlo()
        elif not self._server.tls and self._server.host not in _LOCAL:
            raise NotSent(NotSentCause.ACCESS)  # addresses and texts do not go out in the open
        if self._server.user:
            line.login(self._server.user, self._server.password)

    def _written(self, message: Outgoing) -> bytes:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = message.to
        mail["Subject"] = message.subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message.key}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text + "\n")
        return mail.as_bytes()


class _Line(smtplib.SMTP):
    """Leaving politely must not turn a mail that was taken into one that failed."""

    def __exit__(self, *args: object) -> None:
        try:
            self.docmd("QUIT")
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            self.close()


class _TlsLine(_Line, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""
