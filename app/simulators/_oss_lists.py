"""Code lists that the practice OSS hands out (getDataReferensi), by the number of their annex.

Numbers as in annex 29 of the guide. Lists that nobody here asks for are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping

LICENCE_KINDS = {  # annex 8 is OSS's own long list; these three are all that the practice issues
    "LATIHAN-NIB": "NIB (latihan)",
    "LATIHAN-SS": "Sertifikat Standar (latihan)",
    "LATIHAN-IZIN": "Izin (latihan)",
}
STATUS_WORDS = {
    "05": "Proses Penapisan",
    "09": "Telah Melengkapi Persyaratan",
    "10": "Dokumen Lengkap",
    "11": "Dokumen Belum Lengkap",
    "12": "Pemenuhan Komitmen",
    "20": "Validasi",
    "30": "Verifikasi Pembayaran",
    "31": "Konfirmasi Pembayaran",
    "32": "Menunggu Verifikasi Bukti Bayar PNBP",
    "33": "Persetujuan Pembayaran",
    "34": "Perbaikan Konfirmasi Pembayaran",
    "40": "Inspeksi",
    "41": "Konfirmasi Persyaratan",
    "42": "Data Konfirmasi Persyaratan",
    "43": "Re-Konfirmasi Persyaratan",
    "44": "Data Re-Konfirmasi Persyaratan",
    "45": "Persyaratan Terverifikasi",
    "49": "Pengambilan Nomor",
    "50": "Disetujui",
    "52": "Terbit Sementara",
    "57": "Disetujui otomatis oleh sistem OSS (fiktif positif)",
    "60": "Peringatan",
    "70": "Penghentian Sementara Kegiatan Berusaha",
    "80": "Pengenaan Denda Administratif",
    "90": "Ditolak",
    "93": "Penolakan Persyaratan",
}
LISTS: Mapping[int, Mapping[str, str]] = {
    2: {
        "01": "Perseroan Terbatas (PT)",
        "02": "Persekutuan Komanditer (CV)",
        "05": "Firma",
        "07": "Koperasi",
        "10": "Yayasan",
        "19": "Badan hukum selain PT, Yayasan dan Koperasi",
        "26": "PT Perorangan",
        "28": "BUM Desa",
        "29": "BUM Desa Bersama",
    },
    4: {"01": "KTP", "02": "Paspor"},
    5: {"01": "Sewa", "02": "Milik Sendiri", "03": "Pinjam Pakai"},
    8: LICENCE_KINDS,
    10: STATUS_WORDS,
    12: {"01": "Badan Hukum", "02": "Bukan Badan Hukum"},
    14: {
        "01": "Aktif",
        "02": "Belum Aktif",
        "03": "Diizinkan Usaha",
        "04": "Diizinkan Beroperasi",
        "05": "Dibekukan",
        "06": "Dicabut",
    },
    17: {"01": "M2", "02": "Ha"},
    18: {
        "01": "Badan Usaha",
        "02": "Perseorangan",
        "03": "Kantor Perwakilan",
        "04": "Badan Usaha Luar Negeri",
    },
    22: {"01": "Baru", "02": "Lama"},
    24: {"01": "Daratan", "02": "Perairan", "03": "Kawasan Hutan"},
    20: {  # of the ministries whose sectors the practice has; the guide has twenty more
        "018": "Pertanian",
        "019": "Perindustrian",
        "024": "Kesehatan",
        "032": "Kelautan Dan Perikanan",
        "033": "Pekerjaan Umum Dan Perumahan Rakyat",
        "040": "Pariwisata",
        "090": "Perdagangan",
    },
    26: {
        "01": "Utama",
        "02": "Pendukung",
        "03": "Kantor Cabang Administrasi",
        "04": "Perluasan",
        "05": "Pendukung UMKU",
    },
    27: {
        "01": "Izin Dasar",
        "02": "Izin",
        "04": "Sertifikat Standar",
        "K02": "Persyaratan Standar",
        "K03": "UMKU",
    },
    28: {
        "Y": "Komitmen",
        "N": "Tidak Komitmen",
        "O": "Otomatis Terbit",
        "T": "Tidak Butuh Komitmen (Tembusan)",
    },
}
