"""What `make check` refuses as hard to read, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.catalogs import ROOT
from scripts.check_plain import (
    CONTENT,
    LISTS,
    Finding,
    Text,
    apply_exceptions,
    check,
    common_share,
    example_texts,
    findings_in,
    glossary_findings,
    glossary_texts,
    interface_texts,
    kit_texts,
    read_terms,
    topic_texts,
    words_of,
)
from scripts.plain_measures import (
    is_common,
    markdown_text,
    mean_length,
    passive_chain,
    plain_text,
    reading_ease,
    sentences,
    spoken,
    syllables,
)

TERMS = {
    "nib": {
        "term": "NIB",
        "forms": ["Nomor Induk Berusaha"],
        "meaning_id": "Nomor usaha Anda.",
        "meaning_en": "It is your number.",
        "example_id": "Bank meminta nomor ini.",
        "example_en": "The bank asks for it.",
    },
    "ktp-el": {"term": "KTP-el", "forms": ["KTP"]},
    "rt-rw": {"term": "RT/RW", "forms": []},
}
WORDS = words_of(ROOT / LISTS, TERMS.values())

OFFICIAL = (
    "Pemanfaatan penyelenggaraan kewenangan pengadministrasian perizinan sebagaimana dimaksud"
    " dilaksanakan oleh penyelenggara."
)
# The words of law and office that everybody meets; the glossary may have more.
EXPECTED_TERMS = """
AHU|Amdal|BAP|BPJPH|BPS|BSrE|BUM Kampung|Cuti bersama|CV|Disdukcapil|Distrik|Berkas|DPMPTSP|Draf|
Fiktif positif|Hak akses|Hari kerja|IKM|Izin|Jemput bola|K3L|Kampung|KBLI|KEK|Kewenangan|KK|KKPR|
Koperasi|KTP-el|LAPOR!|Lembaga OSS|LKPM|Luas lahan|Maklumat pelayanan|Marga|Modal usaha|NIB|NIK|
NITKU|NPWP|NSPK|OAP|OPD teknis|OSS|OTP|PB|PB UMKU|PBG|Pelaku usaha|Pemohon|Pendamping|Pengaduan|
Pengawasan|Perbaikan|Perkiraan|Pernyataan mandiri|PNBP|PT Perorangan|RDTR|Risiko|
Sertifikat Standar|Skala usaha|SLA|SLF|Sosialisasi|SPP-IRT|SPPL|Surat tugas|Tanah ulayat|UKL-UPL|
UMK|Verifikasi|WIT
""".replace("\n", "").split("|")


def said(text: str, language: str = "id") -> list[Finding]:
    return findings_in(Text("x.md", language, text), WORDS)


def rules(text: str, language: str = "id") -> list[str]:
    return [finding.rule for finding in said(text, language)]


# --- Measures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Satu. Dua kata? Tiga!", ["Satu.", "Dua kata?", "Tiga!"]),
        ("Biaya Rp 1.000.000 saja. Bayar di bank.", ["Biaya Rp 1.000.000 saja.", "Bayar di bank."]),
        ("Lihat No. 5 di Jl. Klamono.", ["Lihat No. 5 di Jl. Klamono."]),
        ("Kata “selesai.” Lalu tutup.", ["Kata “selesai.”", "Lalu tutup."]),
        ("Buka oss.go.id/akun dulu", ["Buka oss.go.id/akun dulu"]),
        ("Judul\nIsi satu", ["Judul", "Isi satu"]),
        ("…", []),
    ],
)
def test_a_text_falls_into_its_sentences(text: str, parts: list[str]) -> None:
    found = [each.text for each in sentences(text)]
    assert [part.rstrip("”") for part in parts] == [part.rstrip("”") for part in found]


def test_an_address_counts_as_one_word_and_no_letters() -> None:
    (sentence,) = sentences("Buka https://oss.go.id/akun sekarang.")
    assert len(sentence.words) == 3
    assert spoken(sentence.words) == ["Buka", "sekarang"]


def test_only_a_stop_ends_a_sentence() -> None:
    assert [each.is_ended for each in sentences("Nama usaha\nIsi nama.\n(Boleh kosong.)")] == [
        False,
        True,
        True,
    ]


def test_places_count_as_a_word_and_tags_do_not() -> None:
    text = plain_text("Kode <b>%(code)s</b> berlaku {minutes} menit.<br>Simpan &amp; tutup 5%%")
    assert text == "Kode 0 berlaku 0 menit.\nSimpan & tutup 5%"


def test_markdown_gives_its_words_and_joins_broken_lines() -> None:
    body = (
        "## Judul\n\nBaris satu\nbaris dua.\n\n1. Buka [akun](bantuan:akun-oss).\n- **Isi** nama."
    )
    assert markdown_text(body) == "Judul\nBaris satu baris dua.\nBuka akun.\nIsi nama."


def test_mean_length_counts_words_of_each_sentence() -> None:
    assert mean_length(sentences("Satu dua tiga. Empat.")) == 2
    assert mean_length([]) == 0


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("menulis", "tulis"),
        ("memakai", "pakai"),
        ("menyimpan", "simpan"),
        ("mengirimkan", "kirim"),
        ("mengecek", "cek"),
        ("diubah", "ubah"),
        ("berjualan", "jual"),
        ("terlihat", "lihat"),
        ("tempatnya", "tempat"),
        ("bacalah", "baca"),
        ("anak-anak", "anak"),
        ("NIB-nya", "nib"),
    ],
)
def test_everyday_affixes_leave_a_common_word_common(word: str, base: str) -> None:
    assert is_common(word, {base})
    assert not is_common(word, {"lain"})


@pytest.mark.parametrize("word", ["pengadministrasian", "kepemilikan", "pemanfaatan"])
def test_nouns_of_offices_do_not_pass_by_their_root(word: str) -> None:
    assert not is_common(word, {"administrasi", "milik", "manfaat"})


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("Berkas diperiksa oleh petugas.", "diperiksa oleh"),
        ("Data disimpan dengan aman oleh kami.", "disimpan dengan aman oleh"),
        ("Petugas memeriksa berkas.", ""),
        ("Dijual di pasar. Oleh-oleh ada di sana.", ""),
        ("Tinggal di rumah milik oleh", ""),
    ],
)
def test_di_oleh_is_found_as_a_chain(text: str, chain: str) -> None:
    assert passive_chain(text) == chain


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("place", 1), ("checked", 1), ("needed", 2), ("table", 2), ("safety", 2), ("area", 3)),
        *(("business", 2), ("licences", 3), ("changes", 2), ("statement", 2), ("something", 2)),
        *(("officer", 3), ("certificate", 4), ("environment", 4), ("cooperative", 5)),
        *(("various", 3), ("special", 2), ("client", 2), ("the", 1), ("NIB", 1), ("rupiah", 3)),
    ],
)
def test_syllables_of_english(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "ease"),
    [  # worked out by hand with the formula of Flesch
        ("The cat sat on the mat.", 116.1),
        (
            "This sentence, taken as a reading passage unto itself,"
            " is being used to prove a point.",
            69.0,
        ),
        (
            "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.",
            37.5,
        ),
    ],
)
def test_reading_ease_of_known_sentences(text: str, ease: float) -> None:
    assert reading_ease(sentences(text)) == pytest.approx(ease, abs=0.1)


def test_names_count_as_one_syllable_where_told() -> None:
    text = sentences("Ask the office in Salawati.")
    assert reading_ease(text, {"salawati"}) > reading_ease(text)


# --- Rules --------------------------------------------------------------------------------------


def test_plain_words_pass() -> None:
    assert said("Anda isi nama seperti di KTP. Simpan dulu, lalu kirim besok.") == []
    assert said("Type your name as on the KTP. Save it, then send it.", "en") == []


@pytest.mark.parametrize(("words", "found"), [(20, []), (21, ["length"])])
def test_a_sentence_has_at_most_twenty_words(words: int, found: list[str]) -> None:
    text = " ".join(["kami"] * words) + ". " + "Ya. " * 9
    assert rules(text) == found


@pytest.mark.parametrize(("words", "found"), [(12, []), (13, ["mean"])])
def test_the_mean_sentence_has_at_most_twelve_words(words: int, found: list[str]) -> None:
    assert rules(" ".join(["kami"] * words) + ".") == found


def test_labels_do_not_lower_the_mean_of_the_interface() -> None:
    text = "\n".join([" ".join(["kami"] * 13) + ".", *["Simpan"] * 50])
    assert [f.rule for f in findings_in(Text("interface/id", "id", text, False), WORDS)] == ["mean"]


@pytest.mark.parametrize(("common", "found"), [(19, []), (18, ["common"])])
def test_nineteen_of_twenty_words_are_common(common: int, found: list[str]) -> None:
    assert rules("Kami. " * common + "Kriptografi.") == found


def test_one_sentence_may_hold_one_hard_word() -> None:
    easy = "Kami ada di sini. " * 20
    assert rules(easy + "Kami pakai kriptografi.") == []
    assert rules(easy + "Kami pakai kriptografi asimetris.") == ["hard"]


def test_the_language_of_offices_fails() -> None:
    assert {"common", "hard", "chain", "office"} <= set(rules(OFFICIAL))


def test_a_word_of_the_office_is_answered_with_ours() -> None:
    (finding,) = said("Kirim lewat ponsel Anda.")
    assert finding.rule == "office"
    assert "HP" in finding.why
    assert "Kirim lewat ponsel Anda." in str(finding)


def test_english_in_indonesian_is_found_and_everyday_loans_are_not() -> None:
    assert rules("Kirim lewat WhatsApp, SMS atau internet. Lihat data di HP.") == []
    assert "english" in rules("Klik button ini untuk share data Anda.")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_sign_needs_its_place_in_the_glossary(language: str) -> None:
    assert rules("NIB, KTP, KTP-el, RT, RW.", language) == []
    (finding,) = [each for each in said("NIB, XYZQ.", language) if each.rule == "term"]
    assert "XYZQ" in finding.why


def test_a_sign_inside_a_number_is_not_a_word() -> None:
    assert rules("AHU-0012345.AH.01.01") == []


def test_english_is_held_to_its_reading_ease() -> None:
    hard = "Organisational responsibilities necessitate comprehensive documentation activities."
    assert rules(hard, "en") == ["ease", "ease"]  # of the text and of the sentence
    assert rules("We are here for you. " * 30 + hard, "en") == ["ease"]


def test_meanings_and_examples_are_short() -> None:
    long = {"nib": {**TERMS["nib"], "meaning_id": "kata " * 26, "example_en": "word " * 16}}
    assert glossary_findings({"nib": TERMS["nib"]}) == []
    assert [each.rule for each in glossary_findings(long)] == ["meaning", "meaning"]


# --- Exceptions ---------------------------------------------------------------------------------

FOUND = Finding("id/a.md", "english", "Kirim STOP.", "“STOP” is English")
EXCEPTION = {"where": "id/a.md", "rule": "english", "text": "STOP", "reason": "A command."}


def test_an_exception_covers_what_it_names() -> None:
    other = Finding("id/a.md", "length", "Kirim STOP.", "21 words")
    assert apply_exceptions([FOUND, other], [EXCEPTION]) == ([other], [])


@pytest.mark.parametrize("part", ["where", "rule", "text"])
def test_an_exception_that_fits_nothing_fails(part: str) -> None:
    left, mistakes = apply_exceptions([FOUND], [{**EXCEPTION, part: "other"}])
    assert left == [FOUND]
    assert "is not needed" in mistakes[0]


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_exception_needs_a_reason(reason: str) -> None:
    left, mistakes = apply_exceptions([FOUND], [{**EXCEPTION, "reason": reason}])
    assert left == [FOUND]
    assert "needs where, rule, text and reason" in mistakes[0]


# --- Files --------------------------------------------------------------------------------------

TOPIC = '+++\ntitle = "Apa itu NIB?"\nsummary = "Anda tahu apa itu NIB."\n{}\n+++\n\n{}\n'


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """One topic in both languages; its translation is of the same day."""
    for language in ("id", "en"):
        (tmp_path / language).mkdir()
    original = TOPIC.format("reviewed = 2026-11-24", "NIB itu nomor usaha Anda.")
    (tmp_path / "id/apa.md").write_text(original)
    translation = TOPIC.format("reviewed = 2026-11-24\nof = 2026-11-24", "It is your number.")
    (tmp_path / "en/apa.md").write_text(translation)
    return tmp_path


def test_topics_are_read_with_title_and_summary(content: Path) -> None:
    texts, warnings = topic_texts(content)
    assert [text.where for text in texts] == ["id/apa.md", "en/apa.md"]
    assert texts[0].plain == "Apa itu NIB?\nAnda tahu apa itu NIB.\nNIB itu nomor usaha Anda."
    assert warnings == []


def test_the_print_kit_is_read_without_its_places_and_topics(content: Path) -> None:
    folder = content / "kit" / "id"
    folder.mkdir(parents=True)
    (folder / "radio.toml").write_text(
        'title = "Naskah"\nreviewed = 2026-11-24\nparts = [{topic = "apa"}]\n'
        'steps = ["Buka {address}", "Hari ____"]\nlong = """\n*Gratis.*\nSilahkan ambil.\n"""\n'
    )
    (text,) = kit_texts(content)
    assert (text.where, text.language) == ("kit/id/radio.toml", "id")
    assert text.plain.split() == ["Naskah", "Buka", "0", "Hari", "Gratis.", "Silahkan", "ambil."]
    assert "office" in {each.rule for each in findings_in(text, WORDS)}


def test_a_translation_of_an_older_day_is_a_warning(content: Path) -> None:
    path = content / "id/apa.md"
    path.write_text(path.read_text().replace("2026-11-24", "2026-11-25"))
    _, (warning,) = topic_texts(content)
    assert warning.startswith("en/apa.md is older than its original of 2026-11-25")


def test_a_hard_topic_is_found_by_its_name(content: Path) -> None:
    path = content / "id/apa.md"
    path.write_text(path.read_text() + f"\n{OFFICIAL}\n")
    report = check(ROOT, content, only_topics=True)
    assert {finding.where for finding in report.findings} == {"id/apa.md"}


def test_examples_are_read_page_by_page(content: Path) -> None:
    told = (
        'title = "Kios"\nsummary = "Satu kios."\nreviewed = 2026-11-27\n'
        '[[page]]\nstory = "Mama buka kios."\nmistake = "Lupa NIK."\n[[page]]\nstory = "Lanjut."\n'
    )
    for language in ("id", "en"):
        (content / language / "contoh").mkdir()
        (content / language / "contoh" / "kios.toml").write_text(told)
    texts, (warning,) = example_texts(content)
    assert [text.where for text in texts] == ["id/contoh/kios.toml", "en/contoh/kios.toml"]
    assert texts[0].plain == "Kios\nSatu kios.\nMama buka kios.\nLupa NIK.\nLanjut."
    assert warning.startswith("en/contoh/kios.toml is older than its original of 2026-11-27")


def test_a_hard_example_is_found_by_its_name(content: Path) -> None:
    (content / "id" / "contoh").mkdir()
    (content / "id" / "contoh" / "kios.toml").write_text(
        'title = "Kios"\nsummary = "Satu kios."\nreviewed = 2026-11-27\n'
        f'[[page]]\nstory = "{OFFICIAL}"\n'
    )
    report = check(ROOT, content, only_topics=True)
    assert {finding.where for finding in report.findings} == {"id/contoh/kios.toml"}


def test_both_languages_of_the_interface_are_read() -> None:
    indonesian, english = interface_texts(ROOT / "translations/id/LC_MESSAGES/messages.po")
    assert len(indonesian.sentences) > 1500
    assert len(english.sentences) > 1500
    assert common_share(indonesian, WORDS) > common_share(english, WORDS) + 0.5


def test_the_glossary_explains_every_expected_term() -> None:
    terms = read_terms(ROOT / CONTENT / "glossary.toml")
    assert set(EXPECTED_TERMS) - {term["term"] for term in terms.values()} == set()
    assert all(text.words for text in glossary_texts(terms))


def test_no_form_stands_for_two_terms() -> None:
    terms = read_terms(ROOT / CONTENT / "glossary.toml")
    forms = [form.lower() for one in terms.values() for form in (one["term"], *one["forms"])]
    assert sorted(forms) == sorted(set(forms))


def test_the_program_itself_is_plain() -> None:
    report = check(ROOT, ROOT / CONTENT)
    assert [str(finding) for finding in report.findings] + report.mistakes == []
