"""The words for what comes after the NIB: old codes, reports, changes, next steps."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.after.lkpm import Rhythm
from app.domain.after.next_steps import NextStep
from app.domain.dossier.changes import ChangeKind, ChangeState
from app.domain.kbli.change import CodeChange, LinkBasis, WhatToDo

WORDS: tuple[tuple[Enum, Any], ...] = (
    (LinkBasis.OFFICIAL_TABLE, _l("Sure: it stands in the official table of BPS")),
    (LinkBasis.OSS_PAGE, _l("Sure: the public page of OSS names it")),
    (LinkBasis.SAME_TITLE, _l("Sure: number and name are the same")),
    (LinkBasis.SAME_NUMBER, _l("Likely: the number is the same, the name is not")),
    (LinkBasis.INFERENCE, _l("Not sure: we compared the meanings ourselves")),
    (LinkBasis.NONE, _l("Not known")),
    (CodeChange.SAME, _l("The code stays the same")),
    (CodeChange.RENAMED, _l("The number stays, its name changed")),
    (CodeChange.RECODED, _l("The code has a new number")),
    (CodeChange.MERGED, _l("The code is now part of a wider one")),
    (CodeChange.SPLIT, _l("The code was split. Choose one")),
    (CodeChange.UNKNOWN, _l("We do not know the new code")),
    (WhatToDo.NOTHING, _l("You need not do anything.")),
    (WhatToDo.AUTOMATIC, _l("OSS changes the number by itself. You need not do anything.")),
    (WhatToDo.CHECK, _l("Look in your OSS account which number stands there. Does it not fit your business? Change your data at OSS.")),
    (WhatToDo.CHOOSE, _l("Choose the one that fits your business. Then change your data at OSS.")),
    (WhatToDo.ASK, _l("Ask DPMPTSP before you change anything.")),
    (Rhythm.EXEMPT, _l("never")),
    (Rhythm.HALF_YEARLY, _l("twice a year")),
    (Rhythm.QUARTERLY, _l("four times a year")),
    (ChangeKind.PLACE, _l("My business moves")),
    (ChangeKind.CAPACITY, _l("Capital, workers or output change")),
    (ChangeKind.ACTIVITY, _l("I do something else now")),
    (ChangeKind.OWN_DATA, _l("My phone or address changed")),
    (ChangeKind.ADD_ACTIVITY, _l("I add an activity")),
    (ChangeKind.CLOSE, _l("I close my business")),
    (ChangeState.DRAFT, _l("being filled in")),
    (ChangeState.SENT, _l("under way")),
    (ChangeState.DONE, _l("done")),
    (ChangeState.WITHDRAWN, _l("taken back")),
    (NextStep.HALAL, _l("Halal certificate")),
    (NextStep.NON_HALAL_NOTICE, _l("A clear “not halal” notice")),
    (NextStep.SPP_IRT, _l("Home food licence (SPP-IRT)")),
    (NextStep.SUPPORTING, _l("Supporting licences (PB UMKU)")),
    (NextStep.LKPM, _l("Report on your investment (LKPM)")),
    (NextStep.NO_LKPM, _l("No investment report (LKPM) for you")),
    (NextStep.KEEP_CURRENT, _l("Keep your data current")),
    (NextStep.BEWARE, _l("Beware of brokers and fraud")),
)  # fmt: skip

# What each change means, in a line below its name.
CHANGE_HINTS: Mapping[ChangeKind, Any] = {
    ChangeKind.PLACE: _l("Another address, another stall, or a bigger place."),
    ChangeKind.CAPACITY: _l("More money in it, more people, or you make more."),
    ChangeKind.ACTIVITY: _l("The activity on your NIB no longer fits."),
    ChangeKind.OWN_DATA: _l("For a wrong name or NIK ask the civil registry (Disdukcapil) first."),
    ChangeKind.ADD_ACTIVITY: _l("You keep the first one and begin another beside it."),
    ChangeKind.CLOSE: _l("The NIB ends. Read what that means first."),
}

# What each step after the NIB asks of a person, sentence by sentence.
NEXT_STEP_TEXTS: Mapping[NextStep, tuple[Any, ...]] = {
    NextStep.HALAL: (
        _l("Your NIB holds a promise about halal. It is not a halal certificate."),
        _l("The halal agency BPJPH gives the certificate, through its website SIHALAL (ptsp.halal.go.id)."),
        _l("Simple goods may go the short way, by your own statement (self-declare). You list all ingredients. A halal helper looks at how you work. BPJPH decides."),
        _l("Bring your NIB, KTP and a list of ingredients. Ask whether a free place is open."),
    ),
    NextStep.NON_HALAL_NOTICE: (
        _l("What is made from something not halal gets no certificate. It must say so clearly."),
    ),
    NextStep.SPP_IRT: (
        _l("For food or drink that you make at home, pack and keep for more than a week. What is eaten fresh does not need it."),
        _l("Ask the health office (Dinas Kesehatan) of the regency. It teaches food safety and looks at your kitchen. The request itself goes through OSS."),
        _l("Bring your NIB, KTP, a list of your products with ingredients, and a draft of the label."),
    ),
    NextStep.SUPPORTING: (
        _l("The list names papers for some products of your activity. Ask DPMPTSP which you need:"),
    ),
    NextStep.LKPM: (
        _l("You tell OSS at set dates what you invested and how many people work."),
    ),
    NextStep.NO_LKPM: (
        _l("A micro business need not send it. Does your business grow to small? Then you report."),
    ),
    NextStep.KEEP_CURRENT: (
        _l("Another phone, place, activity or size? Change it at OSS soon. Old data can stop a permit or help."),
    ),
    NextStep.BEWARE: (
        _l("The NIB costs Rp 0. Pay nobody for it."),
        _l("Tell nobody your OSS password or a code from WhatsApp. No officer asks for it."),
        _l("Does somebody ask for money? Tell DPMPTSP, or LAPOR! (lapor.go.id)."),
    ),
}  # fmt: skip
