"""Questions of Cek usaha. They go by GET and need no token: the answers identify nobody."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from app.domain.kbli.finder import MAX_QUERY_CHARACTERS
from app.forms.fields import INPUT_AT_MOST, AtMost, ChoiceField

INSIDE, SHARED, OUTSIDE = "sendiri", "pasar", "luar"


class PublicForm(FlaskForm):
    """A form that anybody may fill in and whose address may be shared."""

    class Meta:
        csrf = False


def _tidy(text: str | None) -> str:
    """One line; cut only where nobody could have typed it."""
    return " ".join((text or "")[:INPUT_AT_MOST].replace("\0", " ").split())


class SearchForm(PublicForm):
    """What do you do, in everyday words."""

    q = StringField(
        _l("What do you do?"),
        description=_l("In your own words. For example: selling fish, motorbike workshop, noken."),
        filters=[_tidy],
        validators=[
            DataRequired(_l("Type what you do, for example: selling fish.")),
            AtMost(MAX_QUERY_CHARACTERS),
        ],
    )


class PlaceForm(PublicForm):
    """Where and how big. The steps of money are set by the route, which has their words.

    Steps of capital and of yearly sales are one question: whoever answers one need not answer
    the other.
    """

    tempat = ChoiceField(
        _l("Where is the business?"),
        choices=[
            (INSIDE, _l("In Kabupaten Sorong, at my own or a rented place")),
            (SHARED, _l("In Kabupaten Sorong, in a market or building with a manager")),
            (OUTSIDE, _l("Outside Kabupaten Sorong")),
        ],
        hints={
            SHARED: _l("A stall, shop or office. The manager holds the papers of the building.")
        },
        missing=_l("Choose where the business is."),
    )
    besar = ChoiceField(
        _l("How much money is in it?"),
        description=_l("Tools, goods and cash. Do not count land and buildings. A guess is fine."),
        choices=[],
        missing=_l("Choose about how much money is in it."),
    )


class ScopeForm(PublicForm):
    """Which part of the activity, where the risk depends on it."""

    lingkup = ChoiceField(
        _l("What exactly do you do?"),
        choices=[],
        missing=_l("Choose the part that fits."),
    )

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read the form; an empty value only says that the question was shown."""
        super().process(formdata, *args, **kwargs)
        given = [value for value in self.lingkup.raw_data or () if value]
        self.lingkup.data = given[-1] if given else None
