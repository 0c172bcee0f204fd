"""Whose turn it is, in one sentence: the same on pages, in messages and in copies.

Plain letters and short, so that each goes with its head in one SMS; a test renders them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.licence.status import WhoActs
from app.domain.licence.turns import WHO_ACTS, Turn

HEADS: Mapping[WhoActs, Any] = {
    WhoActs.PERSON: _l("Your turn."),
    WhoActs.OFFICE: _l("Next: the office."),
    WhoActs.OSS: _l("Next: OSS."),
    WhoActs.REGISTRY: _l("Next: the civil registry."),
}

SENTENCES: Mapping[Turn, Any] = {
    Turn.FILL_IN: _l("The file is saved but not sent yet."),
    Turn.MEND_NIK: _l("The NIK does not fit yet. Open your file to see what to do."),
    Turn.WAIT_NIK: _l("It has not answered yet. We ask again. You need not do anything."),
    Turn.WAIT_NIK_OFFICE: _l("An officer compares your NIK. You need not do anything for that."),
    Turn.WAIT_OSS: _l("OSS has not answered yet. We ask again. You need not do anything."),
    Turn.FILE_AT_OSS: _l("File it at oss.go.id with your own account."),
    Turn.FILE_NIK_OPEN: _l("File it at oss.go.id. You need not wait for the NIK check."),
    Turn.REFUSED: _l("OSS did not take the file. Open it, mend it and send it again."),
    Turn.CORRECT_NIB: _l("OSS does not confirm the NIB that you wrote. Compare it with the paper."),
    Turn.CONFIRM_NIB: _l("It has not confirmed yet what you wrote. We ask by ourselves."),
    Turn.SHOW_PAPER: _l("You wrote what OSS gave. We have not seen it yet. Show us the paper."),
    Turn.PLAY_OFFICE: _l("The practice NIB is there. Now you play the office."),
    Turn.WAIT_OFFICE: _l("The NIB is there. The office decides, and we ask OSS what it says."),
    Turn.LOOK_AT_OSS: _l("Look in your account at oss.go.id. The office decides there."),
    Turn.MEND_FILE: _l("The office gave the file back. Open it to see what to mend."),
    Turn.ACT_IN_OSS: _l("Look in your account at oss.go.id or ask DPMPTSP."),
    Turn.REJECTED: _l("The licence was rejected. The NIB stays. Ask DPMPTSP."),
    Turn.REJECTED_TOLD: _l("You wrote that the licence was rejected. Ask DPMPTSP."),
    Turn.NOT_IN_FORCE: _l("OSS says this NIB is not in force. Do not open. Ask DPMPTSP."),
    Turn.DONE: _l("Done. The NIB is there."),
    Turn.ENDED: _l("Ended. This NIB was revoked. It is no longer valid."),
    Turn.ENDED_TOLD: _l("Ended. You wrote that this NIB was closed at OSS."),
    Turn.WITHDRAWN: _l("This file was withdrawn. Nothing more happens with it."),
    Turn.ASK_OFFICE: _l("Something is not right here. Ask DPMPTSP with this number."),
}


def head_of(turn: Turn) -> str:
    """Return the words for whose turn it is; "" where it is nobody's."""
    who = WHO_ACTS[turn]
    return str(HEADS[who]) if who in HEADS else ""


def sentence_of(turn: Turn) -> str:
    """Return the sentence of a turn, without its head."""
    return str(SENTENCES[turn])


def turn_in_words(turn: Turn) -> str:
    """Return head and sentence together, as a message says them."""
    return f"{head_of(turn)} {sentence_of(turn)}".strip()
