"""The words for filing at oss.go.id with the answers at hand."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.oss.codes import ApplicantKind, IdentityKind, Part, ProjectKind
from app.domain.oss.nib import NibDoubt, NibSource

# The screens of OSS are in Indonesian, so what is chosen there is named as it stands there.
WORDS: tuple[tuple[Enum, Any], ...] = (
    (Part.ACCOUNT, _l("Your account")),
    (Part.PROFILE, _l("Your profile")),
    (Part.CAPITAL, _l("Capital and size")),
    (Part.ACTIVITY, _l("Activity and place")),
    (Part.BUSINESS, _l("About the business")),
    (Part.SPATIAL, _l("Fit of the place (KKPR)")),
    (Part.ENVIRONMENT, _l("Environment")),
    (Part.STATEMENTS, _l("Statements to agree to")),
    (ApplicantKind.INDIVIDUAL, _l("One person (Orang Perseorangan)")),
    (ApplicantKind.ENTITY, _l("Company or group (Badan Usaha)")),
    (ApplicantKind.REPRESENTATIVE_OFFICE, _l("Representative office (Kantor Perwakilan)")),
    (ApplicantKind.FOREIGN_ENTITY, _l("Foreign business (Badan Usaha Luar Negeri)")),
    (IdentityKind.KTP, _l("KTP")),
    (IdentityKind.PASSPORT, _l("Passport (Paspor)")),
    (ProjectKind.MAIN, _l("Main activity (Utama)")),
    (ProjectKind.SUPPORTING, _l("Supporting activity (Pendukung)")),
    (ProjectKind.SUPPORTING_LICENCE, _l("Supporting activity of a licence (Pendukung UMKU)")),
    (NibSource.TYPED, _l("You wrote: NIB")),
    (NibSource.SCANNED, _l("In your photo of the paper: NIB")),
    (NibSource.OSS, _l("Your NIB, as OSS told us")),
    (NibDoubt.UNKNOWN, _l("OSS does not know this number. Compare it with your paper.")),
    (
        NibDoubt.GONE,
        _l("OSS no longer finds this number. Do not open, or stop for now. Ask DPMPTSP."),
    ),
    (NibDoubt.HOLDER, _l("OSS has this number under another name. Compare it with your paper.")),
)

# What to know at each screen.
PART_NOTES: Mapping[Part, Any] = {
    Part.ACCOUNT: _l("OSS sends a code to this WhatsApp number. You choose a password there. Keep both to yourself: we never ask for them."),
    Part.PROFILE: _l("Choose the area step by step, from the province to the kampung."),
    Part.CAPITAL: _l("Type whole rupiah, without dots."),
    Part.ACTIVITY: _l("OSS decides on the risk. Ours is an estimate."),
    Part.BUSINESS: _l("Write it as it is here, or better."),
    Part.SPATIAL: _l("OSS may ask more about the place. Do not know it? Ask DPMPTSP."),
    Part.ENVIRONMENT: _l("OSS may ask for an environment paper. Do not know which? Ask DPMPTSP."),
    Part.STATEMENTS: _l("Read each statement at OSS before you agree."),
}  # fmt: skip
