"""Forms of the office about the words that people search with."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation

from app.domain.kbli.learning import PhraseError, PhraseProblem, phrase_to_add
from app.forms.fields import ParsedField

UNKNOWN_CODE = _l("We do not know this activity code. Look at it again.")
PHRASE_MESSAGES = {
    PhraseProblem.EMPTY: _l("Type a word that people use, for example: selling fish."),
    PhraseProblem.SHORT: _l("One letter is too short. Type a whole word."),
    PhraseProblem.LONG: _l("That is too long. At most 8 words and 60 letters fit here."),
    PhraseProblem.PERSONAL: _l(
        "This looks like a number or an e-mail address of somebody. Type only words for work."
    ),
    PhraseProblem.THERE: _l("This activity has these words already."),
    PhraseProblem.UNKNOWN_CODE: UNKNOWN_CODE,
    PhraseProblem.FULL: _l("There is no room for more words. Take some out first."),
}


def _code(text: str) -> str:
    code = "".join(text.split())
    if not code:
        raise PhraseError(PhraseProblem.EMPTY)
    return code


class WordForm(FlaskForm):
    """Words and the activity that they mean. known: whether a code exists."""

    kata = ParsedField(
        _l("What people type"),
        parse=phrase_to_add,
        messages=PHRASE_MESSAGES,
    )
    kode = ParsedField(
        _l("Activity code (KBLI 2025)"),
        description=_l("Five digits, for example 47112."),
        parse=_code,
        messages={**PHRASE_MESSAGES, PhraseProblem.EMPTY: _l("Type the code of the activity.")},
        inputmode="numeric",
        short=True,
    )
    known: Any = None

    def validate_kode(self, field: Field) -> None:
        """Only a code of the list in use."""
        if field.data and not self.known(field.data):
            raise StopValidation(str(UNKNOWN_CODE))

    def refuse(self, problem: PhraseProblem) -> None:
        """Say why the words were not taken."""
        self.kata.errors = [str(PHRASE_MESSAGES[problem])]


class ButtonForm(FlaskForm):
    """One button."""
