"""What each step of the form is. It is said here, once, and everybody else reads it.

A step is one page (app/forms, app/templates/journey). From its declaration follow its place on the
way (journey.py), what an office may give back and what is kept of both versions, what a change
after the NIB asks again, what a worked example answers, its name and its topic of help; and of each
column with `asks` also its box, its row on the review and its line on the sheet for OSS.
How one is added: CONTRIBUTING.md. Why: docs/decisions/0034-a-question-stands-in-one-place.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.law.legal_form import FormRules


class StepName(StrEnum):
    """Names of the steps. The values are the words in the address of the page."""

    KIND = "pelaku"
    IDENTITY = "diri"
    PHONE = "telepon"
    ENTITY = "badan"
    DEED = "akta"
    HOME = "alamat"
    ACTIVITY = "kegiatan"
    BUSINESS = "usaha"
    PLACE = "tempat"
    LAND = "lahan"
    CAPITAL = "modal"
    PRODUCTION = "produksi"
    DECLARATIONS = "pernyataan"


class AnswerGroup(StrEnum):
    """What belongs together where all answers are read at once, in the order of reading."""

    PERSON = "person"
    BUSINESS = "business"
    PLACE = "place"
    MONEY = "money"


class ChangeKind(StrEnum):
    """What a person wants to change after the NIB. The values stand in addresses."""

    PLACE = "tempat"
    CAPACITY = "kapasitas"
    ACTIVITY = "kegiatan"
    OWN_DATA = "data-diri"
    ADD_ACTIVITY = "tambah"
    CLOSE = "tutup"


class Of(StrEnum):
    """What an answer is about. The values are the tables that keep it."""

    FILE = "dossiers"
    PERSON = "applicants"
    ENTITY = "entities"
    ACTIVITY = "activities"


def N_(text: str) -> str:
    """Mark an English text that app/labels gives in the language of the page."""
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a step fills.

    box: its name on the page, "" where it is not typed as it is kept. is_sealed: encrypted at
    rest; what is not, is a code or a figure that is counted. oss: its name in dataNIB, of an
    activity in data_proyek; "" where OSS does not ask it.
    asks: its question where answers are read. With it the answer is a text that is filled in, kept,
    shown and told to OSS just as it is typed, and no other code knows of it.
    """

    name: str
    box: str = ""
    oss: str = ""
    asks: str = ""
    is_sealed: bool = False


