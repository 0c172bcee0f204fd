"""Which wording of the statements is in force. A changed sentence gets a new number."""

from __future__ import annotations

WORDING = "2026-11"  # kept with each statement, so that it stays known what the person agreed to
