"""Figures for those who watch: true, of nobody, for nobody else; and what is built upon them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update
from werkzeug.test import Client

from app.config import ROOT
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Job
from app.models.duty import Answered
from app.services.base import duties, jobs, traffic
from app.services.base.duties import DutyName
from app.services.base.jobs import JobKind
from app.services.messages import outbox
from app.work import counting, metrics, sealing
from tests.browser.served import free_port
from tests.factories import looking, sent_dossier

RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
BOARD = ROOT / "deploy" / "grafana" / "board.json"
PAGE = ROOT / "docs" / "running" / "watching.md"
TOKEN = "t" * 24


@pytest.fixture(autouse=True)
def nothing_counted(app):
    traffic.tally.take()
    yield
    traffic.tally.take()


def figures(app) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = Client(metrics.only_who_may(app)).get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_room_and_status(app, client):
    client.get("/")
    client.get("/")
    client.get("/tidak-ada")
    client.get("/healthz")
    assert counting.flush_traffic(app)
    client.get("/en/")
    assert counting.flush_traffic(app)
    found = figures(app)
    assert found["oss_requests_total", ("open", "2xx")] == 3
    assert found["oss_requests_total", ("none", "4xx")] == 1
    assert found["oss_requests_total", ("machines", "2xx")] == 1
    assert found["oss_requests_slow_total", ("open", "2xx")] == 0
    assert found["oss_request_seconds_total", ("open", "2xx")] > 0


def test_counts_that_cannot_be_kept_come_again(app, monkeypatch):
    traffic.tally.add("open", 200, 1.5)
    traffic.tally.add("open", 204, 1.0)

    def away(_taken: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(traffic, "keep", away)
        assert not counting.flush_traffic(app)
    traffic.tally.add("open", 503, 0.1)
    assert counting.flush_traffic(app)
    assert counting.flush_traffic(app), "nothing is left"
    with looking(app) as session:
        rows = session.execute(
            select(Answered.status, Answered.requests, Answered.slow, Answered.milliseconds)
            .where(Answered.room == "open").order_by(Answered.status)
        ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [("2xx", 2, 1, 2500), ("5xx", 1, 0, 100)]


def test_what_waits_is_told_with_its_age(app):
    now = datetime.now(UTC)
    with app.app_context():
        dossier = sent_dossier()
        db.session.execute(update(Job).values(done_at=now))
        job = jobs.plan(JobKind.LICENCE_POLL, dossier.id, now - timedelta(hours=2))
        job.attempts = 3
        outbox.announce(dossier, MessageKind.APPROVED, dedupe="uji")
        duties.told(DutyName.BACKUP, now - timedelta(hours=30), well=True)
        duties.told(DutyName.TRIAL, now, well=False)
        db.session.commit()
        sealing.seal_now(app.config["SETTINGS"], now - timedelta(hours=1))
        db.session.remove()
    found = figures(app)
    assert found["oss_jobs_due", ("licence_poll",)] == 1
    assert 7200 <= found["oss_jobs_oldest_due_seconds", ()] < 7300
    assert found["oss_office_jobs_in_vain", ("oss",)] == 1
    assert found["oss_office_jobs_in_vain", ("registry",)] == 0
    assert found["oss_messages_oldest_unsent_seconds", ("sms",)] < 60
    assert found["oss_backup_age_seconds", ()] >= 30 * 3600
    assert found["oss_trial_failed", ()] == 1
    assert 3600 <= found["oss_seal_age_seconds", ()] < 3700
    assert found["oss_database_up", ()] == 1
    assert found["oss_web_up", ()] == 0, "nobody serves in this test"
    assert found["oss_disk_free_bytes", ()] > 0


def test_nobody_is_named(app):
    with app.app_context():
        dossier = sent_dossier()
        secrets = [dossier.support_number, dossier.applicant.nik, dossier.applicant.name]
        db.session.remove()
    traffic.tally.add("open", 200, 0.1)
    counting.flush_traffic(app)
    text = Client(metrics.only_who_may(app)).get("/metrics").text
    assert [each for each in secrets if each in text] == []
    labels = {name for each in text_string_to_metric_families(text)
              for sample in each.samples for name in sample.labels}  # fmt: skip
    assert labels == {"version", "mode", "room", "status", "kind", "state", "channel", "office"}


def test_a_database_that_is_away_is_told(app, monkeypatch):
    def away(_now: datetime) -> None:
        raise OSError

    monkeypatch.setattr(metrics, "_jobs", away)
    found = figures(app)
    assert found["oss_database_up", ()] == 0
    assert ("oss_disk_free_bytes", ()) in found
    assert not [name for name, _labels in found if name.startswith("oss_requests")]


def test_only_who_may_ask_is_answered(app, make_app):
    far = make_app(METRICS_LISTEN="10.0.0.5:9108", METRICS_TOKEN=TOKEN, testing=True)
    browser = Client(metrics.only_who_may(far))
    for headers in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
        refused = browser.get("/metrics", headers=headers)
        assert (refused.status_code, refused.text) == (401, "")
    allowed = {"Authorization": f"Bearer {TOKEN}"}
    assert browser.get("/metrics", headers=allowed).status_code == 200
    assert browser.post("/metrics", headers=allowed).status_code == 404
    assert browser.get("/", headers=allowed).status_code == 404
    assert app.test_client().get("/metrics").status_code == 404, "never on the public port"


def test_the_port_is_opened_where_one_is_named_and_on_this_machine_alone(app, make_app):
    assert metrics.start(app) is None
    port = free_port()
    here = make_app(METRICS_LISTEN=f"127.0.0.1:{port}", testing=True)
    stop = metrics.start(here)
    assert stop is not None
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert b"oss_database_up 1.0" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)
        assert metrics.start(here) is None, "the port is taken, and the worker goes on"
    finally:
        stop()


# What is built upon them


def rules() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    return found


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\boss_[a-z0-9_]+", expression))


@pytest.fixture
def every_figure(app) -> set[str]:
    """The names of all figures, where each duty was done once and a request was answered."""
    with app.app_context():
        for name in DutyName:
            duties.told(name, datetime.now(UTC), well=True)
        db.session.commit()
        sealing.seal_now(app.config["SETTINGS"], datetime.now(UTC))
        db.session.remove()
    traffic.tally.add("open", 200, 0.1)
    counting.flush_traffic(app)
    return {name for name, _labels in figures(app)}


def test_rules_and_board_use_figures_that_there_are(every_figure):
    board = json.loads(BOARD.read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in rules()]
    assert len(asked) > 20
    for expression in asked:
        assert names_in(expression) <= every_figure, expression
    used = set().union(*map(names_in, asked))
    assert every_figure - used == {"oss_info"}, "a figure that nobody looks at"


def test_the_page_lists_the_rules_as_they_are():
    listed = re.findall(
        r"^\| (\w+) \| `(.+)` \| (\w+) \| (page|ticket) \| (.+) \|$", PAGE.read_text(), re.M
    )
    assert [(n, e.replace("\\|", "|"), f, s, w) for n, e, f, s, w in listed] == [
        (
            rule["alert"],
            rule["expr"],
            rule["for"],
            rule["labels"]["severity"],
            f"{rule['annotations']['summary']} {rule['annotations']['action']}",
        )
        for rule in rules()
    ]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Prometheus is not installed")
def test_prometheus_takes_the_rules_and_they_tell_when_they_should():
    folder = RULES.parent
    for command in (
        ["check", "rules", "rules.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "rules.test.yml"],
    ):
        done = subprocess.run(["promtool", *command], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
