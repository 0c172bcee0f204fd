"""flask help: how clear the topics are, and a look at the content while it is written."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from werkzeug.serving import run_simple

from app.commands.kit import kit_command
from app.domain.help.topics import Topic
from app.services.help import book, kit
from app.services.help.files import CONTENT

help_group = AppGroup("help", help="Topics of help: what people found clear; a preview.")
help_group.add_command(kit_command)


@help_group.command("feedback")
@click.option("--month", help="Only this month, such as 2026-11.")
def feedback_command(month: str | None) -> None:
    """Show how often each topic was clear; what was least clear stands first."""
    for row in book.feedback(month):
        click.echo(f"{row.month} {row.language} {row.slug} clear={row.clear} unclear={row.unclear}")


@help_group.command("check")
def check_command() -> None:
    """Say what there is, and which translations are older than their original.

    A mistake in the content stops the program before this, with its file and line.
    """
    _report(current_app)


@help_group.command("preview")
@click.option("--port", default=8010)
def preview_command(port: int) -> None:
    """Serve the content on this computer; a saved file is shown at the next look."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    here = f"http://127.0.0.1:{port}"
    _report(app)
    for topic in book.topics():
        click.echo(f"{here}/bantuan/{topic.slug}  {here}/en/bantuan/{topic.slug}")
    for slug in book.book().examples:
        click.echo(f"{here}/bantuan/contoh/{slug}  {here}/en/bantuan/contoh/{slug}")
    files = [str(path) for path in CONTENT.rglob("*") if path.is_file()]
    run_simple("127.0.0.1", port, app, use_reloader=True, extra_files=files, threaded=True)


def _report(app: Flask) -> None:
    with app.app_context():
        examples = len(book.book().examples)
        click.echo(f"{len(book.topics())} topics, {len(book.book().terms)} words explained")
        click.echo(f"{examples} worked examples")
        for each in book.stale():
            name = f"{each.slug}.md" if isinstance(each, Topic) else f"contoh/{each.slug}.toml"
            click.echo(f"stale: en/{name} is older than id/{name}")
        for said in kit.stale():
            click.echo(f"stale: {said}")
