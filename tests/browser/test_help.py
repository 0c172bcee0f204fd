"""Help in a real browser: beside a question, without signal, read aloud, on one sheet of paper."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest

from app.services.help.files import CONTENT
from tests.pages import KIOSK, PREFIXES

pytestmark = pytest.mark.browser

both_languages = pytest.mark.parametrize("language", PREFIXES)
SLUGS = sorted(path.stem for path in (CONTENT / "id").glob("*.md"))
TOPIC, OTHER = "/bantuan/baca-ktp", "/bantuan/gratis"
KEPT = """async () =>
  [await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length]"""
TAKES_OVER = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 50));
}"""
BAR = "getComputedStyle(document.querySelector('.bar')).backgroundColor"
PAGES = (
    *("", "?q=ktp", "?q=xqzwvk", "/baca-ktp", "/kamus", "/tersimpan", "/gratis?jawab=ya"),
    *("/bahan", "/bahan/pengumuman", "/bahan/radio", "/bahan/whatsapp"),
    *("/contoh", "/contoh/kios", "/contoh/isi-ulang-air/2", "/contoh/bum-kampung/3"),
    *("/contoh/bum-kampung/4", "/contoh/isi-ulang-air/5", "/contoh/homestay/2/latihan"),
)
MARGINS = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")  # what phones leave
VOICES = """(languages) => {
  const said = [];
  window.said = said;
  const voices = {
    speaking: false,
    getVoices: () => languages.map(lang => ({ lang, name: lang })),
    speak(one) { said.push([one.lang, one.text]); this.speaking = true },
    cancel() { said.length = 0; this.speaking = false },
  };
  Object.defineProperty(window, "speechSynthesis", { value: voices });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } };
}"""


def heading(person) -> str:
    return str(person.page.locator("h1").inner_text())


@pytest.mark.parametrize("width", [240, 360])
@both_languages
def test_the_pages_fit_the_smallest_screens(visitor, language, width):
    person = visitor(width=width)
    for path in PAGES:
        person.open(f"{PREFIXES[language]}/bantuan{path}")
        assert person.look() == [], path


@both_languages
def test_a_saved_topic_opens_without_signal_and_can_be_removed(visitor, language):
    person, path = visitor(), PREFIXES[language] + TOPIC
    person.open(path)
    title, button = heading(person), person.page.locator("#simpan")
    offered = button.inner_text()
    button.click()
    person.page.locator("#kabar:not(:empty)").wait_for()
    assert button.inner_text() != offered
    person.page.evaluate(TAKES_OVER)

    asked: list[str] = []
    person.page.on(
        "response",
        lambda got: None if got.from_service_worker else asked.append(got.url),
    )
    person.context.set_offline(True)
    person.open(path)
    assert heading(person) == title
    assert (
        person.page.evaluate("getComputedStyle(document.querySelector('.bar')).display") == "block"
    )
    assert "rgb(0" in person.page.evaluate(
        "getComputedStyle(document.querySelector('.bar')).backgroundColor"
    )
    person.open(f"{PREFIXES[language]}/bantuan/tersimpan")
    link = person.page.locator("#daftar a")
    assert link.inner_text() == title
    assert not person.page.locator("#kosong").is_visible()
    link.click()
    person.page.wait_for_url(f"**{path}")
    assert heading(person) == title
    assert asked == [], "nothing went over the line"

    person.context.set_offline(False)
    person.page.locator("#simpan").click()
    person.page.locator("#kabar:not(:empty)").wait_for()
    assert person.page.evaluate(KEPT) == [[], 0]


def test_two_topics_in_two_languages_are_kept_side_by_side(visitor):
    person = visitor()
    for path in (TOPIC, "/en" + OTHER):
        person.open(path)
        person.page.locator("#simpan").click()
        person.page.locator("#kabar:not(:empty)").wait_for()
    person.open("/bantuan")
    person.page.locator("#tersimpan a").click()
    person.page.locator("#daftar a").nth(1).wait_for()
    assert [each.get_attribute("lang") for each in person.page.locator("#daftar a").all()] == [
        "id",
        "en",
    ]
    person.open(TOPIC)
    person.page.locator("#simpan[data-on='1']").click()  # taking one out leaves the other
    person.page.locator("#kabar:not(:empty)").wait_for()
    person.open("/en" + OTHER)
    person.page.locator("#simpan[data-on='1']").wait_for()


