"""The words of the risk engine: facts behind a conclusion, steps, and who acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain.law.authority import AuthorityBasis, Silence
from app.domain.law.because import Conclusion, Fact, FactKind, Known
from app.domain.law.building import Building, BuildingStep
from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import EnvironmentPaper
from app.domain.law.estimate.bands import CapitalBand, SalesBand
from app.domain.law.risk import Citation, RiskLevel
from app.domain.law.rules import Actor, DayUnit, Step, StepKind
from app.domain.law.spatial import DetailedPlan, Ground
from app.i18n import short_day

WORDS: tuple[tuple[Enum, Any], ...] = (
    (FactKind.CODE, _l("Activity code (KBLI)")),
    (FactKind.SCOPE, _l("Part of the activity")),
    (FactKind.BAND, _l("Capital or yearly sales")),
    (FactKind.SIZE, _l("Business size")),
    (FactKind.RISK, _l("Risk")),
    (FactKind.SHARED_PREMISES, _l("In a market or building whose manager has the papers")),
    (FactKind.GROUND, _l("The place lies")),
    (FactKind.PLAN, _l("Detailed spatial plan (RDTR)")),
    (FactKind.SMALL_ISLAND, _l("Island smaller than 100 km²")),
    (FactKind.KEK, _l("In a special economic zone (KEK)")),
    (FactKind.FOREIGN, _l("Foreign capital")),
    (FactKind.BUILDING, _l("Building")),
    (FactKind.SOURCE, _l("Read in")),
    (FactKind.AS_OF, _l("Data of")),

    (Known.YES, _l("yes")),
    (Known.NO, _l("no")),
    (Known.UNKNOWN, _l("not known, ask")),

    (Ground.LAND, _l("on land")),
    (Ground.WATER, _l("on water")),
    (Ground.FOREST, _l("in a forest area")),

    (DetailedPlan.IN_OSS, _l("there, and OSS can read it")),
    (DetailedPlan.OUTSIDE_OSS, _l("there, but OSS cannot read it")),
    (DetailedPlan.NONE, _l("there is none")),
    (DetailedPlan.UNKNOWN, _l("not known here, ask")),

    (Building.NONE, _l("none")),
    (Building.NEW, _l("a new one")),
    (Building.EXISTING_WITH_APPROVAL, _l("stands, with IMB or PBG")),
    (Building.EXISTING_WITHOUT_APPROVAL, _l("stands, without IMB or PBG")),
    (Building.UNKNOWN, _l("not asked")),

    (BuildingStep.NONE_SHARED_PREMISES, _l("Building: the manager has its papers.")),
    (BuildingStep.NONE_NO_BUILDING, _l("No building, so no building paper.")),
    (BuildingStep.PBG_THEN_SLF, _l("Before you build: a building approval (PBG). After it: a paper that the building is safe (SLF).")),
    (BuildingStep.SLF_ONLY, _l("The building stands already: it needs a paper that it is safe to use (SLF).")),
    (BuildingStep.ASK, _l("Is the building your own? It may need a paper of its own. Ask DPMPTSP.")),

    (EnvironmentPaper.SPPL, _l("pledge (SPPL)")),
    (EnvironmentPaper.UKL_UPL, _l("form (UKL-UPL)")),
    (EnvironmentPaper.AMDAL, _l("full study (Amdal)")),

    (AuthorityBasis.KEK_ADMINISTRATOR, _l("The Administrator of the special economic zone (KEK)")),
    (AuthorityBasis.CENTRE, _l("The central government, because of foreign capital")),
    (AuthorityBasis.BY_ROW, _l("As the risk list says")),

    (Silence.NOBODY_DECIDES, _l("Nobody has to decide.")),
    (Silence.OSS_VERIFIES, _l("No answer in time? OSS itself marks your certificate as verified.")),
    (Silence.OSS_ISSUES_PERMIT, _l("No answer in time? OSS itself gives the permit.")),

    (Actor.OWNER, _l("you")),
    (Actor.OSS, _l("OSS")),
    (Actor.OFFICE, _l("the office that decides")),
    (Actor.REGENCY, _l("the regency")),
    (Actor.LAND_OFFICE, _l("the land office")),
    (Actor.ISLAND_OFFICE, _l("the office for small islands")),
    (Actor.ENVIRONMENT_OFFICE, _l("the environment office")),
    (Actor.BUILDING_OFFICE, _l("the office for buildings")),

    (StepKind.STATE_PLACE, _l("You state in OSS that the place fits.")),
    (StepKind.CHECK_PLACE, _l("The place is compared with the spatial plan.")),
    (StepKind.LETTER_AND_COACHING, _l("Does it not fit? You get a letter and help.")),
    (StepKind.CONFIRM_OR_REJECT, _l("OSS confirms or rejects the place.")),
    (StepKind.ASK_PLAN, _l("Ask which spatial plan holds for your place.")),
    (StepKind.ISLAND_RECOMMENDATION, _l("Small island: a recommendation first. Is it late, you go on without it.")),
    (StepKind.CHECK_DOCUMENTS, _l("The papers are checked.")),
    (StepKind.FIX, _l("Is something wrong? You mend it.")),
    (StepKind.RECHECK, _l("What you mended is checked.")),
    (StepKind.PAY_FEE, _l("You pay the state fee (PNBP). Too late? The bill comes once more.")),
    (StepKind.LAND_ADVICE, _l("The land office gives advice, within the assessment.")),
    (StepKind.ASSESS, _l("The place is assessed.")),
    (StepKind.SPPL, _l("The pledge comes with the NIB.")),
    (StepKind.ASK_ENVIRONMENT, _l("Ask which paper your activity needs.")),
    (StepKind.FILL_UKL_UPL, _l("For UKL-UPL: you fill in the form.")),
    (StepKind.UKL_UPL_AUTOMATIC, _l("The form is approved by itself.")),
    (StepKind.CHECK_SUBSTANCE, _l("What the form says is examined.")),
    (StepKind.DECIDE_UKL_UPL, _l("The office decides on the form.")),
    (StepKind.AMDAL, _l("For Amdal: a full study. Its days are not known here.")),
    (StepKind.ASK_BUILDING, _l("Ask which paper your building needs.")),
    (StepKind.PBG, _l("The building is approved (PBG).")),
    (StepKind.SLF, _l("The building is found fit for use (SLF).")),
    (StepKind.CLOCK_STARTS, _l("The days start when your file is complete and correct.")),
    (StepKind.CLOCK_PAUSES, _l("They stop while you mend something.")),
    (StepKind.CLOCK_RESUMES, _l("They go on when you have sent it again.")),
    (StepKind.CLOCK_RESETS, _l("Asked a second time? The days are set back.")),
    (StepKind.CLOCK_RESTARTS, _l("Then they start anew.")),
)  # fmt: skip

# What the text of a fact is a value of; the others are codes, names and dates.
_VALUES: Mapping[FactKind, tuple[type[Enum], ...]] = {
    FactKind.BAND: (CapitalBand, SalesBand),
    FactKind.SIZE: (BusinessSize,),
    FactKind.RISK: (RiskLevel,),
    FactKind.SHARED_PREMISES: (Known,),
    FactKind.GROUND: (Ground,),
    FactKind.PLAN: (DetailedPlan,),
    FactKind.SMALL_ISLAND: (Known,),
    FactKind.KEK: (Known,),
    FactKind.FOREIGN: (Known,),
    FactKind.BUILDING: (Building,),
}


def value_of(fact: Fact) -> Enum | None:
    """Return the member that a fact holds, None where it is a code, name or date."""
    for kind in _VALUES.get(fact.kind, ()):
        if fact.value in [member.value for member in kind]:
            return kind(fact.value)
    return None


def day_of(fact: Fact) -> str | None:
    """Return the day that a fact holds in words, None where it holds none."""
    return short_day(date.fromisoformat(fact.value)) if fact.kind is FactKind.AS_OF else None


def laws_of(reason: Conclusion[object], steps: Sequence[Step] = ()) -> list[Citation]:
    """Return the laws of a conclusion, then of its steps those that it does not speak for.

    The articles of a step lie inside those of its conclusion, unless it is another law or nobody
    has read it.
    """
    own = {citation.law for citation in reason.citations}
    more = [s.citation for s in steps if s.citation.law not in own or not s.citation.confirmed]
    return list(dict.fromkeys([*reason.citations, *more]))


def days_of(step: Step) -> str:
    """Return how long a step takes in words, "" where no number was read or it takes no time."""
    if step.automatic:
        return str(_("at once"))
    if step.days is None or step.days_at_least is None:
        return ""
    if step.unit is DayUnit.CALENDAR:
        return str(ngettext("%(num)d calendar day", "%(num)d calendar days", step.days))
    if step.days_at_least < step.days:
        return str(
            _("%(least)d to %(most)d working days", least=step.days_at_least, most=step.days)
        )
    return str(ngettext("%(num)d working day", "%(num)d working days", step.days))
