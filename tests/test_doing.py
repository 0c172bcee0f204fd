"""Who did it: each way in says so, by marks that name nobody."""

from __future__ import annotations

import getpass
import socket

import pytest

from app.domain.dossier.events import Behalf, DoerRole, EventKind
from app.domain.law.legal_form import LegalForm
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.practice_space.line import DEVICE_COOKIE
from app.services.base import doers, events
from app.services.dossier import opening
from app.web.doing import SERVERS, UNNOTED, commands
from app.web.session import start_token
from tests.client import form_of
from tests.factories import looking, open_dossier, pin_hash, raw_rows, sent_dossier


def told(event: Event) -> tuple[str | None, str | None, bool, str | None]:
    return event.role, event.actor, bool(event.terminal), event.behalf


def test_a_browser_is_the_owner_at_one_terminal_until_it_is_left(app, client):
    marks = []
    for _ in range(2):
        dossier_id = open_dossier(app, client)
        form_of(client.get("/berkas/data-saya/tarik"), "/tarik").submit()
        with looking(app) as session:
            *before, last = session.get(Dossier, dossier_id).events
            assert {told(event) for event in before} == {("system", "worker", False, "owner")}
            assert told(last) == ("person", "owner", True, "self")
            marks.append(last.terminal)
    assert len(set(marks)) == 2
    assert {len(mark) for mark in marks} == {12}


@pytest.mark.parametrize("shared", [True, False])
def test_a_shared_terminal_is_marked_as_such(app, shared):
    cookie = {"Cookie": f"{DEVICE_COOKIE}=1"} if shared else {}
    with app.test_request_context("/berkas/diri", method="POST", headers=cookie):
        start_token()
        assert doers.current().terminal.startswith("shared-") is shared


@pytest.mark.parametrize(
    ("form", "behalf"), [(LegalForm.PT, Behalf.ENTITY), (LegalForm.INDIVIDUAL, Behalf.SELF)]
)
def test_a_person_acts_for_themselves_or_for_their_company(app, form, behalf):
    with app.test_request_context("/berkas/diri", method="POST"):
        dossier = opening.start(pin_hash(), "id")
        dossier.legal_form = form
        assert events.record(dossier, EventKind.SENT).behalf == behalf
        db.session.rollback()


def test_a_command_is_by_staff_for_the_owner_and_names_nobody(app):
    with looking(app) as session:
        dossier_id = opening.start(pin_hash(), "id").id
        session.commit()
        number = session.get(Dossier, dossier_id).support_number
    assert app.test_cli_runner().invoke(args=["dossier", "unlock", number]).exit_code == 0
    with looking(app) as session:
        event = session.get(Dossier, dossier_id).events[-1]
        assert event.kind == EventKind.PIN_UNLOCKED
        assert told(event) == ("staff", event.actor, True, "owner")
        assert event.actor != getpass.getuser()
    kept = repr(raw_rows(app)["events"])
    assert not {getpass.getuser(), socket.gethostname()} & set(kept.split("'"))


def test_what_a_job_learns_is_by_the_program(app):
    """Also when the browser of the person waits for it."""
    with looking(app):
        by_kind = {event.kind: event.role for event in sent_dossier().events}
    assert by_kind[EventKind.NIB_RECEIVED] == DoerRole.SYSTEM


def test_every_command_says_who_gave_it(app):
    found = {words: c for words, c in commands(app.cli) if not words.startswith("db ")}
    assert set(found) >= SERVERS | UNNOTED
    bare = {words for words, command in found.items() if not hasattr(command.callback, "is_noted")}
    assert bare - SERVERS == set()
