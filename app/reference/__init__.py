"""Dated tables with their source. releases.toml lists them; build.py made them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent

# A remark in brackets that says: this part of the source was not read. Never to be shown.
UNREAD: Final = re.compile(
    r"\s*[(\[][^()\[\]]*(?:terpotong|terbaca|tidak tersedia|yang dibaca|baris lain)[^()\[\]]*[)\]]"
)
