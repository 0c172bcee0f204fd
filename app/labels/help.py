"""Words of the help: its groups, and who helps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.help.topics import Helper, HelpGroup

WORDS = (
    (HelpGroup.START, _l("Before you begin")),
    (HelpGroup.ACCOUNT, _l("Account, code and phone")),
    (HelpGroup.NIK, _l("KTP and NIK")),
    (HelpGroup.KBLI, _l("Your kind of business (KBLI)")),
    (HelpGroup.SIZE, _l("Capital, size and risk")),
    (HelpGroup.PLACE, _l("Place and land")),
    (HelpGroup.EXAMPLES, _l("Examples from daily life")),
    (HelpGroup.AFTER, _l("After the NIB")),
    (HelpGroup.RIGHTS, _l("Your rights")),
    (Helper.DPMPTSP, _l("DPMPTSP Kabupaten Sorong, the licensing office in Aimas")),
    (Helper.REGISTRY, _l("Disdukcapil, the office for KTP and family cards")),
    (Helper.KAMPUNG, _l("The office of your kampung or distrik")),
    (Helper.FACILITATOR, _l("A facilitator (pendamping), who takes no money")),
    (Helper.DEPARTMENT, _l("The department for your kind of business")),
    (Helper.HEALTH, _l("The health department (Dinas Kesehatan)")),
    (Helper.HALAL, _l("BPJPH, the halal agency")),
    (Helper.TAX, _l("The tax office (kantor pajak)")),
    (Helper.OSS, _l("The national OSS, at oss.go.id")),
    (Helper.LAPOR, _l("LAPOR!, the national complaint channel, at lapor.go.id")),
)
