"""Cek usaha (what do I need): an estimate without a name, a NIK or a log-in.

Everything somebody answers stands in the address, so that a page can be shared, printed and gone
back to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain.kbli.change import only_code as typed_code
from app.domain.kbli.hits import Hit
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_NOW
from app.domain.law.estimate.answer import Estimate, EstimateCase, Question, ScopeChoice
from app.domain.law.estimate.bands import Band, CapitalBand, SalesBand
from app.domain.law.estimate.obstacles import JourneyReason, journey_reasons
from app.domain.law.risk import MayOperate, RiskLevel
from app.domain.law.rows import AuthorityRule, KbliEntry, RiskNote
from app.domain.law.rules import DayUnit
from app.domain.law.spatial import SpatialStep
from app.domain.written.text import read_whole
from app.forms.business_check import OUTSIDE, SHARED, PlaceForm, ScopeForm, SearchForm
from app.forms.fields import mistakes
from app.i18n import language, outside_url_as_read
from app.labels import label
from app.routes.check.counts import count_choice_by_link, count_search
from app.services.kbli import browse, explained
from app.services.kbli.explained import NumberMeaning
from app.services.kbli.questions import Talk, talk
from app.services.law import estimating
from app.services.reference.book import get_book
from app.web.answers import render, share_link
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("check", __name__, url_prefix="/cek-usaha")

AN_HOUR = 3600
HITS = 8
NAME_IN_HEADING = 70  # characters; a longer name stands below the heading

_BANDS: Mapping[str, Band] = {band.value: band for band in (*CapitalBand, *SalesBand)}

# The answer in a few words; they follow the name of the activity and a colon.
ANSWERS: Mapping[RiskLevel, Any] = {
    RiskLevel.LOW: _l("the NIB is enough"),
    RiskLevel.MEDIUM_LOW: _l("NIB and your own statement"),
    RiskLevel.MEDIUM_HIGH: _l("NIB and a verified certificate"),
    RiskLevel.HIGH: _l("NIB and a permit"),
}

# May it start: good news or not, the big words, the condition.
PANELS: Mapping[MayOperate, tuple[bool, Any, Any]] = {
    MayOperate.AT_ONCE_WITH_NIB: (
        True,
        _l("You may start"),
        _l("as soon as the NIB is there. The NIB costs Rp 0."),
    ),
    MayOperate.AFTER_VERIFICATION: (
        False,
        _l("You may prepare"),
        _l("Start only when the office has verified your certificate. The NIB costs Rp 0."),
    ),
    MayOperate.AFTER_PERMIT: (
        False,
        _l("You may prepare"),
        _l("Start only when the permit is there. The NIB costs Rp 0."),
    ),
}

# The official words of the risk table.
AUTHORITIES: Mapping[str, Any] = {
    "Bupati/Walikota": _l("The regent or mayor (Bupati/Walikota)"),
    "Gubernur": _l("The governor (Gubernur)"),
    "Menteri/Kepala Badan": _l("The minister or head of a national agency"),
    "Menteri": _l("The minister"),
}


@bp.get("")
@open_to_all
def show_check() -> ResponseReturnValue:
    """Ask what somebody does; show the activities that it may be."""
    if Sent.QUERY not in request.args:
        return _ask(SearchForm(formdata=None))
    form = SearchForm(formdata=request.args)
    if not form.validate():
        return _ask(form, 422)
    if number := typed_code(form.q.data or ""):
        return number_page(number)
    said = request.args.getlist(Sent.ANSWERED)
    if not said:  # an answer to our question is no new search
        count_search(form.q.data)
    return _ask(form, found=talk(form.q.data or "", said, limit=HITS, year=KBLI_NOW))


def _ask(form: SearchForm, status: int = 200, found: Talk | None = None) -> Response:
    return render(
        "check/show.html",
        status=status,
        public_for=AN_HOUR,
        form=form,
        mistakes=mistakes(form),
        talk=found,
        parts=_parts(found) if found else [],
    )


def _parts(found: Talk) -> list[dict[str, Any]]:
    """The activities that the words name, each with what it may be."""
    return [{"text": part.text, "hits": hit_lines(part.hits)} for part in found.parts]


def _said(entry: KbliEntry) -> dict[str, Any]:
    return {"entry": entry, "said": browse.wording(entry, language())}


def hit_lines(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """What each line of results says: the activity, why it was found, and one thing it is not.

    Where several were found by the same words, that tells nobody which one to take: it is left out.
    """
    found = list(hits)
    differ = len(found) == 1 or len({hit.matched for hit in found}) > 1
    lines = []
    for hit in found:
        others = explained.elsewhere(hit.entry.code, language())
        line = {"matched": hit.matched if differ else (), "other": others[0] if others else None}
        lines.append({**_said(hit.entry), **line})
    return lines


@bp.get("/kelompok")
@open_to_all
def groups() -> ResponseReturnValue:
    """Show the trades as picture groups."""
    return render("check/groups.html", public_for=AN_HOUR, sectors=browse.sectors())


@bp.get("/kelompok/<key>")
@open_to_all
def group(key: str) -> ResponseReturnValue:
    """Show the parts of a group, or the activities of one part (?bagian=2)."""
    sector = browse.sector(key)
    if sector is None:
        abort(404)
    if Sent.PART not in request.args:
        return render("check/group.html", public_for=AN_HOUR, sector=sector)
    number = read_whole(request.args[Sent.PART])
    if number is None or not 1 <= number <= len(sector.parts):
        return render("check/group.html", status=422, sector=sector, wrong=True)
    part = sector.parts[number - 1]
    return render(
        "check/part.html",
        public_for=AN_HOUR,
        sector=sector,
        part=part,
        found=[_said(entry) for entry in browse.commonest_first(part)],
        levels=[
            {"level": level, "said": browse.level_wording(level, language())}
            for level in browse.levels_of(part)
        ],
    )


@bp.get("/kelompok/semua")
@open_to_all
def everything() -> ResponseReturnValue:
    """Go down the official list step by step (?kategori=G), to the five digits."""
    book = get_book()
    code = request.args.get(Sent.CATEGORY)
    level = book.level(KBLI_NOW, code) if code is not None else None
    wrong = code is not None and level is None
    rows = []
    for each in browse.below(level):
        entry = book.kbli(KBLI_NOW, each.code)
        said = (
            browse.wording(entry, language()) if entry else browse.level_wording(each, language())
        )
        rows.append({"level": each, "said": said})
    above = [*book.ancestors(KBLI_NOW, level.code), level] if level else []
    return render(
        "check/list.html",
        status=422 if wrong else 200,
        public_for=AN_HOUR,
        wrong=wrong,
        rows=rows,
        level=level,
        above=[{"level": each, "said": browse.level_wording(each, language())} for each in above],
    )


@bp.get("/kode/<code>")
@open_to_all
def activity(code: str) -> ResponseReturnValue:
    """Explain one activity; a number of the old list leads to those that replace it."""
    found = explained.meaning_of(code)
    if found is None:
        return _unknown_number()
    return _replaced_number(found) if found.now is None else _explain(found.now, found)


def number_page(code: str) -> Response:
    """Answer five digits that somebody typed, perhaps from an old NIB."""
    meaning = explained.meaning_of(code)
    if meaning is None:
        return _unknown_number(200)
    if meaning.change is None or not meaning.means_two_things:
        return _replaced_number(meaning) if meaning.now is None else _explain(meaning.now, meaning)
    return render(
        "check/year.html",
        public_for=AN_HOUR,
        code=code,
        old=meaning.change.old,
        **_said(meaning.change.number_now or meaning.change.old),
    )


def _unknown_number(status: int = 404) -> Response:
    return render(
        "check/unknown.html", status=status, public_for=AN_HOUR, form=SearchForm(formdata=None)
    )


def _replaced_number(found: NumberMeaning) -> Response:
    """A number of the old list alone."""
    return render(
        "check/replaced.html",
        public_for=AN_HOUR,
        change=found.change,
        found=[_said(each.entry) for each in found.change.new] if found.change else [],
    )


def _explain(entry: KbliEntry, number: NumberMeaning) -> Response:
    known = explained.explain(entry, language())
    return render(
        "check/activity.html",
        public_for=AN_HOUR,
        known=known,
        elsewhere=[(each.said, _said(each.entry)) for each in known.elsewhere],
        together=[_said(each) for each in known.together],
        risks=risks_of(known, (BusinessSize.MICRO,))[0],
        other_risks=risks_of(known, tuple(BusinessSize)[1:]),
        number=number,
        above=[
            {"level": each, "said": browse.level_wording(each, language())}
            for each in get_book().ancestors(KBLI_NOW, entry.code)[:2]
        ],
        **_said(entry),
    )


def risks_of(
    known: explained.Explained, sizes: tuple[BusinessSize, ...]
) -> list[tuple[BusinessSize, list[tuple[RiskLevel, Any]]]]:
    """The levels of each size, with the answer in a few words; [] where a size has none."""
    return [(size, [(each, ANSWERS[each]) for each in known.levels_for(size)]) for size in sizes]


@bp.get("/tempat")
@open_to_all
def place() -> ResponseReturnValue:
    """Ask where the business is and how big; answers in the address are filled in."""
    entry = _activity()
    if entry is None:
        return _unknown_activity()
    count_choice_by_link(entry.code)
    given = request.args if Sent.PLACE in request.args or Sent.SALES in request.args else None
    return _ask_place(entry, _place_form(given))


def _activity() -> KbliEntry | None:
    return get_book().kbli(KBLI_NOW, request.args.get(Sent.KBLI, ""))


def _unknown_activity() -> Response:
    form = SearchForm(formdata=None)
    form.q.errors = [_("We do not know this activity code. Search for what you do.")]
    return _ask(form, 422)


def _place_form(given: Any) -> PlaceForm:
    form = PlaceForm(formdata=given)
    form.besar.choices = [(value, label(band)) for value, band in _BANDS.items()]
    return form


def _ask_place(entry: KbliEntry, form: PlaceForm, status: int = 200) -> Response:
    sizes = {row.size for row in get_book().risk_rows(entry.code, KBLI_NOW)}
    return render(
        "check/place.html",
        status=status,
        public_for=AN_HOUR,
        form=form,
        mistakes=mistakes(form),
        entry=entry,
        said=browse.wording(entry, language()),
        capital=[(band.value, label(band)) for band in CapitalBand],
        sales=[(band.value, label(band)) for band in SalesBand],
        sales_open=form.besar.data in set(SalesBand),
        only_for=[label(size) for size in BusinessSize if size in sizes] if len(sizes) < 4 else [],
    )


@bp.get("/hasil")
@open_to_all
def result() -> ResponseReturnValue:
    """Answer; or ask for the part of the activity where the risk depends on it."""
    entry = _activity()
    if entry is None:
        return _unknown_activity()
    form = _place_form(request.args)
    if not form.validate():
        return _ask_place(entry, form, 422)
    question = Question(
        code=entry.code,
        year=entry.year,
        in_kabupaten=form.tempat.data != OUTSIDE,
        shared_premises=form.tempat.data == SHARED,
        band=_BANDS[form.besar.data],
    )
    answers = {"kbli": entry.code, "tempat": form.tempat.data, "besar": form.besar.data}
    estimate = estimating.estimate_for(question)
    if estimate.scopes and Sent.SCOPE in request.args:
        scope = _scope_form(estimate.scopes, request.args)
        if not scope.validate():
            return _ask_scope(entry, answers, scope, 422)
        answers["lingkup"] = scope.lingkup.data
        parts = estimate.scopes
        estimate = estimating.estimate_for(replace(question, scope_no=int(scope.lingkup.data)))
        estimate = replace(estimate, scopes=parts)
    elif estimate.case is EstimateCase.NEEDS_SCOPE:
        return _ask_scope(entry, answers, _scope_form(estimate.scopes, None))
    return _show(entry, estimate, answers)


def _scope_form(scopes: tuple[ScopeChoice, ...], given: Any) -> ScopeForm:
    form = ScopeForm(formdata=given)
    form.lingkup.choices = [(str(scope.scope_no), _scope_name(scope, scopes)) for scope in scopes]
    form.lingkup.hints = {
        str(scope.scope_no): _("Not open to a business of this size.")
        for scope in scopes
        if scope.risk is None
    }
    return form


def _scope_name(scope: ScopeChoice, scopes: tuple[ScopeChoice, ...]) -> str:
    if scope.scope:
        return scope.scope
    if len(scopes) == 1:
        return str(_("The whole activity"))
    return str(_("Part %(number)d, which the list does not name", number=scope.scope_no))


def _ask_scope(
    entry: KbliEntry, answers: dict[str, str], form: ScopeForm, status: int = 200
) -> Response:
    return render(
        "check/scope.html",
        status=status,
        public_for=AN_HOUR,
        form=form,
        mistakes=mistakes(form),
        entry=entry,
        said=browse.wording(entry, language()),
        answers=answers,
    )


def _show(entry: KbliEntry, found: Estimate, answers: dict[str, str]) -> Response:
    said = browse.wording(entry, language())
    if found.risk is not None:
        answer = str(ANSWERS[found.risk])
    elif found.case is EstimateCase.SIZE_NOT_OFFERED:
        answer = _("not open to a business of this size")
    else:
        answer = _("the risk is not known yet")
    fits = journey_reasons(found)
    chosen = next((s for s in found.scopes if str(s.scope_no) == answers.get("lingkup")), None)
    text = _(
        "%(activity)s: %(answer)s (estimate). %(address)s",
        activity=said.name,
        answer=answer,
        address=outside_url_as_read("check.result", **answers),
    )
    return render(
        "check/result.html",
        public_for=AN_HOUR,
        entry=entry,
        said=said,
        named=len(said.name) <= NAME_IN_HEADING,
        answer=answer,
        found=found,
        answers=answers,
        part=chosen or (found.scopes[0] if len(found.scopes) == 1 else None),
        panel=PANELS.get(found.may_operate) if found.may_operate else None,
        place_first=found.spatial in {SpatialStep.UNKNOWN_PLAN, SpatialStep.ASSESSMENT},
        # Where nobody decides, it does not matter that two offices are named.
        doubts=[
            note
            for note in found.row_notes
            if not (found.automatic and note is RiskNote.AUTHORITY_OVERLAP)
        ],
        deciders=deciders_of(found),
        days=days_of(found),
        papers=[each for each in found.other_papers if not each.label],
        named_papers=[each.label for each in found.other_papers if each.label],
        reasons=[reason for reason in JourneyReason if reason in fits],
        named_sources=[source.split(";")[0] for source in found.sources],
        whatsapp=share_link(text),
    )


def deciders_of(found: Estimate) -> list[tuple[AuthorityRule, Any]]:
    """Who decides, each with our words for it; None where we have none."""
    offices = found.found.deciding.offices if found.found else ()
    return [(rule, AUTHORITIES.get(rule.authority)) for rule in offices]


def days_of(found: Estimate) -> str:
    """How long the office may take; never a number that no row gives."""
    if found.found is None or found.days is None:
        return label(found.days_known)
    if found.found.service.unit is DayUnit.CALENDAR:
        return str(ngettext("%(num)d calendar day", "%(num)d calendar days", found.days))
    return str(ngettext("%(num)d working day", "%(num)d working days", found.days))
