"""Whether people found a help topic clear: counts, and nothing about anybody."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class HelpFeedback(Model):
    """Answers to “was this clear?” about one topic, in one language and one month.

    slug: of a topic that may be gone by now. month: "2026-11", as it was in Sorong.
    """

    __tablename__ = "help_feedback"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    clear: Mapped[int] = mapped_column(default=0)
    unclear: Mapped[int] = mapped_column(default=0)

    __table_args__ = (CheckConstraint("clear >= 0 and unclear >= 0", name="counts_not_negative"),)
