"""Help: topics and words explained, found by everyday words; who helps; what we keep.

The pages are the same for everybody, so any cache on the way may keep them: no cookie, no token,
nobody's data. See docs/decisions for why the one form here needs no token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, make_response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.routing import BuildError

from app.config import Settings
from app.domain.dossier.steps import STEPS, StepName
from app.domain.help.examples import Example
from app.domain.help.topics import ORIGINAL, Helper, Term, Topic
from app.domain.kbli.finder import MAX_QUERY_CHARACTERS
from app.domain.licence.corrections import ReturnReason
from app.domain.nik.verdict import NikClass
from app.domain.written.place import TextProblem
from app.domain.written.quantities import CountProblem, QuantityProblem
from app.forms.fields import SearchField
from app.i18n import DEFAULT, language, outside_url_as_read
from app.practice_space.people import made_up_keys
from app.routes.journey.example_steps import boxes
from app.services.help import book
from app.services.help.content import Mistake
from app.services.help.example_files import Material
from app.services.help.files import CONTENT, HelpBroken
from app.services.help.text import ROOT, meaning
from app.web.answers import render, see_other, share_link
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("help", __name__)

A_DAY = 24 * 3600
ANSWERS: Mapping[str, bool] = {"ya": True, "tidak": False}
BESIDE_AT_MOST = 2  # topics beside one question
_ANYWHERE = (TextProblem, CountProblem, QuantityProblem)


@dataclass(frozen=True)
class Entry:
    """One line of a list: where it leads, what it is called, what it tells."""

    url: str
    title: str
    summary: str


@dataclass(frozen=True)
class Office:
    """Somebody who helps, and what the settings know of them."""

    helper: Helper
    address: str | None = None
    hours: str | None = None
    phone: str | None = None
    map: str | None = None

    @property
    def is_unknown(self) -> bool:
        """Return whether this is our own office and the settings name no place or number."""
        return self.helper is Helper.DPMPTSP and not (self.address or self.phone)


@bp.get("/bantuan")
@open_to_all
def show_topics() -> ResponseReturnValue:
    """Show the box to search in, the groups of topics and who can help; or what was found."""
    typed = SearchField.clean(request.args.get(Sent.QUERY, "")).strip()
    hits = book.search(typed[:MAX_QUERY_CHARACTERS]).hits if typed else ()
    return render(
        "help/show.html",
        public_for=0 if typed else A_DAY,  # what somebody asks is kept nowhere on the way
        shared=True,
        typed=typed,
        typed_at_most=MAX_QUERY_CHARACTERS,
        found=[_entry(each) for each in hits],
        groups=[
            (group, [_entry(topic) for topic in topics])
            for group, topics in book.book().in_groups()
        ],
        has_terms=bool(book.book().terms),
        has_examples=bool(book.book().examples),
        offices=_offices([Helper.DPMPTSP, Helper.KAMPUNG, Helper.FACILITATOR]),
    )


@bp.get("/bantuan/<slug>")
@open_to_all
def topic(slug: str) -> ResponseReturnValue:
    """Show one topic; beside a question only its text."""
    help_topic = _topic(slug)
    text = help_topic.texts[language()]
    original = help_topic.texts[ORIGINAL]
    answer = request.args.get(Sent.ANSWERED, "")
    return render(
        "help/topic.html",
        fragment="help/_in_place.html",
        public_for=A_DAY,
        shared=True,
        opened=Opened.of(help_topic),
        slug=slug,
        text=text,
        drawing=Markup(help_topic.drawing),  # noqa: S704 – checked shape by shape when it was read
        offices=_offices(help_topic.who),
        related=[_entry(_topic(other)) for other in help_topic.related],
        examples=[_entry(each) for each in book.examples_about(slug)],
        law=help_topic.law,
        stale_since=original.reviewed if language() != DEFAULT and help_topic.is_stale else None,
        answered=ANSWERS.get(answer),
        share=share_link(
            f"{text.title}\n{text.summary}\n{outside_url_as_read('help.topic', slug=slug)}"
        ),
    )


@bp.post("/bantuan/<slug>/jelas")
@open_to_all
@limited(limits.HELP_ANSWER)
def answer(slug: str) -> ResponseReturnValue:
    """Count whether a topic was clear. It carries no token: see is_from_here()."""
    _topic(slug)
    said = request.form.get(Sent.ANSWERED, "")
    if said not in ANSWERS:
        abort(400)
    if not is_from_here():
        abort(403)
    book.count_answer(slug, language(), clear=ANSWERS[said])
    if request.headers.get("HX-Request"):
        return render("help/_thanks.html", answered=ANSWERS[said], offices=[])
    return see_other(url_for("help.topic", slug=slug, jawab=said) + "#jelas")


def is_from_here() -> bool:
    """Return whether the browser says that one of our own pages sent this request.

    The page with the form is the same for everybody and may be kept, so it holds no token. None is
    needed: the request acts for nobody. It reads no cookie, changes nothing that is somebody's and
    answers nothing that is secret; whoever forged it through another person's browser gains what
    they could do from their own, one more in a count. Pages elsewhere are still kept out, because
    they could reach more addresses than the limit knows. Browsers cannot be made to send a wrong
    Sec-Fetch-Site or Origin; older ones send the Referer, as our policy allows inside our pages.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    for name in ("Origin", "Referer"):
        said = request.headers.get(name)
        if said is not None:
            return urlsplit(said).netloc == request.host
    return False