@both_languages
def test_an_example_is_kept_whole_and_removed_whole(visitor, language):
    """One tap keeps all five pages, so that they can be turned without signal."""
    person, first = visitor(), f"{PREFIXES[language]}/bantuan/contoh/kios"
    person.open(f"{first}/2")
    person.page.locator("#simpan").click()
    person.page.locator("#kabar:not(:empty)").wait_for()
    person.page.evaluate(TAKES_OVER)
    person.context.set_offline(True)
    person.open(first)
    headings = [heading(person)]
    for _ in range(4):
        person.page.locator("main a.btn.go").last.click()
        person.page.wait_for_load_state()
        headings.append(heading(person))
    assert person.path == f"{first}/5"
    assert len(set(headings)) == 5
    person.open(f"{PREFIXES[language]}/bantuan/tersimpan")
    person.page.locator("#daftar a").nth(4).wait_for()
    listed = person.page.locator("#daftar a").all_inner_texts()
    title = person.page.locator("#daftar a").first.inner_text().partition(" – ")[2]
    assert sorted(listed) == sorted(f"{each} – {title}" for each in headings)
    person.context.set_offline(False)
    person.open(f"{first}/4")
    person.page.locator("#simpan[data-on='1']").click()
    person.page.locator("#kabar:not(:empty)").wait_for()
    assert person.page.evaluate(KEPT) == [[], 0]


@both_languages
def test_an_example_is_read_aloud_with_what_was_reckoned(visitor, language):
    person = visitor()
    person.page.add_init_script(f"({VOICES})(['id-ID', 'en-GB'])")
    person.open(f"{PREFIXES[language]}/bantuan/contoh/kios/2")
    person.page.locator("#dengar").click()
    sum_in_words = {
        "id": "14 juta 500 ribu rupiah",
        "en": "14 million 500 thousand rupiah",
    }[language]
    assert sum_in_words in [text for _, text in person.page.evaluate("said")]


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
def test_a_learner_reads_and_presses_on(visitor, scripts):
    """From the example into the form: the boxes are filled, each button leads on to the result."""
    person = visitor(scripts=scripts)
    person.open("/bantuan/contoh/noken/3")
    person.page.locator("main a[href$='/3/latihan']").click()
    person.page.locator("main button.go").click()
    person.page.wait_for_url("**/berkas/diri")
    for _ in range(20):
        if person.on == "hasil":
            break
        before = person.on
        for box in person.page.locator("[name=pernyataan]").all():
            box.check()
        person.page.locator("main button.go:not([formnovalidate]), main a.btn.go").last.click()
        person.page.wait_for_url(lambda url, at=before: not url.partition("?")[0].endswith(at))
        person.settle()
    shown = person.page.locator("main .code").first.inner_text()
    assert len("".join(shown.split())) == 13


def test_nothing_is_kept_by_itself(visitor):
    person = visitor()
    for path in ("/bantuan", TOPIC, OTHER):
        person.open(path)
        person.settle()
    assert person.page.evaluate(KEPT) == [[], 0]
    assert not person.page.locator("#tersimpan").is_visible()


def test_opened_again_a_topic_asks_for_nothing(visitor):
    person = visitor()
    person.open(TOPIC)
    person.settle()
    person.open("/bantuan")
    person.settle()
    sizes = []
    person.page.locator("details summary").first.wait_for()
    person.page.on("requestfinished", lambda done: sizes.append((done.url, done.sizes())))
    person.page.evaluate(f"location.href = '{TOPIC}'")
    person.page.wait_for_url(f"**{TOPIC}")
    person.settle()
    assert person.page.evaluate("performance.getEntriesByType('navigation')[0].transferSize") == 0


