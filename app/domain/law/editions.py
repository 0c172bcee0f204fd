"""The two lists of activities (KBLI, Klasifikasi Baku Lapangan Usaha Indonesia) in use."""

from __future__ import annotations

from typing import Final

KBLI_NOW: Final = 2025
"""The list that new files use (Peraturan BPS 7/2025)."""

KBLI_BEFORE: Final = 2020
"""The list whose numbers stand on an older NIB."""
