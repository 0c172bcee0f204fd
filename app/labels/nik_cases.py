"""The words of NIK cases: on the card, in the text message."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.nik.cases import NikCaseState, NikDuration, NikOffice, NikPaper
from app.domain.nik.verdict import NikClass

WORDS: tuple[tuple[Enum, Any], ...] = (
    (NikCaseState.OPEN, _l("Your turn")),
    (NikCaseState.WAITING_OFFICE, _l("The civil registry office (Disdukcapil) must act")),
    (NikCaseState.ESCALATED, _l("Passed on to the officers of DPMPTSP")),
    (NikCaseState.CLOSED, _l("Closed")),
    (NikOffice.DISDUKCAPIL, _l("Civil registry office (Disdukcapil)")),
    (NikOffice.DPMPTSP, _l("Licensing office (DPMPTSP)")),
    (NikPaper.KTP, _l("KTP")),
    (NikPaper.ALL_KTP, _l("All KTP cards that you have")),
    (NikPaper.KK, _l("Family card (KK)")),
    (NikPaper.OLD_KK, _l("The old family card (KK)")),
    (NikPaper.BIRTH_OR_DIPLOMA, _l("Birth certificate or school diploma, if the card is wrong")),
    (NikPaper.MARRIAGE_BIRTH_MOVE, _l("Papers of a marriage, birth or move")),
    (NikDuration.AT_ONCE, _l("At once, as soon as you type it right.")),
    (NikDuration.NEXT_DAY, _l("Often the next day, once the office has handled it. Not promised.")),
    (NikDuration.SOME_DAYS, _l("A few working days, once the office has handled it. Not promised.")),
    (NikDuration.DAYS_TO_WEEKS, _l("Days to weeks. Not promised.")),
    (NikDuration.NOT_KNOWN, _l("Not known. Ask the officer.")),
)  # fmt: skip

# One text message (160 signs) in each language, with neither name nor NIK. What the registry says
# of a person stays out of it where it would hurt to be read by others.
SHORT_TEXTS: Mapping[NikClass, Any] = {
    NikClass.FORMAT: _l("%(number)s: NIK cannot be read. Look at the KTP, type it again at OSS Sorong. Free."),
    NikClass.NOT_FOUND: _l("%(number)s: NIK not found. Bring KTP and KK to Disdukcapil, ask for konsolidasi data. Check again here the next day. Free."),
    NikClass.NOT_RECORDED: _l("%(number)s: NIK not active. Bring KK to Disdukcapil or jemput bola, have the KTP-el recorded. Free."),
    NikClass.DUPLICATE: _l("%(number)s: two records of one NIK. Bring all KTP and KK to Disdukcapil, ask to take one out. Free."),
    NikClass.DECEASED: _l("%(number)s: please come to DPMPTSP in person with KTP and KK. An officer helps. Free."),
    NikClass.NAME_MISMATCH: _l("%(number)s: name and NIK do not fit. Type it as on the KTP. Card wrong? Birth certificate or diploma, KTP, KK to Disdukcapil. Free."),
    NikClass.BIRTH_DATE_MISMATCH: _l("%(number)s: birth date and NIK do not fit. Type it as on the KTP. Card wrong? Birth certificate, KTP, KK to Disdukcapil. Free."),
    NikClass.SEX_MISMATCH: _l("%(number)s: male/female and NIK do not fit. Choose as on the KTP. Card wrong? Birth certificate, KTP, KK to Disdukcapil. Free."),
    NikClass.KK_MISMATCH: _l("%(number)s: family card and NIK do not fit. Bring KTP, old KK and papers of marriage, birth or move to Disdukcapil. Free."),
    NikClass.PENDING: _l("%(number)s: NIK not checked yet, the registry does not answer. Not your fault. We try again by ourselves."),
}  # fmt: skip


MISPRINT = _l("%(number)s: the KTP shows a number that is no NIK. Bring KTP and KK to Disdukcapil, ask them to mend it. Free.")  # fmt: skip


def short_text(nik_class: NikClass, number: str, *, odd: bool = False) -> str:
    """Return the text message about a case, in the language in use.

    number: as shown, “NIK-4821-0937”. odd: the card itself carries what cannot be a NIK.
    """
    return str(MISPRINT if odd else SHORT_TEXTS[nik_class]) % {"number": number}
