"""Figures for Prometheus, on a port of their own in the worker. See docs/running/watching.md.

Everything is read from the database when asked, so it does not matter how many processes serve,
and which of them has ended. Nobody is named. Only this machine may ask, or whoever has the token.
"""

from __future__ import annotations

import hmac
import shutil
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from app import clock
from app.config import Settings
from app.domain.oss.handover import HandoverState
from app.domain.sending.messages import Channel, MessageState
from app.extensions import db
from app.models.dossier import Handover, Job
from app.models.message import Message
from app.services.audit import seals
from app.services.backup.manifest import program
from app.services.base import duties, traffic
from app.services.base.duties import DutyName
from app.services.base.jobs import JobKind
from app.services.messages.outbox import LEFT
from app.services.nik import watch

_OFFICES = {
    JobKind.HANDOVER: "oss", JobKind.LICENCE_POLL: "oss", JobKind.LICENCE_REPORT: "oss",
    JobKind.NIB_CHECK: "oss", JobKind.RECONCILE: "oss", JobKind.NIK_CHECK: "registry",
}  # fmt: skip
_TRIES = 3  # so often in vain, and it is no hiccup
_LOOK_WITHIN_S = 3.0


class States(Collector):
    """Asks the database for everything, each time."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield all figures; without a database, that it is away and what is known without it."""
        settings: Settings = self._app.config["SETTINGS"]
        info = GaugeMetricFamily("oss_info", "Which program", labels=["version", "mode"])
        info.add_metric([program(), str(settings.mode)], 1)
        yield info
        yield _one("oss_web_up", "1 when the web process answers /healthz", _web_answers(settings))
        usage = shutil.disk_usage(settings.instance)
        yield _one("oss_disk_free_bytes", "Room on the disk of the data", usage.free)
        yield _one("oss_disk_bytes", "Size of the disk of the data", usage.total)
        with self._app.app_context(), self._app.test_request_context():  # a request that reads
            try:
                found = list(_from_database(settings, clock.now()))
            except Exception as error:
                self._app.extensions["log"].error("metrics_failed", kind=type(error).__name__)
                found = []
            finally:
                db.session.rollback()
                db.session.remove()
        yield _one("oss_database_up", "1 when the database answers", int(bool(found)))
        yield from found


def _one(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_, value=value)


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def _from_database(settings: Settings, now: datetime) -> Iterator[Metric]:
    for read in (_requests, _jobs, _messages, _handovers, _offices):
        yield from read(now)
    yield from _copies(settings, now)


def _requests(now: datetime) -> Iterator[Metric]:
    labels = ["room", "status"]
    many = CounterMetricFamily("oss_requests", "Requests answered", labels=labels)
    slow = CounterMetricFamily("oss_requests_slow", "Of these, longer than 1 s", labels=labels)
    took = CounterMetricFamily("oss_request_seconds", "Seconds spent on them", labels=labels)
    for row in traffic.all_kept():
        many.add_metric([row.room, row.status], row.requests)
        slow.add_metric([row.room, row.status], row.slow)
        took.add_metric([row.room, row.status], row.milliseconds / 1000)
    yield from (many, slow, took)


def _jobs(now: datetime) -> Iterator[Metric]:
    is_open = Job.done_at.is_(None)
    due = GaugeMetricFamily("oss_jobs_due", "Jobs that are due and not done", labels=["kind"])
    query = select(Job.kind, func.count()).where(is_open, Job.due_at <= now).group_by(Job.kind)
    counted = dict(db.session.execute(query).all())
    for kind in JobKind:
        due.add_metric([kind], counted.get(kind, 0))
    yield due
    oldest = db.session.scalar(select(func.min(Job.due_at)).where(is_open))
    yield _one("oss_jobs_oldest_due_seconds", "How long the oldest job is due", _age(oldest, now))


def _messages(now: datetime) -> Iterator[Metric]:
    states = GaugeMetricFamily("oss_messages", "Messages by state", labels=["state"])
    query = select(Message.state, func.count()).group_by(Message.state)
    counted = dict(db.session.execute(query).all())
    for state in MessageState:
        states.add_metric([state], counted.get(state, 0))
    yield states
    oldest = GaugeMetricFamily(
        "oss_messages_oldest_unsent_seconds", "How late the oldest one is", labels=["channel"]
    )
    waits = select(Message.channel, func.min(Message.planned_for))
    waits = waits.where(Message.state.in_(LEFT)).group_by(Message.channel)
    since = dict(db.session.execute(waits).all())
    for channel in Channel:
        if channel is not Channel.PAGE:
            oldest.add_metric([channel], _age(since.get(channel), now))
    yield oldest


