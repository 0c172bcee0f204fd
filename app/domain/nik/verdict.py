"""What an answer of the civil registry (Dukcapil) means for one person's NIK.

The registry compares; it never tells what it holds. A verdict therefore names the class and the
fields that differ, and nothing else. Basis for asking: UU 24/2013, PP 40/2019, Permendagri
102/2019.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.written.person import Sex


class Field(StrEnum):
    """A field that the registry compared, in the order in which differences are named."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"


class NikClass(StrEnum):
    """What came of a check. Everything but PENDING has its own remedy for the person."""

    MATCH = "match"
    FORMAT = "format"  # the registry calls the number malformed
    NOT_FOUND = "not_found"
    NOT_RECORDED = "not_recorded"  # no biometric recording yet, or NIK inactive
    DUPLICATE = "duplicate"
    DECEASED = "deceased"
    NAME_MISMATCH = "name_mismatch"
    BIRTH_DATE_MISMATCH = "birth_date_mismatch"
    SEX_MISMATCH = "sex_mismatch"
    KK_MISMATCH = "kk_mismatch"  # family card; no answer leads here, as its number is not asked
    PENDING = "pending"  # NIK menunggu dicek: nobody's fault here, ask again later


class RegistryFault(StrEnum):
    """Why the registry gave no verdict. Never the applicant's fault."""

    QUOTA = "quota"  # today's number of calls is used up
    LOGIN = "login"  # our user or password
    IP_ADDRESS = "ip_address"  # our address is not registered with the registry
    USER_INACTIVE = "user_inactive"
    DOWN = "down"
    TIMEOUT = "timeout"
    UNREADABLE = "unreadable"  # not JSON, a missing field, an unknown code


class InvalidThreshold(ValueError):
    """The name threshold lies outside 0..100."""

    def __init__(self, threshold: int) -> None:
        super().__init__(threshold)
        self.threshold = threshold


@dataclass(frozen=True, slots=True)
class RegistryQuery:
    """What is asked about one person. Kept out of repr, so that no trace or log shows it.

    nik: 16 digits. name: as typed from the card. birth_date, sex: as typed from the card.
    """

    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)


@dataclass(frozen=True, slots=True)
class RegistryReply:
    """One answer, reduced to verdicts: no value of the registry passes this point.

    response_code: the registry's two-digit code, None when it compared fields.
    name_score: 0..100, None when it gave none. *_agrees: None when the field was not answered.
    fault: set when there was no answer at all; it outranks everything else.
    """

    response_code: str | None = None
    name_score: int | None = None
    name_agrees: bool | None = None
    birth_date_agrees: bool | None = None
    sex_agrees: bool | None = None
    fault: RegistryFault | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class of one check.

    mismatched_fields: every field that differs, in the order of Field.
    is_final: the registry has spoken; False means that the check is still to be done.
    cause: why not, set exactly when nik_class is PENDING.
    """

    nik_class: NikClass
    mismatched_fields: tuple[Field, ...] = ()
    is_final: bool = True
    cause: RegistryFault | None = None


DEFAULT_NAME_THRESHOLD = 90

CLASS_BY_RESPONSE_CODE = {
    "11": NikClass.DECEASED,
    "12": NikClass.DUPLICATE,
    "13": NikClass.NOT_FOUND,
    "14": NikClass.NOT_RECORDED,
    "15": NikClass.FORMAT,
}

_CLASS_BY_FIELD = {
    Field.NAME: NikClass.NAME_MISMATCH,
    Field.BIRTH_DATE: NikClass.BIRTH_DATE_MISMATCH,
    Field.SEX: NikClass.SEX_MISMATCH,
}

# Words of the registry's own messages, lower case, looked for in this order: "IP Client tidak
# terdaftar" and "User tidak terdaftar" share words, so the narrower one stands first.
_FAULT_BY_WORDS = (
    ("kuota", RegistryFault.QUOTA),
    ("tidak aktif", RegistryFault.USER_INACTIVE),
    ("non aktif", RegistryFault.USER_INACTIVE),
    ("ip address", RegistryFault.IP_ADDRESS),
    ("ip client", RegistryFault.IP_ADDRESS),
    ("login", RegistryFault.LOGIN),
    ("password", RegistryFault.LOGIN),
    ("user", RegistryFault.LOGIN),
    ("timeout", RegistryFault.TIMEOUT),
    ("time out", RegistryFault.TIMEOUT),
)


def fault_from_message(message: str) -> RegistryFault:
    """Return the fault that a message (RESPON) of the registry names; UNREADABLE if unknown."""
    text = " ".join(message.split()).lower()
    return next(
        (fault for words, fault in _FAULT_BY_WORDS if words in text), RegistryFault.UNREADABLE
    )


def classify(reply: RegistryReply, *, name_threshold: int = DEFAULT_NAME_THRESHOLD) -> Verdict:
    """Return what the reply means.

    name_threshold: lowest score, 0..100, at which a name still counts as the same.

    A reply that leaves one of the three fields open proves nothing and stays PENDING: a silent
    field must never pass as a match. When the registry's word and its score disagree, the name
    counts as different, because a person can retype a name but cannot undo a false match.

    Raises InvalidThreshold outside 0..100.
    """
    if not 0 <= name_threshold <= 100:
        raise InvalidThreshold(name_threshold)
    if reply.fault is not None:
        return _pending(reply.fault)
    if reply.response_code is not None:
        nik_class = CLASS_BY_RESPONSE_CODE.get(reply.response_code)
        return _pending(RegistryFault.UNREADABLE) if nik_class is None else Verdict(nik_class)

    agrees = {
        Field.NAME: reply.name_agrees,
        Field.BIRTH_DATE: reply.birth_date_agrees,
        Field.SEX: reply.sex_agrees,
    }
    if None in agrees.values():
        return _pending(RegistryFault.UNREADABLE)
    if reply.name_score is not None and reply.name_score < name_threshold:
        agrees[Field.NAME] = False
    mismatched = tuple(each for each in Field if not agrees[each])
    if not mismatched:
        return Verdict(NikClass.MATCH)
    return Verdict(_CLASS_BY_FIELD[mismatched[0]], mismatched)


def _pending(cause: RegistryFault) -> Verdict:
    return Verdict(NikClass.PENDING, is_final=False, cause=cause)
