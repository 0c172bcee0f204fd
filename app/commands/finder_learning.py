"""flask finder searches, corrections, words: what the finder learned, and what staff teach it."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.commands.finder import finder_group
from app.domain.kbli.learning import AddedBy, PhraseError, PhraseProblem
from app.extensions import db
from app.services.kbli import learning
from app.services.kbli import words as kbli_words
from app.services.kbli.learning import SearchList, month_text
from app.services.reference.book import get_book

words_group = AppGroup("words", help="Words that staff added to activities.")
finder_group.add_command(words_group)

__all__ = ["finder_group", "words_group"]

WHY = {
    PhraseProblem.EMPTY: "there is no word in it",
    PhraseProblem.SHORT: "it is too short",
    PhraseProblem.LONG: "it is too long: at most 8 words and 60 letters",
    PhraseProblem.PERSONAL: "it looks personal: a number or an e-mail address",
    PhraseProblem.THERE: "the activity has it already",
    PhraseProblem.UNKNOWN_CODE: "there is no such activity code",
    PhraseProblem.FULL: "there are too many added words",
}


@finder_group.command("searches")
@click.option("--not-found", "which", flag_value=SearchList.NOT_FOUND, help="Nothing was found.")
@click.option("--left", "which", flag_value=SearchList.LEFT, help="Found, and nobody chose.")
@click.option("--unsure", "which", flag_value=SearchList.UNSURE, help="The finder guessed.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def searches_command(which: SearchList | None, limit: int) -> None:
    """List what people typed, the most frequent first. Seldom phrases cannot be read."""
    rows = learning.searches(SearchList(which or SearchList.ALL), limit)
    click.echo(
        f"{'typed':>6} {'nothing':>7} {'unsure':>6} {'chosen':>6} {'left':>6}  last     words"
    )
    for row in rows:
        click.echo(
            f"{row.searched:>6} {row.found_nothing:>7} {row.unsure:>6} {row.chosen:>6} "
            f"{row.left:>6}  {month_text(row.last_month)}  {row.phrase} ({row.language})"
        )
    click.echo(f"{len(rows)} shown; {learning.unreadable()} typed too seldom to be read")


@finder_group.command("corrections")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def corrections_command(limit: int) -> None:
    """List which codes offices gave back, and which people then chose."""
    book = get_book()
    rows = learning.corrections(limit)
    for row in rows:
        entries = [book.kbli(row.edition, code) for code in (row.from_code, row.to_code)]
        titles = [entry.title_id if entry else "?" for entry in entries]
        click.echo(
            f"{row.corrected:>6}  {month_text(row.last_month)}  "
            f"{row.from_code} {titles[0]} -> {row.to_code} {titles[1]}"
        )
    if not rows:
        click.echo("no corrections of an activity yet")


@words_group.command("list")
@click.option("--retired", is_flag=True, help="Those that were taken out.")
def list_command(retired: bool) -> None:
    """List added words, the newest first, each with its number."""
    words = kbli_words.retired() if retired else kbli_words.in_use()
    titles = kbli_words.names(words)
    for word in words:
        click.echo(
            f"{word.id:>6}  {word.code} {titles.get(word.code, '?')}: {word.phrase}  "
            f"({word.added_by}, {word.added_at:%Y-%m-%d})"
        )
    if not words:
        click.echo("none")


@words_group.command("add")
@click.argument("code")
@click.argument("phrase")
def add_command(code: str, phrase: str) -> None:
    """Add PHRASE to the activity CODE. At work at once."""
    try:
        word = kbli_words.add(code, phrase, by=AddedBy.TERMINAL)
    except PhraseError as error:
        raise click.ClickException(WHY[error.problem]) from error
    db.session.commit()
    click.echo(f"{word.id}: {word.phrase} -> {word.code}")


@words_group.command("retire")
@click.argument("number", type=int)
def retire_command(number: int) -> None:
    """Take the word with this number out. Adding it again undoes that."""
    try:
        word = kbli_words.retire(number)
    except kbli_words.NoSuchWord as error:
        raise click.ClickException("no word in use has this number") from error
    db.session.commit()
    click.echo(f"taken out: {word.phrase} -> {word.code}")


@words_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_command(file: Path) -> None:
    """Write the words in use to FILE: .xlsx to look through, else CSV for import."""
    if file.suffix.lower() == ".xlsx":
        file.write_bytes(kbli_words.to_workbook())
    else:
        file.write_text(kbli_words.to_csv(), encoding="utf-8-sig")
    click.echo(f"{len(kbli_words.in_use())} words")


@words_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Add the words of FILE (CSV as export writes it): all of them, or none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            done = kbli_words.from_csv(lines)
    except kbli_words.BadWordFile as error:
        db.session.rollback()
        known = isinstance(error.problem, PhraseProblem)
        why = WHY[PhraseProblem(error.problem)] if known else error.problem
        raise click.ClickException(f"line {error.line}: {why}; nothing was added") from error
    except UnicodeDecodeError as error:
        db.session.rollback()
        raise click.ClickException("the file is not UTF-8; nothing was added") from error
    db.session.commit()
    click.echo(f"{done.added} added, {done.there} there before")
