"""Forms about messages: how to be reached, and an SMS to practise with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.domain.sending.messages import Channel
from app.domain.written import place
from app.forms.boxes import phone_field
from app.forms.fields import ChoiceField, ParsedField
from app.forms.mistakes import messages_for_text

NONE = "tidak"
_WORDS = {
    Channel.SMS: _l("By SMS"),
    Channel.WHATSAPP: _l("By WhatsApp"),
    Channel.EMAIL: _l("By e-mail only"),
}


class ChannelForm(FlaskForm):
    """One way to be told, or none. The page says first which ways there are."""

    saluran = ChoiceField(
        _l("How shall we write to you?"),
        hints={
            NONE: _l("You still see everything here. A code that you ask for is always sent."),
        },
        missing=_l("Choose how we may write to you."),
    )

    def offer(self, channels: Sequence[Channel]) -> None:
        """Set the choices."""
        choices: list[tuple[str, Any]] = [(each.value, _WORDS[each]) for each in channels]
        self.saluran.choices = [*choices, (NONE, _l("Do not write to me"))]

    def show(self, now: Channel | None) -> None:
        """Show the way in use as chosen."""
        self.saluran.data = NONE if now is None else now.value


class PlayForm(FlaskForm):
    """An SMS to us, as if a phone had sent it."""

    dari = phone_field(
        _l("From which number?"),
        _l("For example 0812 3456 7890."),
    )
    teks = ParsedField(
        _l("What does it say?"),
        description=_l("STATUS and a support number, STOP, or START."),
        parse=lambda text: place.parse_needed_text(text, 160),
        messages=messages_for_text(_l("Type the text of the SMS.")),
    )