@both_languages
def test_it_is_read_aloud_where_the_phone_has_a_voice(visitor, language):
    person = visitor()
    person.page.add_init_script(f"({VOICES})(['id-ID', 'en-GB'])")
    person.open(PREFIXES[language] + TOPIC)
    button = person.page.locator("#dengar")
    button.click()
    said = person.page.evaluate("said")
    assert said[0] == [{"id": "id-ID", "en": "en-GB"}[language], heading(person)]
    assert len(said) > 3
    texts = [text for _, text in said]
    assert not any(text in texts for text in person.page.locator("details li").all_inner_texts())
    button.click()  # again: stop
    assert person.page.evaluate("said") == []
    assert person.look() == []


@pytest.mark.parametrize("voice", ["id", "id-ID", "in", "in_ID", "in-ID"])
def test_every_name_for_an_indonesian_voice_is_known(visitor, voice):
    """Android up to 14 calls the language “in”, as Java did."""
    person = visitor()
    person.page.add_init_script(f"({VOICES})(['inh-RU', 'en-GB', '{voice}'])")
    person.open(TOPIC)
    person.page.locator("#dengar").click()
    assert {lang for lang, _ in person.page.evaluate("said")} == {voice}


SPOKEN = {
    "Nomor SRG 1234 5678 9012": ("Nomor S R G 1 2 3 4, 5 6 7 8, 9 0 1 2", None),
    "NIB 8120207732258, KBLI 47112": ("NIB 8 1 2 0 2 0 7 7 3 2 2 5 8, KBLI 4 7 1 1 2", None),
    "0812 3456 7890": ("0 8 1 2, 3 4 5 6, 7 8 9 0", None),
    "3–5 hari": ("3 sampai 5 hari", "3 to 5 hari"),
    "07.00–15.00": ("07.00 sampai 15.00", "07.00 to 15.00"),
    "Rp 1.250.350": ("1 juta 250 ribu 350 rupiah", "1 million 250 thousand 350 rupiah"),
    "Rp 7.500.000–10.000.000": (
        "7 juta 500 ribu sampai 10 juta rupiah",
        "7 million 500 thousand to 10 million rupiah",
    ),
    "Rp 1–5 miliar": ("1 sampai 5 miliar rupiah", "1 to 5 miliar rupiah"),
    "Rp 2,5 miliar.": ("2,5 miliar rupiah.", None),
    "Rp 500000": ("500 ribu rupiah", "500 thousand rupiah"),
    "Rp 0.": ("0 rupiah.", None),
    "1.000 kg": ("seribu kg", "1 thousand kg"),
    "½ jam, 1½ jam": ("setengah jam, 1 setengah jam", "half jam, 1 and a half jam"),
    "PP 28/2025, pasal 32(3)": ("PP 28/2025, pasal 32(3)", None),
}


@both_languages
def test_numbers_are_spoken_as_one_says_them(visitor, language):
    person = visitor()
    person.page.add_init_script(f"({VOICES})(['in_ID', 'en-GB'])")
    person.open(PREFIXES[language] + TOPIC)
    person.page.evaluate(
        "texts => document.getElementById('teks').replaceChildren(...texts.map(text => {"
        " let p = document.createElement('p'); p.textContent = text; return p }))",
        list(SPOKEN),
    )
    person.page.locator("#dengar").click()
    wanted = [said if language == "id" else other or said for said, other in SPOKEN.values()]
    assert [text for _, text in person.page.evaluate("said")] == wanted


def test_without_a_voice_nothing_is_offered(visitor):
    person = visitor()
    person.page.add_init_script(f"({VOICES})(['fr-FR'])")
    person.open(TOPIC)
    person.settle()
    assert not person.page.locator("#dengar").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
def test_one_tap_says_whether_it_was_clear(visitor, scripts):
    person = visitor(scripts=scripts)
    person.open(TOPIC)
    person.page.locator("#jelas button").last.click()
    person.page.locator("div#jelas[role=status]").wait_for()
    assert person.path == TOPIC
    assert ("jawab" in person.page.url) is not scripts


def test_where_the_browser_does_not_say_which_button_the_answer_goes_its_plain_way(visitor):
    person = visitor()
    person.page.add_init_script("delete SubmitEvent.prototype.submitter")
    person.open(TOPIC)
    person.page.locator("#jelas button").last.click()
    person.page.wait_for_url("**jawab=*")
    person.page.locator("div#jelas[role=status]").wait_for()


