"""Kabupaten Sorong, whose office this is, and Kota Sorong next to it: Kemendagri numbers."""

from __future__ import annotations

from typing import Final

KABUPATEN_SORONG: Final = "9601"
KOTA_SORONG: Final = "9671"

KABUPATEN_SORONG_BEFORE_2022: Final = "9201"
"""Its number while it belonged to Papua Barat; older cards and lists have it."""
