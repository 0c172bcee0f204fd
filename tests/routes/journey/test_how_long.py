"""The minutes that we tell are reckoned from the pages as they stand, the same everywhere."""

from __future__ import annotations

from dataclasses import astuple
from xml.etree.ElementTree import Element

import pytest

from app.domain.dossier import how_long, journey
from app.domain.law.legal_form import LegalForm
from app.extensions import db
from app.services.dossier.answers import answers_of
from tests import factories
from tests.client import Page, main_words, parse
from tests.pages import JOURNEY, KIOSK, PREFIXES, REVIEW, Walk

both_languages = pytest.mark.parametrize("language", PREFIXES)


def asked(page: Page) -> list[str]:
    """Return the boxes that a person meets on a page; one group of choices is one."""
    found = []
    for box in page.all("input", "select", "textarea"):
        if box.get("type") in {"hidden", "submit"} or page.is_inside(box, "details"):
            continue
        name = box.get("name") or ""
        if box.get("type") != "radio" or name not in found:
            found.append(name)
    return found


def read(page: Page) -> int:
    """Return how many words a person reads: of the page itself, not what is folded away."""

    def count(element: Element) -> int:
        if element.tag in {"details", "option", "select"} or "vh" in (element.get("class") or ""):
            return 0
        own = len((element.text or "").split())
        return own + sum(count(each) + len((each.tail or "").split()) for each in element)

    main = page.by_id("isi")
    return 0 if main is None else count(main)


def load_of(pages: list[Page]) -> how_long.Load:
    return how_long.Load(len(pages), sum(map(read, pages)), sum(len(asked(p)) for p in pages))


def own_business(client, language: str) -> how_long.Load:
    walk = Walk.placed(client, REVIEW, KIOSK, language=language)
    return load_of([parse(walk.shown[name]) for name in JOURNEY if name in walk.shown])


def company(app, client, language: str) -> how_long.Load:
    """A company with two activities; its pages are full, and so is what is read."""
    factories.new_line(app)
    prefix = PREFIXES[language]
    start = parse(client.get(f"{prefix}/berkas/mulai"))
    with factories.looking(app):
        dossier = factories.entity_dossier(LegalForm.PT, deed=(factories.LOW, "56102"))
        factories.add_activity(dossier, "56102")
        db.session.commit()
        number = dossier.id
        stops = [f"{prefix}/berkas/{stop}" for stop in journey.way(answers_of(dossier))]
    factories.open_in(client, number)
    addresses = [f"{prefix}/berkas/nomor", *stops, f"{prefix}/berkas/periksa"]
    return load_of([start, *(parse(client.get(each)) for each in addresses)])


def near(measured: how_long.Load, kept: how_long.Load) -> bool:
    """Say whether every figure is within a tenth; two languages never count the same."""
    pairs = zip(astuple(measured), astuple(kept), strict=True)
    return all(abs(now - then) * 10 <= then for now, then in pairs)


@both_languages
def test_one_business_of_ones_own_is_as_long_as_we_say(client, language):
    measured = own_business(client, language)
    assert near(measured, how_long.OWN_BUSINESS), measured


@both_languages
def test_a_company_with_two_activities_is_as_long_as_we_say(app, client, language):
    measured = company(app, client, language)
    assert near(measured, how_long.COMPANY), measured


@both_languages
def test_the_same_minutes_are_told_everywhere_and_as_an_estimate(client, language):
    low, high = how_long.own_business()
    span = {"id": f"ira-kira {low} sampai {high} menit", "en": f"bout {low} to {high} minutes"}
    prefix = PREFIXES[language]
    for address in ("/", "/berkas/mulai", "/bantuan/yang-dibawa"):
        said = main_words(client.get(prefix + address))
        assert span[language] in said, address
    most, how = {
        "id": (f"sampai {how_long.at_most()} menit", "Kami hitung dari banyaknya kata dan isian."),
        "en": (f"up to {how_long.at_most()} minutes", "We reckon it from the words and boxes"),
    }[language]
    said = main_words(client.get(f"{prefix}/berkas/mulai"))
    assert most in said
    assert how in said