def test_the_login_of_a_wifi_is_neither_kept_nor_shown(visitor):
    person = visitor()
    person.open(TOPIC)
    person.page.route(
        "**/bantuan/**",
        lambda route: route.fulfill(content_type="text/html", body="<title>Login</title>"),
    )
    for press in ("#jelas button", "#simpan"):
        person.page.locator(press).first.click()
        person.page.locator("#kabar:not(:empty)").wait_for()
    person.page.unroute("**/bantuan/**")
    assert person.page.locator("#jelas button").count() == 2
    kept = person.page.evaluate("async () => (await (await caches.open('bantuan')).keys()).length")
    assert kept == 0


def test_without_script_a_topic_is_whole(visitor):
    person = visitor(scripts=False)
    person.open(TOPIC)
    assert not person.page.locator("#simpan").is_visible()
    assert not person.page.locator("#dengar").is_visible()
    meaning = person.page.locator("#teks details").first
    meaning.locator("summary").click()
    assert meaning.locator("li").first.is_visible()


def test_beside_a_question_help_opens_and_nothing_typed_is_lost_or_sent(visitor):
    person = visitor()
    person.walk(KIOSK, to="diri")
    person.fill("nik", "1234 5")
    asked = []
    person.page.on("request", lambda one: asked.append(one))
    person.page.locator("#bantuan button").click()
    person.page.locator("#bantuan details[open]").wait_for()
    person.settle()
    person.focused("#bantuan summary")
    assert person.page.locator("[name=nik]").input_value() == "1234 5"
    assert person.on == "diri"
    (request,) = [one for one in asked if "/bantuan/" in one.url]
    assert request.method == "GET"
    assert set(parse_qs(urlsplit(request.url).query)) <= {"bantuan"}
    assert person.look() == []
    person.go_on(KIOSK)
    assert person.on == "telepon"


def test_without_script_it_opens_too_and_nothing_typed_is_lost(visitor):
    person = visitor(scripts=False)
    person.walk(KIOSK, to="diri")
    person.fill("nik", "1234 5")
    person.page.locator("#bantuan button").click()
    person.page.locator("#bantuan details[open]").wait_for()
    assert person.page.locator("[name=nik]").input_value() == "1234 5"
    assert person.page.evaluate("scrollY") > 0  # it shows what was asked for
    person.go_on(KIOSK)
    assert person.on == "telepon"


def test_a_mistake_opens_its_help_in_the_list_of_mistakes(visitor):
    person = visitor()
    person.walk(KIOSK, to="telepon")
    person.fill("telepon", "12")
    person.page.locator("main button.go").click()
    person.page.locator("[role=alert] a[hx-get]").click()
    person.page.locator("[role=alert] details[open]").wait_for()
    assert person.page.locator("[name=telepon]").input_value() == "12"
    assert person.look() == []


@both_languages
def test_every_topic_prints_on_one_sheet(visitor, language):
    person = visitor()
    assert SLUGS
    sheets = {}
    for slug in SLUGS:
        person.open(f"{PREFIXES[language]}/bantuan/{slug}")
        passing_on = person.page.locator("main a.btn").inner_text()
        printed = pypdf.PdfReader(io.BytesIO(person.page.pdf(format="A4", margin=MARGINS)))
        sheets[slug] = len(printed.pages)
        if slug == SLUGS[0]:  # a person who can help and the day stand on the paper, buttons do not
            text = printed.pages[0].extract_text()
            assert "2026" in text
            assert passing_on not in " ".join(text.split())
    assert {slug: n for slug, n in sheets.items() if n != 1} == {}


@both_languages
def test_a_page_of_an_example_prints_on_one_sheet(visitor, language):
    """All answers of the form together may take two."""
    person = visitor()
    sheets = {}
    for path in ("kios", "isi-ulang-air/2", "bum-kampung/3", "noken/4", "isi-ulang-air/5"):
        person.open(f"{PREFIXES[language]}/bantuan/contoh/{path}")
        printed = pypdf.PdfReader(io.BytesIO(person.page.pdf(format="A4", margin=MARGINS)))
        sheets[path] = len(printed.pages)
    answers = sheets.pop("bum-kampung/3")
    assert answers <= 2
    assert {path: n for path, n in sheets.items() if n != 1} == {}
