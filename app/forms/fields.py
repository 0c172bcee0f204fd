"""Fields that understand how people write, and messages that say what to do.

A field keeps the text as typed, so that a page with a mistake comes back exactly as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.domain.written import (
    place,
)
from app.domain.written.text import says_nothing
from app.forms.mistakes import messages_for_text

INPUT_AT_MOST = 10_000  # characters looked at; longer ones are cut before any work is done
UNREADABLE = _l("We cannot read this. Check it and type it again.")


class ParsedField(StringField):
    """A text box whose text a rule turns into a value.

    parse: raises an error with `.problem`, and with `.forget` where the box is to come back empty;
    messages: problem -> sentence (lazy), which may name {values} of the error. `data` holds the
    value, `raw` the text as typed. An optional box takes what people write for nothing (“-”,
    “tidak ada”) as empty.

    No box bears a maxlength: browsers cut a pasted text there and say nothing, so its last code or
    digit would be lost. The rules count instead, and the sentence says what to shorten.
    """

    widget = TextInput()
    data: Any  # what `parse` returned

    def __init__(
        self,
        label: Any = None,
        *,
        parse: Callable[[str], Any],
        messages: Mapping[Any, Any],
        optional: bool = False,
        show: Callable[[Any], str] = str,
        inputmode: str | None = None,
        autocomplete: str = "off",
        short: bool = False,
        numeric: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.parse = parse
        self.messages = messages
        self.optional = optional
        self.show = show
        self.inputmode = inputmode
        self.autocomplete = autocomplete
        self.short = short
        self.numeric = numeric
        self.raw: str = ""
        self.problem: Exception | None = None

    def process_data(self, value: Any) -> None:
        self.data = value
        self.raw = "" if value is None else self.show(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        self.raw = valuelist[0][:INPUT_AT_MOST]
        self.data = None
        self.problem = None
        if self.optional and says_nothing(self.raw):
            return
        try:
            self.data = self.parse(self.raw)
        except ValueError as error:
            # Signs that a rule passes over leave nothing, and nothing is an answer here.
            if not (self.optional and getattr(error, "problem", None) == "empty"):
                self.problem = error
            if getattr(error, "forget", False):
                self.raw = ""

    def _value(self) -> str:
        return self.raw

    def pre_validate(self, form: Any) -> None:
        if self.problem is None and self.data is None and not self.optional:
            try:
                self.parse("")
            except ValueError as error:
                self.problem = error
        if self.problem is not None:
            raise StopValidation(self._sentence(self.problem))

    def _sentence(self, error: Exception) -> str:
        problem = getattr(error, "problem", None)
        sentence = self.messages.get(problem) or UNREADABLE
        values = {k: v for k, v in vars(error).items() if not k.startswith("_")}
        return str(sentence).format(**values)


class ChoiceField(StringField):
    """Radio buttons. choices: (value, words); hints: value -> a line below the words."""

    data: Any  # one of the values, once the form is valid

    def __init__(
        self,
        label: Any = None,
        *,
        missing: Any,
        choices: Sequence[tuple[str, Any]] = (),
        hints: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.choices = choices
        self.hints: Mapping[str, Any] = hints or {}
        self.missing = missing
        super().__init__(label, **options)

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, _ in self.choices}:
            raise StopValidation(str(self.missing))


class AtMost:
    """A search takes what was pasted, counts it, and says what to shorten; nothing is cut off."""

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum

    def __call__(self, _form: Any, field: Field) -> None:
        length = len(field.data or "")
        if length > self.maximum:
            words = messages_for_text("")[place.TextProblem.TOO_LONG]
            raise StopValidation(str(words).format(length=length, maximum=self.maximum))


def mistakes(form: Any) -> list[tuple[Field, str]]:
    """Return the fields with a mistake and its sentence, in the order of the page."""
    found = []
    for field in form:
        if field.errors and field.name != "csrf_token":
            found.append((field, str(field.errors[0])))
    return found


class SendForm(FlaskForm):
    """A button and nothing else."""


class AreaSelect(SelectField):
    """A list of areas, in groups of (name or "", [(code, name)])."""

    def __init__(self, label: Any = None, *, missing: Any, **options: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **options)
        self.missing = missing
        self.groups: list[tuple[str, list[tuple[str, str]]]] = []

    @property
    def codes(self) -> set[str]:
        """Return the codes that may be chosen."""
        return {code for _, options in self.groups for code, _name in options}

    def pre_validate(self, form: Any) -> None:
        if self.data not in self.codes:
            raise StopValidation(str(self.missing))


def without_unseen(form: FlaskForm, valid: bool, unseen: Iterable[str]) -> bool:
    """Forget mistakes of boxes that are not on the page; say whether others are left."""
    for name in unseen:
        form[name].errors = []
    return valid or not any(field.errors for field in form)


class SearchField(StringField):
    """A search box keeps its text and is never wrong."""

    def process_formdata(self, valuelist: Any) -> None:
        self.data = self.clean(valuelist[0]) if valuelist else ""

    @staticmethod
    def clean(typed: str) -> str:
        """Return what was typed without signs that cannot be seen."""
        return "".join(sign for sign in typed[:INPUT_AT_MOST] if sign.isprintable())
