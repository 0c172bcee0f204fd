"""What a step page is made of. The steps themselves stand in person.py and business.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.law.legal_form import RULES
from app.models.dossier import Activity, Dossier, Job
from app.services.dossier.activity import activity_at

Form = Any


@dataclass(frozen=True)
class At:
    """Where a step is taken: the dossier, and which of its activities (0 for all other steps)."""

    dossier: Dossier
    position: int = 0

    @property
    def activity(self) -> Activity:
        """The activity in question."""
        return activity_at(self.dossier, self.position)

    @property
    def is_there(self) -> bool:
        """Return whether the activity is still there: it may have been taken out."""
        return any(one.position == self.position for one in self.dossier.activities)

    @property
    def is_entity(self) -> bool:
        """Return whether the person acts for a company, group or branch."""
        return RULES[self.dossier.legal_form].is_entity

    @property
    def is_main(self) -> bool:
        """Return whether this is the main activity."""
        return self.activity is self.dossier.activity


def nothing(*_args: Any) -> None:
    return None


def no_context(_form: Form, _at: At) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class StepPage:
    """One step. fill: answers -> form data; prepare: lists to choose from; save: form -> answers.

    only_shows: a button that changes the page but saves nothing (search, show the villages).
    accepts: a check that needs more than the form's own fields. entity_form: asked instead of
    `form` where somebody acts for a company, group or branch.
    """

    form: type[Form]
    template: str
    fill: Callable[[At], dict[str, Any]]
    save: Callable[[At, Form], Job | None]
    prepare: Callable[[Form, At], None] = nothing
    context: Callable[[Form, At], dict[str, Any]] = no_context
    only_shows: Callable[[Mapping[str, str]], bool] = lambda typed: False
    accepts: Callable[[Form, Any], bool] = lambda form, typed: True
    entity_form: type[Form] | None = None

    def form_class(self, at: At) -> type[Form]:
        """Return the form that this applicant is asked."""
        return self.entity_form if self.entity_form and at.is_entity else self.form
