"""Kata pencarian: what people typed, and the words that the office adds. Practice only for now."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from app import modes
from app.domain.kbli.learning import READABLE_FROM, AddedBy, PhraseError
from app.domain.law.editions import KBLI_NOW
from app.domain.written.text import read_whole
from app.forms.finder_words import ButtonForm, WordForm
from app.i18n import language
from app.models.learning.finder import FinderSearch
from app.services.base.post_keys import new_key
from app.services.kbli import learning
from app.services.kbli import words as kbli_words
from app.services.kbli.browse import wording
from app.services.kbli.finder import nearest
from app.services.kbli.learning import SearchList, month_text
from app.services.reference.book import get_book
from app.web import once
from app.web.answers import advance, render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.sent import Sent
from app.web.session import start_token
from app.web.taking import Leads, NotTaken, take_form

bp = Blueprint("search_words", __name__, url_prefix="/latihan/petugas/kata")

SHOWN = 15
RETIRED_SHOWN = 5
GUESSES = 4


def _in_training_only() -> None:
    if not modes.in_training():
        abort(404)


@bp.get("")
@open_to_all
def show_search_words() -> ResponseReturnValue:
    """Show what was not found, what was left, and the added words."""
    _in_training_only()
    start_token()
    return _search_words_page(ButtonForm(formdata=None))


def _search_words_page(form: ButtonForm, status: int = 200) -> Response:
    page = read_whole(request.args.get(Sent.PAGE, "1"), digits=3) or 1
    words = kbli_words.in_use(limit=SHOWN + 1, offset=(page - 1) * SHOWN)
    has_older = len(words) > SHOWN
    words = words[:SHOWN]
    retired = kbli_words.retired(limit=RETIRED_SHOWN)
    new = next((word for word in words if str(word.id) == request.args.get(Sent.NEW)), None)
    return render(
        "search_words/show.html",
        status=status,
        new=new,
        not_found=[_line(r, r.found_nothing) for r in _searches(SearchList.NOT_FOUND)],
        left=[_line(row, row.left) for row in _searches(SearchList.LEFT)],
        unreadable=learning.unreadable(),
        readable_from=READABLE_FROM,
        words=words,
        page=page,
        has_older=has_older,
        retired=retired,
        said={word.code: _said(word.code) for word in (*words, *retired)},
        new_key=new_key,
        **once.form_context(form),
    )


def _searches(which: SearchList) -> list[FinderSearch]:
    return learning.searches(which, SHOWN)


def _line(row: FinderSearch, number: int) -> dict[str, Any]:
    return {
        "phrase": row.phrase,
        "language": row.language,
        "number": number,
        "month": month_text(row.last_month),
        "url": url_for("search_words.ask", cari=row.id),
    }


def _said(code: str) -> Any:
    entry = get_book().kbli(KBLI_NOW, code)
    return wording(entry, language()) if entry else None


@bp.get("/tambah")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask which activity some words mean."""
    _in_training_only()
    start_token()
    search = _search(request.args.get(Sent.WORDS, ""))
    typed = {"kata": search.phrase} if search else {}
    return _ask(WordForm(formdata=None, data=typed), search)


def _search(number: str) -> FinderSearch | None:
    """Return a readable search by its number; the words themselves stand in no address."""
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        return None
    return learning.find_search(int(number))


def _ask(form: WordForm, search: FinderSearch | None, status: int = 200) -> Response:
    guesses = nearest(search.phrase or "", limit=GUESSES) if search else []
    return render(
        "search_words/add.html",
        status=status,
        form_page=True,
        search=search,
        guesses=[(entry, wording(entry, language())) for entry in guesses],
        **once.form_context(form),
    )


@bp.post("/tambah")
@open_to_all
@limited(limits.WORDS)
def add() -> ResponseReturnValue:
    """Add the words; from then on they are found."""
    _in_training_only()
    search = _search(request.form.get(Sent.WORDS, ""))
    form = WordForm(formdata=request.form)
    form.known = lambda code: get_book().kbli(KBLI_NOW, code)

    def act() -> ResponseReturnValue:
        try:
            word = kbli_words.add(form.kode.data, form.kata.data, by=AddedBy.PRACTICE)
        except PhraseError as error:
            form.refuse(error.problem)
            raise NotTaken from None
        return advance("search_words.show_search_words", query={Sent.NEW: str(word.id)})

    return take_form(
        "search_words.add",
        form,
        partial(_ask, form, search),
        act,
        may_edit=False,
        again=lambda _taken: advance("search_words.show_search_words"),
    )


@bp.post("/hapus/<int:number>")
@open_to_all
@limited(limits.WORDS)
def retire(number: int) -> ResponseReturnValue:
    """Take a word out."""
    return _press("search_words.retire", number)


@bp.post("/kembalikan/<int:number>")
@open_to_all
@limited(limits.WORDS)
def put_back(number: int) -> ResponseReturnValue:
    """Undo taking a word out."""
    return _press("search_words.put_back", number)


def _press(endpoint: str, number: int) -> ResponseReturnValue:
    _in_training_only()
    form = ButtonForm(formdata=request.form)

    def act() -> Leads:
        try:
            if endpoint == "search_words.retire":
                kbli_words.retire(number)
            else:
                kbli_words.put_back(number, by=AddedBy.PRACTICE)
        except (kbli_words.NoSuchWord, PhraseError):
            pass  # done before, perhaps in another window; the page shows how it is
        return Leads("search_words.show_search_words")

    return take_form(endpoint, form, partial(_search_words_page, form), act, may_edit=False)
