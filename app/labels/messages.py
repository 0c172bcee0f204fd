"""The words for how a message travels and where it is."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.sending.messages import Channel, MessageState

WORDS: tuple[tuple[Enum, Any], ...] = (
    (Channel.SMS, _l("SMS")),
    (Channel.WHATSAPP, _l("WhatsApp")),
    (Channel.EMAIL, _l("E-mail")),
    (Channel.PAGE, _l("On this page")),
    (MessageState.WAITING, _l("waits to be sent")),
    (MessageState.SENDING, _l("on its way")),
    (MessageState.HANDED_OVER, _l("ready in the modem, not sent yet")),
    (MessageState.SENT, _l("has been sent")),
    (MessageState.SHOWN, _l("only here, sent nowhere")),
    (MessageState.UNCERTAIN, _l("perhaps sent, the line broke")),
    (MessageState.GAVE_UP, _l("could not be sent")),
    (MessageState.NOT_WANTED, _l("not sent: no messages wanted")),
)