@bp.get("/bantuan/kamus")
@open_to_all
def terms() -> ResponseReturnValue:
    """List the words of law and office, by letter."""
    by_letter = groupby(book.book().terms.values(), lambda each: each.term[0].upper())
    letters = [(letter, list(found)) for letter, found in by_letter]
    return render("help/terms.html", public_for=A_DAY, shared=True, letters=letters)


@bp.get("/bantuan/kamus/<key>")
@open_to_all
def term(key: str) -> ResponseReturnValue:
    """Explain one word."""
    try:
        glossary_term = book.term(key)
    except book.NoSuchTopic:
        abort(404)
    return render(
        "help/term.html",
        public_for=A_DAY,
        shared=True,
        term=glossary_term,
        meaning=glossary_term.meaning[language()],
        example=glossary_term.example[language()],
        topics=[_entry(each) for each in book.topics_with(key)],
    )


@bp.get("/bantuan/tersimpan")
@open_to_all
def saved() -> ResponseReturnValue:
    """List what this phone keeps; the list itself is made on the phone."""
    return render("help/saved.html", public_for=A_DAY, shared=True)


@bp.get("/sw.js")
@open_to_all
def worker() -> ResponseReturnValue:
    """Serve what opens saved topics without a line. Always asked for anew, so it can be mended."""
    asset = current_app.extensions["assets"]["sw.js"]
    response = make_response(asset.body)
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(asset.hash)
    return response.make_conditional(request)


@bp.get("/privasi")
@open_to_all
def privacy() -> ResponseReturnValue:
    """Say what we keep, why, and for how long."""
    return render("help/privacy.html", public_for=A_DAY)


def _topic(slug: str) -> Topic:
    try:
        return book.topic(slug)
    except book.NoSuchTopic:
        abort(404)


def _entry(found: book.Hit) -> Entry:
    if isinstance(found, Example):
        told = found.texts[language()]
        return Entry(url_for("examples.page", slug=found.slug), told.title, told.summary)
    if isinstance(found, Term):
        return Entry(url_for("help.term", key=found.key), found.term, found.meaning[language()])
    text = found.texts[language()]
    return Entry(url_for("help.topic", slug=found.slug), text.title, text.summary)


def topic_entry(slug: str) -> Entry:
    """Return a topic as a line of a list."""
    return _entry(_topic(slug))


def _offices(helpers: Iterable[Helper]) -> list[Office]:
    settings: Settings = current_app.config["SETTINGS"]
    known = {
        Helper.DPMPTSP: Office(
            Helper.DPMPTSP,
            settings.office_address,
            settings.office_hours,
            settings.office_phone,
            settings.office_map,
        ),
        Helper.REGISTRY: Office(
            Helper.REGISTRY, settings.dukcapil_address, settings.dukcapil_hours
        ),
    }
    return [known.get(each, Office(each)) for each in helpers]


