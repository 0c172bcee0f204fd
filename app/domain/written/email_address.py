"""E-mail addresses, as people type them. Only a message to it can tell whether it exists."""

from __future__ import annotations

import re
from enum import StrEnum

from app.domain.written.text import EntryError, tidy

MAX_EMAIL_CHARACTERS = 50  # as long as OSS takes them (email_user_proses)

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}")

_AROUND = "<>()[]\"'"
_SAID_BEFORE = re.compile(r"^(?:mailto|e-?mail(?:saya)?|surel)[:=]")  # pasted from a contact
# Phones and chats make them of one key.
_QUOTES = str.maketrans(dict.fromkeys("‘’ʼ`´“”＇", "'") | {"＠": "@"})


class EmailProblem(StrEnum):
    """Why a written e-mail address cannot be taken."""

    EMPTY = "empty"
    NOT_AN_ADDRESS = "not_an_address"
    TOO_LONG = "too_long"


class EmailError(EntryError):
    """An address that cannot be taken; maximum: how many characters fit."""

    problem: EmailProblem

    def __init__(self, problem: EmailProblem, *, maximum: int = MAX_EMAIL_CHARACTERS) -> None:
        super().__init__(problem)
        self.maximum = maximum


def parse_email(text: str) -> str:
    """Return the address in small letters, without the full stop of a sentence that it ended.

    Raises EmailError.
    """
    address = tidy(text).replace(" ", "").lower().translate(_QUOTES).strip(_AROUND)
    address = _SAID_BEFORE.sub("", address).strip(_AROUND).rstrip(_AROUND + ".,;:!?…")
    if not address:
        raise EmailError(EmailProblem.EMPTY)
    if len(address) > MAX_EMAIL_CHARACTERS:
        raise EmailError(EmailProblem.TOO_LONG)
    if not _EMAIL.fullmatch(address) or ".." in address:
        raise EmailError(EmailProblem.NOT_AN_ADDRESS)
    return address
