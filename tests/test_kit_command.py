"""flask help kit: everything to print, in a folder."""

from __future__ import annotations

import pytest

from app.domain.help.kit import MARK
from tests.adapters.test_kit_papers import words_of

WRITTEN = {
    "selebaran-a5.pdf", "selebaran-a4.pdf", "poster-a3.pdf", "poster-a3-en.pdf",
    "pengumuman-a4.pdf", "pengumuman-a4-en.pdf", "pengumuman.txt", "pengumuman-en.txt",
    "radio.txt", "radio-en.txt", "whatsapp.txt", "whatsapp-en.txt",
}  # fmt: skip


@pytest.fixture
def run(make_app):
    def runner(*args, **env):
        app = make_app(testing=True, **env)
        return app.test_cli_runner().invoke(args=["help", "kit", *map(str, args)])

    return runner


def test_it_writes_all_pieces_and_says_so(run, tmp_path):
    folder = tmp_path / "stick" / "bahan"
    done = run(folder, SERVICE_MODE="assist", PUBLIC_URL="https://kit.example")
    assert done.exit_code == 0
    assert {each.name for each in folder.iterdir()} == WRITTEN
    said = done.output.splitlines()
    assert said[-1] == "12 files, for https://kit.example"
    assert {line.split()[0].rpartition("/")[2] for line in said[:-1]} == WRITTEN
    english = words_of((folder / "poster-a3-en.pdf").read_bytes())
    assert "kit.example/en" in english
    assert "Pindai" not in english
    assert "https://kit.example/en/" in (folder / "whatsapp-en.txt").read_text()


def test_practice_is_said(run, tmp_path):
    done = run(tmp_path, "--address", "http://aimas.lokal:8000/")
    assert MARK in done.output.splitlines()[-1]
    assert "aimas.lokal:8000" in words_of((tmp_path / "poster-a3.pdf").read_bytes())
    for each in tmp_path.iterdir():
        text = words_of(each.read_bytes()) if each.suffix == ".pdf" else each.read_text()
        assert MARK in text, each.name


@pytest.mark.parametrize("args", [(), ("--address", "kit.example")])
def test_without_an_address_nothing_is_written(run, tmp_path, args):
    folder = tmp_path / "bahan"
    done = run(folder, *args)
    assert done.exit_code != 0
    assert "PUBLIC_URL" in done.output
    assert not folder.exists()


def test_an_address_that_no_code_holds_is_told(run, tmp_path):
    done = run(tmp_path, "--address", "https://" + "a" * 250)
    assert done.exit_code == 1
    assert "selebaran-a5 cannot be drawn" in done.output
