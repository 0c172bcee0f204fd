"""What the finder learns from: counts of searches and corrections, and words that staff add."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.kbli.learning import AddedBy
from app.extensions import Model
from app.models.columns import Moment, Named
from app.models.dossier import RowId


class FinderSearch(Model):
    """How often one phrase was typed, and what came of it. About nobody: no person, day or place.

    digest: keyed, of edition, language and phrase. phrase: readable only once it was typed often
    enough (app/domain/kbli/learning.py). last_month: the first moment of the month (WIT) in
    which it was last typed; nothing finer is kept.
    """

    __tablename__ = "finder_searches"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    edition: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    phrase: Mapped[str | None] = mapped_column(String(60))
    searched: Mapped[int]
    found_nothing: Mapped[int]
    unsure: Mapped[int]
    chosen: Mapped[int]
    last_month: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_finder_searches_found_nothing", "edition", "found_nothing"),
        Index("ix_finder_searches_searched", "edition", "searched"),
        Index("ix_finder_searches_last_month", "last_month"),
    )

    @property
    def left(self) -> int:
        """How often something was found and nobody chose."""
        return max(0, self.searched - self.found_nothing - self.chosen)


class FinderChoice(Model):
    """How often a code was chosen after a search. Goes with its search."""

    __tablename__ = "finder_choices"

    search_id: Mapped[int] = mapped_column(
        ForeignKey("finder_searches.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    chosen: Mapped[int]


class FinderCorrection(Model):
    """How often files were given back with one code and came again with another."""

    __tablename__ = "finder_corrections"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    edition: Mapped[int]
    from_code: Mapped[str] = mapped_column(String(5))
    to_code: Mapped[str] = mapped_column(String(5))
    corrected: Mapped[int]
    last_month: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("edition", "from_code", "to_code"),
        Index("ix_finder_corrections_corrected", "edition", "corrected"),
        Index("ix_finder_corrections_last_month", "last_month"),
    )


class FinderWord(Model):
    """A phrase that staff added to a code. Rows stay: taking one out only dates it.

    version: grows by one with every change of any row, so the newest tells whether anything
    changed since it was last read.
    """

    __tablename__ = "finder_words"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    edition: Mapped[int]
    code: Mapped[str] = mapped_column(String(5))
    phrase: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[AddedBy] = mapped_column(Named(AddedBy, 16))
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(unique=True)

    __table_args__ = (
        Index("ix_finder_words_version", "edition", "version"),
        Index(
            "uq_finder_words_in_use",
            "edition",
            "code",
            "phrase",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )
