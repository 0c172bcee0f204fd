"""Open data under /api/v1: activity codes and risk, as JSON for anybody. See docs/api.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.kbli.questions import Asked
from app.domain.law.because import Conclusion
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_BEFORE, KBLI_NOW
from app.domain.law.risk import products_for
from app.domain.law.rows import KbliEntry, KbliLevelEntry, KbliStep, RiskRow
from app.domain.written.text import read_whole
from app.services.kbli import change
from app.services.kbli.finder import get_finder
from app.services.kbli.questions import talk
from app.services.law import estimating
from app.services.reference.book import get_book
from app.web.marks import open_to_all

bp = Blueprint("api", __name__, url_prefix="/api/v1")

A_DAY = 24 * 3600
YEARS = (KBLI_BEFORE, KBLI_NOW)
LIMIT, LIMIT_AT_MOST = 10, 50


class WrongParameter(ValueError):
    """A parameter that cannot be used; the text is the sentence to answer with."""


@bp.errorhandler(WrongParameter)
def wrong_parameter(error: WrongParameter) -> Response:
    """Answer 400 with the sentence."""
    return _answer({"error": str(error)}, 400)


@bp.get("/kbli")
@open_to_all
def search() -> ResponseReturnValue:
    """Find activity codes by everyday words: ?q=&year=&limit=&answer=."""
    query = request.args.get("q", "").strip()
    if not query:
        raise WrongParameter(_("Say what to search for with q."))
    year = _year()
    limit = _whole("limit", LIMIT)
    if limit is None or not 1 <= limit <= LIMIT_AT_MOST:
        raise WrongParameter(
            _("limit must be a whole number from 1 to %(most)d.", most=LIMIT_AT_MOST)
        )
    heard = talk(query, request.args.getlist("answer"), limit=limit, year=year)
    hits = get_finder(year).search(query, limit=limit) if not heard.given else heard.kept[:limit]
    content: dict[str, Any] = {"results": [_short(hit.entry) for hit in hits]}
    if heard.asked:
        content["questions"] = [_asked(heard.asked, heard.said)]
    if len(heard.parts) > 1:
        content["parts"] = [
            {"text": part.text, "results": [_short(hit.entry) for hit in part.hits]}
            for part in heard.parts
        ]
    return _answer(content)


@bp.get("/kbli/<code>")
@open_to_all
def activity(code: str) -> ResponseReturnValue:
    """One activity code with its plain words, what stands above it, and the other edition."""
    year = _year()
    book = get_book()
    entry = book.kbli(year, code)
    if entry is None:
        return _no_such_code(year)
    return _answer(
        {
            **_short(entry),
            "plain_id": entry.plain_id,
            "plain_en": entry.plain_en,
            "hierarchy": [_level(level) for level in book.ancestors(year, code)],
            "successors": _steps(book.successors(code) if year == KBLI_BEFORE else ()),
            "predecessors": _steps(book.predecessors(code) if year == KBLI_NOW else ()),
        }
    )


@bp.get("/risk")
@open_to_all
def risk() -> ResponseReturnValue:
    """Risk of one activity: ?kbli=&year=&size=&scope=."""
    year = _year()
    code = request.args.get("kbli", "")
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise WrongParameter(_("kbli must be a code of five digits."))
    size = request.args.get("size")
    if size is not None and size not in set(BusinessSize):
        raise WrongParameter(
            _(
                "size must be one of: %(sizes)s.",
                sizes=", ".join(size.value for size in BusinessSize),
            )
        )
    scope = _whole("scope", 0)
    if scope is None or ("scope" in request.args and scope < 1):
        raise WrongParameter(_("scope must be the number of a scope, 1 or more."))
    book = get_book()
    if book.kbli(year, code) is None:
        return _no_such_code(year)
    rows = [
        row
        for row in book.risk_rows(code, year)
        if size in (None, row.size) and scope in (0, row.scope_no)
    ]
    return _answer({"known": book.has_risk(code, year), "rows": [_row(row) for row in rows]})


@bp.get("/kbli-lama/<code>")
@open_to_all
def old_code(code: str) -> ResponseReturnValue:
    """What became of one KBLI 2020 code, how sure that is, and the risk now."""
    changed = change.change_of(code)
    if changed is None:
        return _no_such_code(KBLI_BEFORE)
    return _answer(
        {
            **_short(changed.old),
            "change": changed.change,
            "basis": changed.basis,
            "sure": changed.is_sure,
            "to_do": changed.to_do,
            "successors": [
                {
                    **_short(each.entry),
                    "plain_id": each.entry.plain_id,
                    "plain_en": each.entry.plain_en,
                    "basis": each.basis,
                    "risk": {row.size: row.levels for row in change.risk_of(each.entry.code)},
                }
                for each in changed.new
            ],
            "number_now": _short(changed.number_now) if changed.number_now else None,
            "sources": [
                {"law": each.law, "article": each.article, "confirmed": each.confirmed}
                for each in changed.citations
            ],
        }
    )


def _year() -> int:
    year = _whole("year", KBLI_NOW)
    if year not in YEARS:
        raise WrongParameter(_("year must be 2020 or 2025."))
    return year


def _whole(name: str, default: int) -> int | None:
    """A parameter as a small whole number; None where it is something else."""
    text = request.args.get(name)
    return default if text is None else read_whole(text)


def _short(entry: KbliEntry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "year": entry.year,
        "title": entry.title_id,
        "title_en": entry.name_en,
        "category": entry.category,
    }


def _asked(asked: Asked, said: tuple[str, ...]) -> dict[str, Any]:
    """A question; `answer` of each way to answer is what to send back, in this order."""
    question = asked.question
    return {
        "text_id": question.text_id,
        "text_en": question.text_en,
        "why_id": question.why_id,
        "why_en": question.why_en,
        "answers": [
            {
                "answer": [*said, f"{question.key}.{each.key}"],
                "text_id": each.id,
                "text_en": each.en,
                "example_id": each.example_id,
                "example_en": each.example_en,
            }
            for each in asked.answers
        ],
    }


def _level(level: KbliLevelEntry) -> dict[str, Any]:
    return {"code": level.code, "title": level.title_id, "title_en": level.name_en}


def _steps(steps: Iterable[KbliStep]) -> list[dict[str, Any]]:
    return [
        {
            "code_2020": step.code_2020,
            "code_2025": step.code_2025,
            "relation": step.relation,
            "method": step.method,
        }
        for step in steps
    ]


def _row(row: RiskRow) -> dict[str, Any]:
    return {
        "scope": row.scope_no,
        "scope_name": row.scope,
        "size": row.size,
        "risk": row.risk,
        "product": products_for(row.risk),
        "authority": [
            {"condition": rule.condition, "authority": rule.authority} for rule in row.authority
        ],
        "days": row.days,
        "details_known": row.details_known,
        "source": row.source,
        "as_of": row.as_of.isoformat(),
        "reasons": {
            topic: _reason(reason) for topic, reason in estimating.conclusions_of(row).items()
        },
    }


def _reason(reason: Conclusion[object]) -> dict[str, Any]:
    return {
        "value": reason.value,
        "facts": [{"kind": fact.kind, "value": fact.value} for fact in reason.facts],
        "citations": [
            {"law": law.law, "article": law.article or None, "confirmed": law.confirmed}
            for law in reason.citations
        ],
    }


def _no_such_code(year: int) -> Response:
    return _answer({"error": _("KBLI %(year)d has no such code.", year=year)}, 404)


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    """JSON that anybody may keep for a day; a mistake is not kept."""
    text = current_app.json.dumps(
        content, ensure_ascii=False, sort_keys=False, separators=(",", ":")
    )
    response = Response(text, status, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    if status == 200:
        response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
        response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:16], weak=True)
        response.make_conditional(request)
    return response
