"""flask help kit: the print kit as files in a folder, for an office or a stick without internet."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale

from app import modes
from app.adapters.papers.render import PaperError
from app.domain.help.kit import MARK, PieceName
from app.i18n import DEFAULT, LANGUAGES
from app.services.help import kit, kit_papers
from app.services.help.kit_papers import PAPERS, Addresses

NO_ADDRESS = "Set PUBLIC_URL or give --address: the papers show it, and their QR code leads there."
TEXTS = (PieceName.NOTICE, PieceName.RADIO, PieceName.MESSAGE)


@click.command("kit")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--address", help="Public address of the service, where PUBLIC_URL is not set.")
@with_appcontext
def kit_command(folder: Path, address: str | None) -> None:
    """Write leaflet, poster, notice and texts into FOLDER, in both languages.

    Files of the same name are written anew. Says what it wrote.
    """
    start = (address or current_app.config["SETTINGS"].public_url or "").rstrip("/")
    if not start.startswith(("https://", "http://")):
        raise click.ClickException(NO_ADDRESS)
    addresses = {each: f"{start}/" if each == DEFAULT else f"{start}/{each}/" for each in LANGUAGES}
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for each in LANGUAGES:
        with force_locale(each):
            for name, content in _files(each, addresses):
                (folder / name).write_bytes(content)
                click.echo(f"{folder / name}  {max(1, round(len(content) / 1000))} kB")
                count += 1
    click.echo(f"{count} files, for {start}")
    if modes.in_training():
        click.echo(f"Practice: each is marked {MARK}. Do not hand them out.")


def _files(language: str, addresses: Addresses) -> list[tuple[str, bytes]]:
    ending = "" if language == DEFAULT else f"-{language}"
    found = []
    for name, kind in PAPERS.items():
        if kind.both and ending:
            continue  # written with the first language
        try:
            content = kit_papers.render_kit(kit_papers.paper_of(name, addresses))
        except PaperError as error:
            raise click.ClickException(f"{name} cannot be drawn: {error}") from error
        found.append((f"{name}{'' if kind.both else ending}.pdf", content))
    for piece in TEXTS:
        text = kit.plain_text(piece, addresses[language])
        found.append((f"{piece}{ending}.txt", text.encode()))
    return found
