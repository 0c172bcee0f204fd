"""The words that forms, buttons and addresses send: each is spelt once, for templates and views.

The boxes of a form are declared by it (app/forms/); here stands what is written beside them. A page
that is open somewhere sends the old word for hours, so a word that is here is not changed.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Sent(StrEnum):
    """Names of buttons, hidden fields and parts of an address; below them, what some of them say.

    Templates know it by the same name.
    """

    # What every form carries
    TOKEN = "csrf_token"  # noqa: S105 – the name of the field that holds it
    KEY = "kunci"
    FILE = "untuk_berkas"
    """For which file the form was shown."""
    FROM = "dari"
    """Where the person came from, and goes back to."""

    # Buttons that do not send the answer
    LANGUAGE = "ganti"
    HELP = "bantuan"
    LEAVE = "nanti"
    FIND = "temukan"
    LIST = "pilih"
    """Bring the names that depend on the district."""
    ADD_UP = "hitung"

    # At the desk of the office
    DAY = "hari"
    """Which of the days that are open at this computer goes on."""
    REASON = "alasan"
    VERSION = "versi"
    """Of the file, as it was when the form was shown."""
    VERDICT = "hasil"
    HELD_BY = "siapa"
    RED = "merah"
    AFTER = "setelah"
    """The last row of the page of a list that was seen."""
    FINISHED = "selesai"
    LEFT = "pergi"
    """This page has just left: it tells the other tabs."""

    # Told by a press or a hidden field
    SHARED = "bersama"
    SPELLING = "ejaan"
    PHOTO = "foto"
    UPLOAD = "berkas"
    STATEMENTS = "pernyataan"

    # What an address says, or a box beside those of a form
    ACTIVITY = "ke"
    ANSWERED = "jawab"
    CATEGORY = "kategori"
    CODE = "kode"
    KBLI = "kbli"
    KIND = "jenis"
    MISTAKEN = "salah"
    """What was typed there could not be taken: the page says why."""
    NEW = "baru"
    NUMBER = "nomor"
    PAGE = "halaman"
    """Of a list, by its number; or the address that asked for the PIN."""
    PART = "bagian"
    PERIOD = "masa"
    PLACE = "tempat"
    QUERY = "q"
    SALES = "besar"
    SAVED = "simpan"
    SCOPE = "lingkup"
    SIZE = "ukuran"
    WHOSE = "untuk"
    """Whose place an area is of: of the person, or of the business."""
    WORDS = "cari"

    # What some of them say
    YES = "ya"
    NO = "tidak"
    BACK = "kembali"
    STOP = "berhenti"
    REVIEW = "periksa"
