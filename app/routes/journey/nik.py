"""What came of the NIK check, what to do about it, and the card to take to an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.asked import asked
from app.clock import today
from app.config import Settings
from app.domain.dossier import journey
from app.domain.dossier.journey import StepName, Stop
from app.domain.dossier.known import known
from app.domain.nik.cases import RULES, AskedTooOften, NikActor, NikOffice
from app.domain.nik.number import grouped, is_well_formed, mask_nik, nik_warnings, parse_nik
from app.domain.nik.verdict import NikClass
from app.domain.written.case_number import format_case_number
from app.forms.fields import SendForm
from app.i18n import outside_url
from app.labels import label
from app.labels.nik_cases import short_text
from app.routes.journey.steps import show_filled
from app.services.dossier import answers
from app.services.nik import asking, cases, standing
from app.services.reference.book import get_book
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render, share_link
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.once import address_of
from app.web.sent import Sent
from app.web.transaction import commit_now, run_now

_COMPARED = frozenset({NikClass.NOT_FOUND, NikClass.FORMAT})
"""Verdicts that are most often a slip of the hand: the person looks at each digit first."""

bp = Blueprint("nik", __name__, url_prefix="/berkas/nik")


@bp.get("")
@applicant_required
def show_nik() -> ResponseReturnValue:
    """Say whether the NIK fits, and what to do when it does not."""
    dossier = asked().dossier
    who = dossier.applicant
    check = standing.current(dossier)
    if who.nik is None or check is None:
        return go("journey.show_step", step=StepName.IDENTITY.value)
    odd = not is_well_formed(who.nik, today=today())
    warnings = (
        frozenset()
        if odd
        else nik_warnings(
            parse_nik(who.nik, today=today()),
            birth_date=date.fromisoformat(who.birth_date or ""),
            sex=known(who.sex),
            known_prefixes=get_book().nik_prefixes,
        )
    )
    following = journey.first_unanswered(answers.answers_of(dossier))
    nik_class = standing.current_class(dossier)
    silent = nik_class is NikClass.PENDING
    case = cases.case_of(dossier)
    now = clock.now()
    ask_from = asking.may_ask_again(dossier, case, now) if case else None
    return render(
        "journey/nik.html",
        form=SendForm(formdata=None),
        kunci=once.kept_key(),
        # To be compared with the card, digit by digit; birth date and home stand elsewhere.
        nik=grouped(who.nik) if nik_class in _COMPARED else mask_nik(who.nik),
        compared=nik_class in _COMPARED,
        odd=odd,
        nik_class=nik_class,
        fields=check.fields,
        warnings=sorted(warnings),
        following=address_of(following) if following else None,
        sent=dossier.sent_at is not None,
        case_number=format_case_number(case.number) if case else None,
        at_office=case is not None
        and nik_class not in _COMPARED
        and RULES[case.nik_class].actor is not NikActor.PERSON,
        spellings=asking.spellings(dossier),
        attempts=[
            (each.answered_at or each.asked_at, each.nik_class) for each in asking.attempts(dossier)
        ],
        next_check_at=asking.next_check_at(dossier, case),
        may_ask=ask_from is not None and ask_from <= now,
        ask_from=ask_from,
        paused_until=asking.paused_until(dossier, now) if silent else None,
    )


@bp.post("")
@applicant_required
@limited(limits.NIK_CHECK, limits.NIK_CHECK_ADDRESS)
def check_again() -> ResponseReturnValue:
    """Ask the registry again: while its answer is missing, or after an office mended the record."""
    if SendForm(formdata=request.form).validate():
        try:
            job = asking.ask_again(asked().dossier)
        except (asking.NotHere, AskedTooOften):
            return advance("nik.show_nik")  # the page says from when on
        commit_now()
        if job is not None:
            run_now(job)
    return advance("nik.show_nik")


@bp.post("/ejaan")
@applicant_required
def try_spelling() -> ResponseReturnValue:
    """Show the identity form with a suggested spelling. The person compares it, then saves.

    By POST, because a name must never stand in an address.
    """
    chosen = request.form.get(Sent.SPELLING, "")
    meant = SendForm(formdata=request.form).validate()
    if not meant or chosen not in asking.spellings(asked().dossier):
        return advance("nik.show_nik")
    url = asked().page_url = url_for("journey.show_step", step=StepName.IDENTITY.value)
    asked().advancing = True  # another form than the one that was sent, so with a key of its own
    response = show_filled(Stop(StepName.IDENTITY), nama=chosen)
    response.headers["HX-Push-Url"] = url
    return response


@bp.get("/kartu")
@applicant_required
def card() -> ResponseReturnValue:
    """The card of the case: what to bring, where, how long. Holds neither the NIK nor a name."""
    case = cases.case_of(asked().dossier)
    if case is None:
        return go("nik.show_nik")
    nik_class = case.nik_class
    odd = not is_well_formed(known(asked().dossier.applicant.nik), today=today())
    rule = RULES[NikClass.NOT_FOUND if odd else nik_class]  # a misprint is mended there too
    number = format_case_number(case.number)
    short = short_text(nik_class, number, odd=odd)
    offices = [_office(office) for office in rule.offices]
    lines = [short, *(each.line for each in offices if each.line)]
    lines.append(_("Go on with your file: %(address)s", address=outside_url("resume.show_resume")))
    return render(
        "journey/nik_card.html",
        number=number,
        nik_class=nik_class,
        odd=odd,
        state=case.state,
        papers=rule.papers,
        offices=offices,
        duration=rule.duration,
        next_check_at=asking.next_check_at(asked().dossier, case),
        short=short,
        whatsapp=share_link("\n".join(lines)),
    )


@dataclass(frozen=True)
class _Office:
    """What is known here of an office; None where the settings do not say."""

    office: NikOffice
    address: str | None
    hours: str | None
    phone: str | None

    @property
    def line(self) -> str:
        """The office in one line of a message; "" while nothing is known of it."""
        known = [part for part in (self.address, self.hours, self.phone) if part]
        return f"{label(self.office)}: {'; '.join(known)}" if known else ""


def _office(office: NikOffice) -> _Office:
    settings: Settings = current_app.config["SETTINGS"]
    if office is NikOffice.DPMPTSP:
        return _Office(
            office, settings.office_address, settings.office_hours, settings.office_phone
        )
    return _Office(office, settings.dukcapil_address, settings.dukcapil_hours, None)
