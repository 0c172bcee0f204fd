"""Kata pencarian: what people typed, and the words that the office adds. Practice only for now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.kbli.learning import READABLE_FROM, AddedBy, PhraseError
from app.domain.written.text import read_whole
from app.forms.finder_words import ButtonForm, WordForm
from app.i18n import language
from app.models.learning.finder import FinderSearch
from app.routes.desk.practice import in_training
from app.services.base.post_keys import BadPostKey, new_key
from app.services.kbli import learning
from app.services.kbli import words as kbli_words
from app.services.kbli.browse import wording
from app.services.kbli.finder import nearest
from app.services.kbli.learning import SearchList, month_text
from app.services.reference.book import get_book
from app.web import limits, once
from app.web.answers import advance, render
from app.web.limits import limited
from app.web.marks import open_to_all
from app.web.session import start_token

bp = Blueprint("search_words", __name__, url_prefix="/latihan/petugas/kata")

SHOWN = 15
RETIRED_SHOWN = 5
GUESSES = 4


def _in_practice_only() -> None:
    if not in_training():
        abort(404)


@bp.get("")
@open_to_all
def show_search_words() -> ResponseReturnValue:
    """Show what was not found, what was left, and the added words."""
    _in_practice_only()
    start_token()
    return _search_words_page(ButtonForm(formdata=None))


def _search_words_page(form: ButtonForm, status: int = 200) -> Response:
    page = read_whole(request.args.get("halaman", "1"), digits=3) or 1
    words = kbli_words.in_use(limit=SHOWN + 1, offset=(page - 1) * SHOWN)
    has_older = len(words) > SHOWN
    words = words[:SHOWN]
    retired = kbli_words.retired(limit=RETIRED_SHOWN)
    new = next((word for word in words if str(word.id) == request.args.get("baru")), None)
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
    entry = get_book().kbli(kbli_words.EDITION, code)
    return wording(entry, language()) if entry else None


@bp.get("/tambah")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask which activity some words mean."""
    _in_practice_only()
    start_token()
    search = _search(request.args.get("cari", ""))
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
    _in_practice_only()
    search = _search(request.form.get("cari", ""))
    form = WordForm(formdata=request.form)
    form.known = lambda code: get_book().kbli(kbli_words.EDITION, code)
    if not form.validate():
        return _ask(form, search, 422)
    try:
        key = once.claim("search_words.add", None, may_edit=False)
    except BadPostKey:
        return _ask(form, search, 400)
    if key.taken is None:
        try:
            word = kbli_words.add(form.kode.data, form.kata.data, by=AddedBy.PRACTICE)
        except PhraseError as error:
            form.refuse(error.problem)
            return _ask(form, search, 422)
        return advance("search_words.show_search_words", query={"baru": str(word.id)})
    return advance("search_words.show_search_words")


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
    _in_practice_only()
    form = ButtonForm(formdata=request.form)
    if not form.validate():
        return _search_words_page(form, 422)
    try:
        key = once.claim(endpoint, None, may_edit=False)
    except BadPostKey:
        return _search_words_page(form, 400)
    if key.taken is None:
        try:
            if endpoint == "search_words.retire":
                kbli_words.retire(number)
            else:
                kbli_words.put_back(number, by=AddedBy.PRACTICE)
        except (kbli_words.NoSuchWord, PhraseError):
            pass  # done before, perhaps in another window; the page shows how it is
    return advance("search_words.show_search_words")
