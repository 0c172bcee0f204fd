"""Form for the NIB that a person brings back from OSS."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from app.domain.oss import nib as oss_nib
from app.forms.fields import ParsedField

NIB_MESSAGES = {
    oss_nib.NibProblem.EMPTY: _l("Type your NIB: 13 digits, at the top of the paper from OSS."),
    oss_nib.NibProblem.NOT_DIGITS: _l("A NIB has digits only."),
    oss_nib.NibProblem.WRONG_LENGTH: _l("A NIB has 13 digits. You typed {digits}."),
    oss_nib.NibProblem.SPECIMEN: _l(
        "A NIB never starts with 0000. Look at the paper from OSS and type it again."
    ),
}


class NibForm(FlaskForm):
    """The NIB; terbaca: the number that was read from a QR code, to know how it was learnt."""

    nib = ParsedField(
        _l("Your NIB"),
        description=_l("13 digits. With or without spaces."),
        parse=oss_nib.parse_nib,
        messages=NIB_MESSAGES,
        show=oss_nib.format_nib,
        inputmode="numeric",
        numeric=True,
    )
    terbaca = StringField()
