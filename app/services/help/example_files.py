"""The files of the worked examples, read and checked: their facts once, their words twice.

app/content/examples.toml holds what is answered, app/content/<language>/contoh/<name>.toml what is
told. All is right, or each mistake is told with its file and line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.domain.dossier.steps import STEPS, StepName
from app.domain.help.examples import Example, ExamplePage, ExampleText, PageText
from app.domain.help.topics import ORIGINAL, TRANSLATION
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm
from app.domain.written.money import parse_rupiah
from app.services.help.content import (
    LANGUAGES,
    SLUG,
    TITLE_AT_MOST,
    WORDS,
    Wrong,
    line_of_key,
    line_of_row,
    line_of_table,
    read_toml,
)

FACTS: Final = "examples.toml"
FOLDER: Final = "contoh"
SLUG_AT_MOST: Final = 30  # characters: it stands in one-time keys too
STORY_AT_MOST: Final = 45  # words: with what is reckoned below it, one screen
MISTAKE_AT_MOST: Final = 30

_FACTS: Final[dict[str, type]] = {
    "person": str,
    "legal_form": str,
    "words": str,
    "code": str,
    "topics": list,
}
_TEXT: Final[dict[str, type]] = {
    "title": str,
    "summary": str,
    "words": list,
    "reviewed": date,
    "page": list,
}
_CAPITAL: Final = ("tanah", "bangunan", "mesin", "lain", "kerja")
# What follows from person, legal form, words and code, and what is ticked.
_NOT_TYPED: Final = frozenset(
    {StepName.KIND, StepName.IDENTITY, StepName.ACTIVITY, StepName.DECLARATIONS}
)


@dataclass(frozen=True, slots=True)
class Practice:
    """What examples may lean on. people: keys of the practice population; boxes: of each step."""

    people: Collection[str]
    boxes: Mapping[StepName, Collection[str]]


NOBODY: Final = Practice((), {})


@dataclass
class _Reader:
    folder: Path
    practice: Practice
    topics: Collection[str]
    wrong: Wrong

    def examples(self) -> dict[str, Example]:
        path = self.folder / FACTS
        if not path.exists():
            return {}
        text = path.read_text(encoding="utf-8")
        table = read_toml(text, FACTS, self.wrong) or {}
        for language in LANGUAGES:
            for file in sorted((self.folder / language / FOLDER).glob("*.toml")):
                if file.stem not in table:
                    self.wrong(
                        f"{language}/{FOLDER}/{file.name}", 1, f"{FACTS} has no such example"
                    )
        found = {}
        for slug, row in table.items():
            example = self.example(slug, row, text)
            if example is not None:
                found[slug] = example
        return found

    def example(self, slug: str, row: Any, text: str) -> Example | None:
        texts = {language: self.text(language, slug) for language in LANGUAGES}
        begin = line_of_table(text, slug)
        if not isinstance(row, dict) or not SLUG.fullmatch(slug) or len(slug) > SLUG_AT_MOST:
            self.wrong(FACTS, begin, "the name may not stand in an address")
            return None
        usable = all(
            self.kind(FACTS, line_of_row(text, slug, key), key, row.get(key), kind)
            for key, kind in _FACTS.items()
        )
        if not usable:
            return None
        if row["person"] not in self.practice.people:
            line = line_of_row(text, slug, "person")
            self.wrong(FACTS, line, f"nobody in the practice population is “{row['person']}”")
            usable = False
        if row["legal_form"] not in set(LegalForm):
            line = line_of_row(text, slug, "legal_form")
            self.wrong(FACTS, line, f"“{row['legal_form']}” is none of {', '.join(LegalForm)}")
            return None
        if not (row["code"].isascii() and row["code"].isdigit() and len(row["code"]) == 5):
            self.wrong(FACTS, line_of_row(text, slug, "code"), "a KBLI code has 5 digits")
            usable = False
        for topic in row["topics"]:
            if topic not in self.topics:
                line = line_of_row(text, slug, "topics")
                self.wrong(FACTS, line, f"there is no topic “{topic}”")
                usable = False
        form = LegalForm(row["legal_form"])
        answers = self.answers(slug, row, text, form)
        if answers is None or not usable:
            return None
        original, translation = texts[ORIGINAL], texts[TRANSLATION]
        if original is None or translation is None:
            return None
        capital = self.capital(answers[StepName.CAPITAL], line_of_row(text, slug, "modal"))
        if capital is None:
            return None
        scope = answers[StepName.BUSINESS].get("lingkup")
        return Example(
            slug=slug,
            person=row["person"],
            legal_form=form,
            words=row["words"],
            code=row["code"],
            scope_no=int(scope) if scope else None,
            capital=capital,
            answers=answers,
            topics=tuple(row["topics"]),
            texts={ORIGINAL: original, TRANSLATION: translation},
        )

    def kind(self, file: str, line: int, key: str, value: Any, kind: type) -> bool:
        if value is None:
            self.wrong(file, line, f"“{key}” is missing")
        elif type(value) is not kind:
            self.wrong(file, line, f"“{key}” must be a {kind.__name__}")
        return type(value) is kind

    # What is answered

    def answers(
        self, slug: str, row: Mapping[str, Any], text: str, form: LegalForm
    ) -> dict[StepName, dict[str, str]] | None:
        needed = {
            name
            for name, step in STEPS.items()
            if name not in _NOT_TYPED and step.asked(RULES[form])
        }
        usable, found = True, {}
        for key in row.keys() - _FACTS.keys() - needed:
            self.wrong(FACTS, line_of_row(text, slug, key), f"“{key}” is not asked here")
            usable = False
        for step in sorted(needed):
            line, boxes = line_of_row(text, slug, step), row.get(step)
            if boxes is None and STEPS[step].is_typed_as_kept:
                continue  # all its boxes may be left empty
            if not isinstance(boxes, dict):
                self.wrong(FACTS, line, f"“{step}” is missing")
                usable = False
                continue
            for box, typed in boxes.items():
                if box not in self.practice.boxes.get(step, ()):
                    self.wrong(FACTS, line, f"“{step}” has no box “{box}”")
                    usable = False
                elif not isinstance(typed, str):
                    self.wrong(FACTS, line, f"“{box}” must be a text, as it is typed")
                    usable = False
            found[step] = dict(boxes)
        scope = found.get(StepName.BUSINESS, {}).get("lingkup", "1")
        if not (scope.isascii() and scope.isdigit()):
            self.wrong(FACTS, line_of_row(text, slug, "usaha"), "“lingkup” must be a number")
            usable = False
        return found if usable else None

    def capital(self, typed: Mapping[str, str], line: int) -> Capital | None:
        try:
            return Capital(*(parse_rupiah(typed.get(part, "")) for part in _CAPITAL))
        except ValueError:
            parts = ", ".join(_CAPITAL)
            self.wrong(FACTS, line, f"“modal” must have an amount for each of {parts}")
            return None

    # What is told

    def text(self, language: str, slug: str) -> ExampleText | None:
        name = f"{language}/{FOLDER}/{slug}.toml"
        path = self.folder / name
        if not path.is_file():
            self.wrong(name, 1, "this file is missing")
            return None
        text = path.read_text(encoding="utf-8")
        table = read_toml(text, name, self.wrong)
        if table is None:
            return None
        needed = _TEXT if language == ORIGINAL else {**_TEXT, "of": date}
        usable = True
        for key in table.keys() - needed.keys():
            line = line_of_key(text, key)
            self.wrong(name, line, f"nobody knows the key “{key}”")
        for key, kind in needed.items():
            usable &= self.kind(name, line_of_key(text, key), key, table.get(key), kind)
        if not usable:
            return None
        if not 0 < len(table["title"]) <= TITLE_AT_MOST:
            line = line_of_key(text, "title")
            self.wrong(name, line, f"a title has 1 to {TITLE_AT_MOST} characters")
        if not table["summary"].strip():
            self.wrong(name, line_of_key(text, "summary"), "the summary says nothing")
        phrases = table["words"]
        if len(phrases) not in WORDS or not all(isinstance(x, str) and x.strip() for x in phrases):
            line = line_of_key(text, "words")
            self.wrong(name, line, f"words must be {WORDS.start} to {WORDS.stop - 1} phrases")
            return None
        pages = self.pages(table["page"], text, name)
        if pages is None:
            return None
        return ExampleText(
            title=table["title"],
            summary=table["summary"],
            words=tuple(phrases),
            reviewed=table["reviewed"],
            pages=pages,
            of=table.get("of"),
        )

    def pages(self, rows: list[Any], text: str, name: str) -> dict[ExamplePage, PageText] | None:
        starts = [n for n, row in enumerate(text.splitlines(), 1) if row.strip() == "[[page]]"]
        if len(rows) != len(ExamplePage) or len(starts) != len(rows):
            line = starts[-1] if starts else line_of_key(text, "page")
            self.wrong(name, line, f"an example has {len(ExamplePage)} pages: [[page]]")
            return None
        found = {}
        for page, row, start in zip(ExamplePage, rows, starts, strict=True):
            for key in row.keys() - {"story", "mistake"}:
                line = line_of_key(text, key, after=start)
                self.wrong(name, line, f"nobody knows the key “{key}”")
            story, mistake = row.get("story", ""), row.get("mistake", "")
            for key, said, most in (
                ("story", story, STORY_AT_MOST),
                ("mistake", mistake, MISTAKE_AT_MOST),
            ):
                line = line_of_key(text, key, after=start)
                if not isinstance(said, str):
                    self.wrong(name, line, f"“{key}” must be a str")
                    return None
                if len(said.split()) > most:
                    self.wrong(name, line, f"“{key}” has more than {most} words")
            if not story.strip():
                self.wrong(name, start, "“story” is missing")
            found[page] = PageText(story.strip(), mistake.strip())
        return found


def read_examples(
    folder: Path,
    practice: Practice,
    topics: Collection[str],
    wrong: Wrong,
) -> dict[str, Example]:
    """Read all examples, in the order of their table. wrong: is told each mistake."""
    return _Reader(folder, practice, topics, wrong).examples()
