"""A small help of its own for tests: two topics and two words, written into a folder."""

# ruff: noqa: E501 – a list of TOML stands on one line, as the writers of help write it
from __future__ import annotations

from pathlib import Path

ORIGINAL = """+++
title = "Membaca KTP"
summary = "Anda tahu di mana NIK dan nama Anda."
words = ["baca ktp", "nik di mana", "ktp bacanya bagaimana", "sa pu nik mana", "nama di ktp", "nomor ktp"]
reviewed = 2026-11-24
order = 9
group = "nik"
related = ["nama-beda", "gratis"]
who = ["dpmptsp", "disdukcapil"]
law = [{law = "PP 28/2025", article = "189", confirmed = true}, {law = "PP 7/2021", article = "35", confirmed = false}]
drawing = "ktp.svg"
+++
NIK ada di atas KTP Anda. Salin tepat seperti tertulis.

1. Taruh KTP di tempat terang.
2. Baca NIK: 16 angka.

## Masih salah?

Datang ke Disdukcapil. Baca [nama beda](bantuan:nama-beda) atau [mulai](halaman:start.show_start). Arti NIK ada di [kamus](bantuan:kamus/nik). Lihat [OSS](https://oss.go.id).
"""
TRANSLATION = """+++
title = "Reading your KTP"
summary = "You know where your NIK and name are."
words = ["read ktp", "where is nik", "id card number", "name on card", "ktp number", "find my nik"]
reviewed = 2026-11-24
of = 2026-11-24
+++
Your NIK is at the top of your KTP. Copy it just as it stands.

1. Put the card in good light.
2. Read the NIK: 16 digits.
"""
OTHERS = {"nama-beda": ("Nama berbeda", "Your name differs"), "gratis": ("Gratis", "It is free")}
GLOSSARY = """[nik]
term = "NIK"
forms = ["nomor KTP"]
name_en = "population number"
meaning_id = "Nomor 16 angka di KTP Anda."
meaning_en = "The 16-digit number on your KTP."
example_id = "Petugas mengetik nomor ini untuk mencari data Mama."
example_en = "An officer types it to find your data."

[disdukcapil]
term = "Disdukcapil"
forms = []
name_en = "civil registry office"
meaning_id = "Kantor yang membuat KTP dan KK."
meaning_en = "The office that makes KTP and KK."
example_id = "Di sana nama yang salah dibetulkan."
example_en = "They mend a wrong name there."
"""
PLACES = """[nik]
name_mismatch = "nama-beda"
[reason]
name_differs = "nama-beda"
[problem]
NikProblem = "baca-ktp"
"NikProblem.EMPTY" = "gratis"
NameProblem = "nama-beda"
TextProblem = "gratis"
[page]
"start.show_start" = "gratis"
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 16">'
    '<rect x="1" y="1" width="22" height="14" stroke="currentColor"/></svg>'
)


def write_help(folder: Path) -> Path:
    """Write the small help into a folder and return it."""
    for name in ("id", "en", "drawings"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "id" / "baca-ktp.md").write_text(ORIGINAL)
    (folder / "en" / "baca-ktp.md").write_text(TRANSLATION)
    (folder / "drawings" / "ktp.svg").write_text(DRAWING)
    for n, (slug, (title, title_en)) in enumerate(OTHERS.items(), 10):
        related = '", "'.join(each for each in ("baca-ktp", *OTHERS) if each != slug)
        text = ORIGINAL.replace("Membaca KTP", title).replace("order = 9", f"order = {n}")
        text = text.replace('"nama-beda", "gratis"', f'"{related}"')
        text = text.replace('drawing = "ktp.svg"\n', "")
        words = ", ".join(
            f'"{each} {title}"' for each in ("apa", "kenapa", "cara", "kalau", "sa pu", "nomor ktp")
        )
        text = "\n".join(
            f"words = [{words}]" if row.startswith("words") else row for row in text.split("\n")
        )
        (folder / "id" / f"{slug}.md").write_text(text)
        text = TRANSLATION.replace("Reading your KTP", title_en).replace(
            "of = 2026-11-24", "of = 2026-11-20"
        )
        words = ", ".join(
            f'"{title_en} {each}"' for each in ("what", "why", "how", "where", "who", "when")
        )
        text = "\n".join(
            f"words = [{words}]" if row.startswith("words") else row for row in text.split("\n")
        )
        (folder / "en" / f"{slug}.md").write_text(text)
    (folder / "glossary.toml").write_text(GLOSSARY)
    (folder / "places.toml").write_text(PLACES)
    return folder