# Help beside a question


@dataclass(frozen=True)
class Opened:
    """A topic as it opens in place."""

    slug: str
    url: str
    title: str
    html: Markup

    @classmethod
    def of(cls, topic: Topic) -> Opened:
        """Return a topic in the language of the page."""
        text = topic.texts[language()]
        return cls(
            topic.slug,
            url_for("help.topic", slug=topic.slug),
            text.title,
            # Made from checked Markdown when it was read, with nothing of a person in it.
            Markup(text.html.replace(ROOT, request.script_root)),  # noqa: S704
        )


def _of_slugs(slugs: Iterable[str | None]) -> list[Opened]:
    known = book.book().topics
    wanted = dict.fromkeys(slug for slug in slugs if slug and slug in known)
    return [Opened.of(known[slug]) for slug in wanted]


def help_beside(step: StepName, mistakes: Sequence[tuple[Any, str]] = ()) -> list[Opened]:
    """Return the topics for a question: those of what went wrong, else the one of the step."""
    of_step = STEPS[step].help
    return help_for_mistakes(mistakes, of_step) or _of_slugs([of_step])


def help_for_mistakes(
    mistakes: Sequence[tuple[Any, str]], of_question: str | None = None
) -> list[Opened]:
    """Return the topics that explain what went wrong, each once.

    of_question: goes before the topic of a mistake that any question can have, such as a text that
        is missing: what the question is about says more.
    """
    slugs = []
    for field, _sentence in mistakes:
        problem = _problem_of(field)
        if of_question and (problem is None or type(problem) in _ANYWHERE):
            slugs.append(of_question)
        elif problem is not None:
            slugs.append(book.book().places.of_problem(problem) or "")
    return _of_slugs(slugs)[:BESIDE_AT_MOST]


def _problem_of(field: Any) -> Enum | None:
    """Return what kind of mistake a box holds, as the rules name it."""
    problem = getattr(getattr(field, "problem", None), "problem", None)
    return problem if isinstance(problem, Enum) else None


def help_for(found: NikClass | ReturnReason | str) -> Opened | None:
    """Return the topic of a NIK class, a return reason or a page (endpoint); None without one."""
    places = book.book().places
    if isinstance(found, NikClass):
        slug = places.nik.get(found)
    elif isinstance(found, ReturnReason):
        slug = places.reason.get(found)
    else:
        slug = places.page.get(found)
    return next(iter(_of_slugs([slug])), None)


def term_in_place(key: str) -> tuple[str, Markup] | None:
    """Return a word and its meaning, for the macro istilah(); None where it is not explained."""
    found = book.book().terms.get(key)
    return (found.term, Markup(meaning(found, language()))) if found else None  # noqa: S704


def page_of(app: Flask) -> Callable[[str, Mapping[str, str]], str | None]:
    """Return what turns an endpoint and its query into an address without root."""
    urls = app.url_map.bind("localhost")

    def page(endpoint: str, query: Mapping[str, str]) -> str | None:
        try:
            return str(urls.build(endpoint, dict(query), method="GET"))
        except BuildError:
            return None

    return page


def init_app(app: Flask, folder: Path | None = None) -> None:
    """Read the content and give the templates what they need. Comes after all blueprints.

    Raises help_files.HelpBroken where the content has a mistake.
    """
    material = Material(made_up_keys(), boxes())
    topics = book.load(page_of(app), folder or CONTENT, material).topics
    if folder is None and (gone := {step.help for step in STEPS.values()} - topics.keys()):
        said = f"there is no topic “{', '.join(sorted(gone))}”"
        raise HelpBroken([Mistake("app/domain/dossier/steps.py", 1, said)])
    app.add_template_global(help_beside)
    app.add_template_global(help_for_mistakes)
    app.add_template_global(help_for)
    app.add_template_global(term_in_place)