def _sealed(name: str, box: str = "", oss: str = "", asks: str = "") -> Column:
    return Column(name, box, oss, asks, is_sealed=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the journey, asked once or, of an activity, for each of them.

    words: its name. help: the topic of help that stands beside it.
    columns: what is answered; a correction keeps both versions of it. follows: columns that are set
    along with them. known_by: the column that is neither None nor False once it was answered; what
    else has to be true says app/services/dossier/answers.py.
    asked: for whom it is there. again: changes after the NIB that ask it again; a further activity
    is asked everything. is_mendable: whether an office may give it back.
    """

    name: StepName
    words: str
    help: str
    of: Of
    columns: tuple[Column, ...]
    known_by: str = ""
    follows: tuple[str, ...] = ()
    group: AnswerGroup = AnswerGroup.PERSON
    again: tuple[ChangeKind, ...] = ()
    asked: Callable[[FormRules], bool] = lambda form: True
    is_mendable: bool = True

    @property
    def typed_as_kept(self) -> tuple[Column, ...]:
        """The columns that need no code of their own."""
        return tuple(column for column in self.columns if column.asks)

    @property
    def is_typed_as_kept(self) -> bool:
        """Return whether the step has no code of its own beside its form."""
        return bool(self.columns) and all(column.asks for column in self.columns)


_IN_CHARGE, _SITE, _PRODUCT = "penanggung_jwb.*.", "data_lokasi_proyek.*.", "data_proyek_produk.*."

# An individual never sees KIND on the way: most people here run a business of their own, and the
# first page says how to get there.
BEFORE: tuple[Step, ...] = (
    Step(
        StepName.KIND, N_("Kind of business"), "perlu-nib", Of.FILE,
        (Column("legal_form", "pelaku", "jenis_pelaku_usaha"),),
        known_by="legal_form",
        asked=lambda form: form.is_entity,
        is_mendable=False,
    ),
    Step(
        StepName.IDENTITY, N_("About you"), "baca-ktp", Of.PERSON,
        (
            _sealed("nik", "nik", "no_id_user_proses"),
            _sealed("name", "nama", "nama_user_proses"),
            _sealed("birth_date", "lahir", "tgl_lahir_user_proses"),
            Column("sex", "kelamin", "jns_kelamin_user_proses"),
        ),
        known_by="nik",
        follows=("nik_index",),
    ),
    Step(
        StepName.PHONE, N_("Phone"), "kode-whatsapp", Of.PERSON,
        (
            _sealed("phone", "telepon", "hp_user_proses"),
            _sealed("npwp", "npwp"),
            _sealed("email", "surel", "email_user_proses"),
        ),
        known_by="phone",
        follows=("phone_index", "email_index", "message_channel"),
        again=(ChangeKind.OWN_DATA,),
    ),
    Step(
        StepName.ENTITY, N_("The company or group"), "bum-kampung", Of.ENTITY,
        (
            _sealed("name", "nama", "nama_perseroan"),
            Column("role", "jabatan", _IN_CHARGE + "jabatan_penanggung_jwb"),
            _sealed("registration_no", "nomor", "no_pengesahan"),
            Column("registered_on", "tanggal", "tgl_pengesahan"),
            _sealed("npwp", "npwp", "npwp_perseroan"),
            _sealed("nitku", "nitku"),
            _sealed("parent_nib", "induk_nib", "nib"),
            _sealed("parent_name", "induk_nama", "nama_perseroan"),
        ),
        known_by="npwp",
        asked=lambda form: form.is_entity,
    ),
    Step(
        StepName.DEED, N_("Founding paper"), "bum-kampung", Of.ENTITY,
        (Column("deed_year", "tahun"), Column("deed_codes", "kode")),
        known_by="deed_codes",
        asked=lambda form: form.deed,
    ),
    Step(
        StepName.HOME, N_("Home"), "baca-ktp", Of.PERSON,
        (
            Column("area_code", oss="daerah_id_user_proses"),
            _sealed("area_text", "wilayah"),
            _sealed("street", "jalan", "alamat_user_proses"),
            _sealed("rt_rw", "rtrw", "rt_rw_user_proses"),
            _sealed("postcode", "kodepos", _IN_CHARGE + "kode_pos_penanggung_jwb"),
        ),
        known_by="street",
        again=(ChangeKind.OWN_DATA,),
    ),
)  # fmt: skip

FOR_EACH: tuple[Step, ...] = (
    Step(
        StepName.ACTIVITY, N_("Activity"), "cari-kbli", Of.ACTIVITY,
        (
            Column("kbli_year", oss="tahun_kbli"),
            Column("kbli_code", "kbli", "kbli"),
            Column("scope_no"),
        ),
        known_by="kbli_code",
        group=AnswerGroup.BUSINESS,
        again=(ChangeKind.ACTIVITY,),
    ),
    Step(
        StepName.BUSINESS, N_("Business"), "apa-itu-kbli", Of.ACTIVITY,
        (
            _sealed("trade_name", "usaha", "nama_kegiatan"),
            _sealed("description", "uraian", "deskripsi_kegiatan"),
            Column("scope_no", "lingkup"),
        ),
        known_by="described",
        follows=("described",),
        group=AnswerGroup.BUSINESS,
        again=(ChangeKind.ACTIVITY,),
    ),
    Step(
        StepName.PLACE, N_("Place"), "pernyataan-lokasi", Of.ACTIVITY,
        (
            Column("village_code", "kampung", _SITE + "proyek_daerah_id"),
            _sealed("street", "jalan", _SITE + "alamat_usaha"),
            _sealed("rt_rw", "rtrw"),
            Column("shared_premises", "jenis"),
            Column("position_code", "posisi", _SITE + "data_posisi_proyek.*.posisi_lokasi"),
        ),
        known_by="village_code",
        group=AnswerGroup.PLACE,
        again=(ChangeKind.PLACE,),
    ),
    Step(
        StepName.LAND, N_("Land"), "tanah-ulayat", Of.ACTIVITY,
        (
            Column("land_area", "luas", "luas_tanah"),
            Column("land_unit", "satuan", "satuan_luas_tanah"),
            Column("land_status", "status", "status_tanah"),
            Column("customary_land"),
        ),
        known_by="land_area",
        group=AnswerGroup.PLACE,
        again=(ChangeKind.PLACE,),  # another place has another piece of land
    ),
    Step(
        StepName.CAPITAL, N_("Capital"), "hitung-modal", Of.ACTIVITY,
        (
            Column("land_idr", "tanah", "pembelian_pematang_tanah"),
            Column("building_idr", "bangunan", "bangunan_gedung"),
            Column("machines_idr", "mesin", "mesin_peralatan"),
            Column("other_idr", "lain", "investasi_lain"),
            Column("working_idr", "kerja", "modal_kerja"),
        ),
        known_by="land_idr",
        group=AnswerGroup.MONEY,
        again=(ChangeKind.CAPACITY,),
    ),
    Step(
        StepName.PRODUCTION, N_("Workers"), "skala-usaha", Of.ACTIVITY,
        (
            Column("workers_male", "laki", "jumlah_tki_l"),
            Column("workers_female", "perempuan", "jumlah_tki_p"),
            _sealed("product", "hasil", _PRODUCT + "jenis_produksi"),
            Column("capacity", "kapasitas", _PRODUCT + "kapasitas"),
            _sealed("capacity_unit", "unit", _PRODUCT + "satuan"),
        ),
        known_by="product",
        group=AnswerGroup.MONEY,
        again=(ChangeKind.CAPACITY, ChangeKind.ACTIVITY),  # another activity has other products
    ),
)  # fmt: skip

AFTER: tuple[Step, ...] = (
    Step(
        StepName.DECLARATIONS, N_("Statements"), "sppl", Of.FILE,
        (),  # rows of their own: app/models/dossier.py:DeclarationGiven
        is_mendable=False,
    ),
)  # fmt: skip

STEPS: Mapping[StepName, Step] = {step.name: step for step in (*BEFORE, *FOR_EACH, *AFTER)}
EACH = frozenset(step.name for step in FOR_EACH)


def filled_by(names: Collection[StepName], of: Of) -> frozenset[str]:
    """Return every column of a table that these steps fill."""
    steps = [STEPS[name] for name in names if STEPS[name].of is of]
    return frozenset(
        column for each in steps for column in (*each.follows, *(c.name for c in each.columns))
    )
