"""The words for licences under verification, and for what has to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.dossier.progress import Stage
from app.domain.licence.corrections import ReturnReason
from app.domain.licence.status import OfficeAction, PublicState, WhoActs

WORDS: tuple[tuple[Enum, Any], ...] = (
    (Stage.LICENCE, _l("Checked and approved by the office")),
    (PublicState.SCREENING, _l("The office looks which environmental paper you need.")),
    (PublicState.HANDED_IN, _l("The office has your file. First it looks whether all papers are there.")),
    (PublicState.COMPLETE, _l("All papers are there. The days of the office begin.")),
    (PublicState.INCOMPLETE, _l("A paper is missing. The office cannot begin yet.")),
    (PublicState.COMMITMENT, _l("You still have to hand in what you promised.")),
    (PublicState.CHECKING, _l("The office reads your papers.")),
    (PublicState.FEE_CHECK, _l("The payment of the state fee (PNBP) is being checked.")),
    (PublicState.FEE_TAKEN, _l("The state fee (PNBP) is paid. The office goes on.")),
    (PublicState.FEE_WRONG, _l("The payment of the state fee (PNBP) is not right yet.")),
    (PublicState.VISIT, _l("Officers come to look at your place.")),
    (PublicState.RETURNED, _l("The office gave your file back. Please mend what it names.")),
    (PublicState.SENT_AGAIN, _l("The file was sent again. The office goes on.")),
    (PublicState.RETURNED_ANEW, _l("The office gave your file back. After your answer its days begin anew.")),
    (PublicState.STARTED_ANEW, _l("The file was sent again. The days of the office began anew.")),
    (PublicState.STANDARD_MET, _l("You meet the standard. The approval follows.")),
    (PublicState.NUMBERED, _l("The licence has its number. The approval follows.")),
    (PublicState.APPROVED, _l("Approved. The licence is valid.")),
    (PublicState.PROVISIONAL, _l("Approved for the time being. The final licence follows.")),
    (PublicState.DEEMED_APPROVED, _l("Approved, because the office did not answer in time.")),
    (PublicState.WARNED, _l("The office sent you a warning.")),
    (PublicState.SUSPENDED, _l("The licence is suspended. Stop the business until it is lifted.")),
    (PublicState.FINED, _l("There is a fine to pay.")),
    (PublicState.REJECTED, _l("Rejected. You may apply again.")),
    (PublicState.REQUIREMENT_REJECTED, _l("One requirement was rejected.")),
    (PublicState.NOT_KNOWN, _l("OSS says something new about this licence.")),
    (WhoActs.PERSON, _l("you")),
    (WhoActs.OFFICE, _l("the office")),
    (WhoActs.OSS, _l("OSS")),
    (WhoActs.REGISTRY, _l("the civil registry (Dukcapil)")),
    (WhoActs.NOBODY, _l("nobody, it is finished")),
    (OfficeAction.COMPLETE, _l("Find that all papers are there (10)")),
    (OfficeAction.CHECK, _l("Read the papers (20)")),
    (OfficeAction.VISIT, _l("Visit the place (40)")),
    (OfficeAction.GIVE_BACK, _l("Give it back to mend (41)")),
    (OfficeAction.GIVE_BACK_ANEW, _l("Give it back, days begin anew (43)")),
    (OfficeAction.APPROVE, _l("Approve (45, 49, 50)")),
    (OfficeAction.REJECT, _l("Reject (90)")),
    (OfficeAction.STAY_SILENT, _l("Say nothing until the days are over (57)")),
    (ReturnReason.WRONG_DOCUMENT, _l("It is the wrong paper.")),
    (ReturnReason.UNREADABLE, _l("The paper cannot be read.")),
    (ReturnReason.EXPIRED, _l("The paper has expired.")),
    (ReturnReason.NAME_DIFFERS, _l("The name is not the one on your KTP.")),
    (ReturnReason.KBLI_DIFFERS, _l("The activity code (KBLI) does not fit what you do.")),
    (ReturnReason.PLACE_NOT_IN_PLAN, _l("The place does not fit the spatial plan.")),
    (ReturnReason.FIGURES_INCONSISTENT, _l("The figures for land or capital do not fit together.")),
    (ReturnReason.REQUIREMENT_MISSING, _l("A requirement is missing.")),
    (ReturnReason.NOT_OUR_AUTHORITY, _l("Another office decides about this.")),
    (ReturnReason.LATE_REPLY, _l("The answer came too late.")),
    (ReturnReason.STANDARD_NOT_MET, _l("The standard is not met yet.")),
    (ReturnReason.DUPLICATE, _l("The same application is there twice.")),
)  # fmt: skip

# What the person does about it.
REMEDIES: Mapping[ReturnReason, Any] = {
    ReturnReason.WRONG_DOCUMENT: _l("Look at the name of the paper that is asked for. Give that one."),
    ReturnReason.UNREADABLE: _l("Lay the paper flat in daylight. Take the photo again, with all four corners."),
    ReturnReason.EXPIRED: _l("Have the paper renewed where you got it. Then give the new one."),
    ReturnReason.NAME_DIFFERS: _l("Write the name letter by letter as on your KTP. Is the KTP wrong? Go to Disdukcapil first."),
    ReturnReason.KBLI_DIFFERS: _l("Choose the activity that says what you really do every day. The office helps you choose."),
    ReturnReason.PLACE_NOT_IN_PLAN: _l("Check the address and kampung. Are they right? Ask DPMPTSP which place would fit."),
    ReturnReason.FIGURES_INCONSISTENT: _l("Count again: the size of the place, and the money for tools and goods."),
    ReturnReason.REQUIREMENT_MISSING: _l("Add what is named here. Do you not have it? Ask the office where to get it."),
    ReturnReason.NOT_OUR_AUTHORITY: _l("Nothing is lost. Ask DPMPTSP which office decides and take your papers there."),
    ReturnReason.LATE_REPLY: _l("You may apply again. Ask DPMPTSP: an officer helps you begin."),
    ReturnReason.STANDARD_NOT_MET: _l("Do what the note or the visit report names. Then ask the office to look again."),
    ReturnReason.DUPLICATE: _l("One application is enough. Go on with the other one, or ask DPMPTSP."),
}  # fmt: skip