def _handovers(now: datetime) -> Iterator[Metric]:
    waits = Handover.state == HandoverState.WAITING
    many, oldest = db.session.execute(
        select(func.count(), func.min(Handover.created_at)).where(waits)
    ).one()
    yield _one("oss_handovers_waiting", "Files that OSS has not got yet", many)
    yield _one("oss_handover_oldest_unsent_seconds", "How long the oldest waits", _age(oldest, now))


def _offices(now: datetime) -> Iterator[Metric]:
    trouble = watch.open_troubles()
    yield _one("oss_registry_trouble", "1 while the registry gives no verdicts", bool(trouble))
    yield _one("oss_nik_waiting", "Files whose NIK waits for a verdict", watch.waiting().checks)
    vain = GaugeMetricFamily(
        "oss_office_jobs_in_vain", "Jobs that an office has not answered 3 times", labels=["office"]
    )
    query = select(Job.kind, func.count()).where(Job.done_at.is_(None), Job.attempts >= _TRIES)
    counted = dict(db.session.execute(query.group_by(Job.kind)).all())
    for office in ("oss", "registry"):
        kinds = [kind for kind, whose in _OFFICES.items() if whose == office]
        vain.add_metric([office], sum(counted.get(kind, 0) for kind in kinds))
    yield vain


def _copies(settings: Settings, now: datetime) -> Iterator[Metric]:
    rows = duties.all_told()
    yield _one("oss_backup_wanted", "1 where copies are to be made", int(bool(settings.backup_to)))
    for name, metric in (
        (DutyName.BACKUP, "oss_backup_age_seconds"),
        (DutyName.COPY, "oss_papers_copied_age_seconds"),
        (DutyName.TRIAL, "oss_trial_age_seconds"),
    ):
        if row := rows.get(name):
            yield _one(metric, "Since it last went well", _age(row.since, now))
    trial = rows.get(DutyName.TRIAL)
    failed = trial is not None and not trial.well
    yield _one("oss_trial_failed", "1 when the last copy could not be restored", failed)
    last = seals.newest()
    if last is not None:
        yield _one("oss_seal_age_seconds", "Since the record was last sealed", _age(last.at, now))


def _web_answers(settings: Settings) -> int:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    try:
        address = f"http://{host}:{settings.port}/healthz"
        with urllib.request.urlopen(address, timeout=_LOOK_WITHIN_S) as answer:
            return int(answer.status == 200)
    except OSError:
        return 0


# The port


def only_who_may(app: Flask) -> Callable[..., Any]:
    """Return what answers: /metrics to GET, to whoever has the token where there is one."""
    settings: Settings = app.config["SETTINGS"]
    registry = CollectorRegistry(auto_describe=False)
    registry.register(States(app))
    wanted = f"Bearer {settings.metrics_token}" if settings.metrics_token else None

    @Request.application
    def answer(request: Request) -> Response:
        said = request.headers.get("Authorization", "")
        if wanted is not None and not hmac.compare_digest(said.encode(), wanted.encode()):
            return Response("", 401, {"WWW-Authenticate": "Bearer"})
        if request.path != "/metrics" or request.method not in {"GET", "HEAD"}:
            return Response("", 404)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return answer


class _Quiet(WSGIRequestHandler):
    """Who asks each few seconds fills no log, and nobody holds the one thread for ever."""

    timeout = 10

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def start(app: Flask) -> Callable[[], None] | None:
    """Answer in a thread, where the settings name a port; what is returned ends it."""
    settings: Settings = app.config["SETTINGS"]
    if settings.metrics_listen is None or settings.is_inside:
        return None
    host, port = settings.metrics_listen
    try:
        server = make_server(host, port, only_who_may(app), request_handler=_Quiet)
    except (OSError, SystemExit):  # werkzeug ends the program where the port is taken
        app.extensions["log"].error("metrics_port_taken", port=port)
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop
