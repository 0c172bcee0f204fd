"""The print kit (bahan sosialisasi): what it holds, its papers as PDF, its texts to read and send.

All of it is the same for everybody, as help is, so any cache on the way may keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue

from app.adapters.papers.render import PaperError
from app.domain.help.kit import PieceName
from app.i18n import DEFAULT, LANGUAGES, language, outside_url
from app.services.help import kit, kit_papers
from app.services.help.kit_papers import PAPERS
from app.web.answers import render, share_link
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all

bp = Blueprint("kit", __name__)

A_DAY = 24 * 3600
TEXTS = (PieceName.NOTICE, PieceName.RADIO, PieceName.MESSAGE)


@dataclass(frozen=True)
class Print:
    """A paper to print. kilobytes: 0 where it cannot be drawn now."""

    name: str
    url: str
    kilobytes: int


@dataclass(frozen=True)
class Shown:
    """A piece of the kit on its page."""

    name: PieceName
    title: str
    use: str
    prints: list[Print]
    has_text: bool


@bp.get("/bantuan/bahan")
@open_to_all
@limited(limits.KIT_PAGE)
def show_kit() -> ResponseReturnValue:
    """Show what the kit holds, what each piece is for and how many kB it costs."""
    return _show()


def _show(failed: bool = False) -> Response:
    shown = []
    for name, piece in kit.pieces().items():
        text = piece.texts[language()]
        prints = [_print(paper) for paper, kind in PAPERS.items() if kind.piece is name]
        shown.append(Shown(name, text.title, text.use, prints, name in TEXTS))
    whole = not failed and all(each.kilobytes for one in shown for each in one.prints)
    return render(
        "kit/show.html",
        status=503 if failed else 200,
        public_for=A_DAY if whole else 0,
        shared=True,
        pieces=shown,
        failed=failed,
    )


def _print(name: str) -> Print:
    try:
        size = len(kit_papers.render_kit(kit_papers.paper_of(name, _addresses())))
    except PaperError:
        size = 0
    return Print(name, url_for("kit.paper", name=name), round(size / 1000))


@bp.get("/bantuan/bahan/<name>.pdf")
@open_to_all
@limited(limits.KIT_PAPER)
def paper(name: str) -> ResponseReturnValue:
    """Give one paper to print."""
    if name not in PAPERS:
        abort(404)
    wanted = kit_papers.paper_of(name, _addresses())
    tag = kit_papers.tag_of(wanted)
    try:  # whoever has it already is told so without drawing it
        has_it = request.if_none_match.contains_weak(tag)
        response = make_response(b"" if has_it else kit_papers.render_kit(wanted))
    except PaperError:
        return _show(failed=True)
    own_name = name if language() == DEFAULT or PAPERS[name].both else f"{name}-{language()}"
    return _for_everybody(response, "application/pdf", tag, f"{own_name}.pdf")


@bp.get("/bantuan/bahan/<name>")
@open_to_all
def text(name: str) -> ResponseReturnValue:
    """Show the texts of one piece, with how long they take to read out."""
    piece_name, scripts = _texts(name)
    piece = kit.pieces()[piece_name]
    said = piece.texts[language()]
    share = share_link(scripts[0].text) if piece_name is PieceName.MESSAGE else ""
    return render(
        "kit/text.html",
        public_for=A_DAY,
        shared=True,
        name=piece_name,
        title=said.title,
        use=said.use,
        scripts=scripts,
        share=share,
        source=kit.source_line(piece),
    )


@bp.get("/bantuan/bahan/<name>.txt")
@open_to_all
def as_text(name: str) -> ResponseReturnValue:
    """Give the texts of one piece as a plain file."""
    piece_name, _scripts = _texts(name)
    said = kit.plain_text(piece_name, _address())
    response = make_response(said)
    own_name = name if language() == DEFAULT else f"{name}-{language()}"
    tag = kit.tag_of_text(said)
    return _for_everybody(response, "text/plain", tag, f"{own_name}.txt")


def _texts(name: str) -> tuple[PieceName, list[kit.Script]]:
    try:
        return PieceName(name), kit.scripts(PieceName(name), _address())
    except (ValueError, kit.NoSuchText):
        abort(404)


def _for_everybody(response: Response, mimetype: str, tag: str, filename: str) -> Response:
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    response.set_etag(tag, weak=True)
    response.make_conditional(request)
    return response


def _address() -> str:
    return _addresses()[language()]


def _addresses() -> dict[str, str]:
    """Return where the service is found, in each language."""
    start = outside_url("home.show_home")
    return {each: start if each == DEFAULT else f"{start}{each}/" for each in LANGUAGES}


def init_app(app: Flask) -> None:
    """Read the kit. Comes after help; raises help_files.HelpBroken where it has a mistake."""
    kit.load()
