"""What a message says: made from its kind and facts when it is sent or shown, in either language.

Plain letters only, and short enough for one SMS with the longest facts; a test renders them all.
No text holds a name, a NIK or a link that opens a file.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.dossier.recovery import LONG_CODE_DIGITS
from app.domain.licence.turns import Turn
from app.domain.sending.messages import Channel, MessageKind, fits_one_sms
from app.domain.written.support_number import format_support_number
from app.labels.turns import turn_in_words

SENDER = "DPMPTSP Sorong"
HIDDEN = "******"

# By kind, and by the facts that come with it where there are several texts.
TEXTS: Mapping[MessageKind, Any] = {
    MessageKind.SENT: _l("File %(number)s is sent. Open your file to see whose turn it is."),
    MessageKind.SENT_AGAIN: _l("The mended file %(number)s is sent. Open your file to see whose turn it is."),
    MessageKind.NIK_TROUBLE: _l("The NIK in file %(number)s does not fit yet. Open your file to see what to do, or come to the office."),
    MessageKind.NIK_OK: _l("The NIK in file %(number)s fits now. Open your file to see the next step."),
    MessageKind.NIB_READY: _l("The NIB of file %(number)s is there. Open your file to see and print it. It is free."),
    MessageKind.REFUSED: _l("OSS did not take file %(number)s. Open it, mend it and send it again. Or come to DPMPTSP."),
    MessageKind.RETURNED: _l("Something in file %(number)s needs mending. Open your file to see what and how."),
    MessageKind.STATUS_CHANGED: _l("There is news about file %(number)s. Open your file to read it."),
    MessageKind.APPROVED: _l("File %(number)s is approved. Open your file to see and print the paper."),
    MessageKind.REJECTED: _l("File %(number)s is not approved. Open your file to see why and what you can do."),
    MessageKind.VISIT_PLANNED: _l("Officers will come to look at your place. Open file %(number)s to see where it stands."),
    MessageKind.DEADLINE_SOON: _l("Mend file %(number)s by %(until)s, or it may be rejected. Open your file to see what to do."),
    MessageKind.LKPM_DUE: _l("Your business report (LKPM) is due by %(until)s at oss.go.id. A micro business need not send one."),
    MessageKind.RECOVERY_CODE: _l("Your code is %(code)s. It works for %(minutes)s minutes. Tell it to nobody, not even to an officer."),
    MessageKind.PIN_LOCKED: _l("The PIN of file %(number)s was often typed wrong. Your answers are safe. Lost your PIN? See /berkas/lupa or ask DPMPTSP."),
    MessageKind.PIN_CHANGED: _l("The PIN of file %(number)s was changed. Was it not you? Tell DPMPTSP at once."),
    MessageKind.PHONE_CHANGED: _l("The phone number of file %(number)s was changed. Was it not you? Tell DPMPTSP at once."),
    MessageKind.CONSENT_GIVEN: _l("A facilitator may help with file %(number)s until %(until)s. Do you not want that? Take it back in your file."),
    MessageKind.ERASURE_DONE: _l("The data of file %(number)s are erased. The file can no longer be opened."),
    MessageKind.STATUS_ANSWER: _l("%(number)s on %(on)s: %(turn)s"),
    MessageKind.NUMBER_UNKNOWN: _l("No file has this number. Compare it with your note and send it again."),
    MessageKind.HELP: _l("Send STATUS and your support number: STATUS SRG 1234 5678 9012. STOP ends our SMS. Never send your PIN."),
    MessageKind.STOPPED: _l("We send no more SMS to this number. Do you want them again? Send START."),
    MessageKind.STARTED_AGAIN: _l("You get our SMS again. To end them, send STOP."),
}  # fmt: skip
RETURNED_BY_DAY = _l(
    "Please mend file %(number)s by %(until)s. Open your file to see what and how."
)
SENT_AND_WHOSE_TURN = _l("We have file %(number)s. %(turn)s")
CODE_FOR_A_DAY = _l(
    "Your code is %(code)s. It works for one day. Tell it to nobody, not even to an officer."
)


def text_of(
    kind: MessageKind,
    facts: Mapping[str, object],
    *,
    number: str,
    language: str,
    in_training: bool,
    channel: Channel = Channel.SMS,
    address: str | None = None,
) -> str:
    """Return the whole text of a message.

    facts: as stored; a secret that is gone shows as HIDDEN. number: the twelve digits of the
    support number. in_training: it says so, since nothing here is real then. address: where to look;
    added where the text then still goes as one SMS, or goes by e-mail.
    """
    with force_locale(language):
        values = {name: _say(name, value) for name, value in facts.items()}
        values["number"] = format_support_number(str(facts.get("number") or number))
        if kind is MessageKind.RECOVERY_CODE:
            values.setdefault("code", HIDDEN)
        by_day = kind is MessageKind.RETURNED and "until" in facts
        pattern = str(RETURNED_BY_DAY if by_day else TEXTS[kind])
        if kind is MessageKind.SENT and "turn" in facts:
            pattern = str(SENT_AND_WHOSE_TURN)
        if kind is MessageKind.RECOVERY_CODE and "minutes" not in facts:
            pattern = str(CODE_FOR_A_DAY)
        mark = _("PRACTICE")
        sender = f"{SENDER} ({mark})" if in_training else SENDER
        text = f"{sender}: {pattern % values}"
    if address is None or kind is MessageKind.RECOVERY_CODE:
        return text
    longer = f"{text} {address}"
    return longer if channel is Channel.EMAIL or fits_one_sms(longer) else text


def _say(name: str, value: object) -> str:
    if name in {"until", "on"}:
        return f"{date.fromisoformat(str(value)):%d-%m-%Y}"
    if name == "code" and len(str(value)) == LONG_CODE_DIGITS:  # in fours, as it is easily typed
        return " ".join(textwrap.wrap(str(value), 4))
    return turn_in_words(Turn(str(value))) if name == "turn" else str(value)
