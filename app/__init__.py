"""OSS Sorong: create_app() builds and connects, and decides nothing itself."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click
from flask import Flask

from app import gateways, i18n, labels, logs, modes
from app.commands import backup, main
from app.config import ROOT, NikCheckMode, PracticeSpace, Settings, read_settings
from app.domain.oss.service_mode import ServiceMode
from app.extensions import babel, compress, csrf, db, htmx, limiter, migrate, vault
from app.practice_space import keeper
from app.practice_space.line import DEVICE_COOKIE, MOUNT, SESSION_COOKIE, PracticeLine
from app.routes import blueprints
from app.routes.help import kit, topics
from app.services.kbli import boundaries
from app.services.law import rules
from app.services.messages.outbox import code_way
from app.simulators.dukcapil import made_up_people
from app.storage import purpose
from app.storage.database import engine_options, prepare_engine
from app.storage.keyfile import has_secrets, key_source, load_secrets
from app.web import assets, doing, errors, setup, traffic
from app.web.limiting import known_browser, proxies, shared_counts
from app.web.session import SESSION_LENGTH
from app.work import handlers

BODY_AT_MOST = 64 * 1024  # no form here needs more; papers and photos will get their own limit


class NoInstallation(click.ClickException):
    """A command was given for a folder in which nothing was ever started."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"There is no installation in {settings.instance}. Name its folder: INSTANCE=/path. "
            "`make run` makes a new one; so does INSTALL=1 before this command. "
            "Nothing was changed."
        )


def _is_stray_command(settings: Settings) -> bool:
    """Return whether a command would make an installation that nobody asked for.

    Its keys would be rotated, and its files counted, in place of those of the service.
    """
    is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
    return is_command and os.environ.get("INSTALL") != "1" and not has_secrets(settings.instance)


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """Return the application. Raises BadSettings when the environment holds a mistake.

    Raises purpose.OtherPurpose for a data folder that is for something else, NoInstallation for a
    flask command where there is none.
    """
    os.umask(0o077)  # whatever the way in: the database and its keys are for this account alone
    settings = settings or read_settings()
    if _is_stray_command(settings):
        if "restore" in sys.argv[1:]:
            return backup.empty_app(settings, create_app)
        raise NoInstallation(settings)
    keys = load_secrets(settings.instance)
    purpose.check_folder(keys.purpose, settings)
    vault.keys, vault.current = keys.data_keys, keys.current_data_key
    vault.index_key = keys.index_key
    vault.source = key_source(settings.instance)
    vault.read_at = time.monotonic()

    app = Flask(__name__, instance_path=str(settings.instance), static_folder=None)
    app.config.update(
        TESTING=testing,
        SETTINGS=settings,
        MADE_UP=frozenset(person.nik for person in made_up_people()),
        SECRET_KEY=keys.session_key,
        SESSION_COOKIE_NAME=SESSION_COOKIE if settings.is_inside else "s",
        SESSION_COOKIE_PATH=MOUNT if settings.is_inside else "/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_LENGTH,
        MAX_CONTENT_LENGTH=BODY_AT_MOST,
        MAX_FORM_MEMORY_SIZE=BODY_AT_MOST,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        BABEL_DEFAULT_LOCALE=i18n.DEFAULT,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        WTF_CSRF_CHECK_DEFAULT=False,  # forms check it, so that a stale page comes back filled
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may lie open for hours
        RATELIMIT_STORAGE_URI=shared_counts.storage_of(settings),
        RATELIMIT_ENABLED=not testing,
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_MIN_SIZE=200,
        COMPRESS_BR_LEVEL=6,  # level 9 saves nothing here and takes 20 times as long
        COMPRESS_BR_WINDOW=16,
        COMPRESS_BR_MODE=1,  # text
        COMPRESS_MIMETYPES=["text/html", "application/json", "text/plain", "application/pdf"],
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals["in_training"] = modes.in_training
    app.jinja_env.globals["code_way"] = code_way
    app.jinja_env.globals["asks_oss"] = settings.mode is ServiceMode.CONNECTED
    app.jinja_env.globals["nik_by_staff"] = settings.nik_check is NikCheckMode.MANUAL

    app.before_request(errors.refuse_first)  # before anything that counts or reads
    logs.init_app(app, settings.log_level)
    db.init_app(app)
    with app.app_context():
        prepare_engine(settings)
        purpose.guard(db.engine, settings)
    migrate.init_app(app, db, directory=str(Path(__file__).parent / "migrations"))
    babel.init_app(app, locale_selector=i18n.chosen_language)
    csrf.init_app(app)
    htmx.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    i18n.init_app(app)
    labels.init_app(app)
    assets.init_app(app)
    setup.init_app(app)
    known_browser.init_app(app)
    gateways.init_app(app, settings, keys)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    topics.init_app(app)
    kit.init_app(app)
    traffic.init_app(app)
    main.init_app(app)
    doing.init_app(app)
    rules.check_tables()
    handlers.check()
    boundaries.boundaries()  # read now, so that a mistake in the files is seen at the start
    if settings.practice_space is PracticeSpace.ON:
        app.wsgi_app = PracticeLine(  # type: ignore[method-assign]
            app.wsgi_app,
            keeper.socket_of(settings),
            slots=keeper.slots_of(settings),
            shared_cookies=(assets.STYLE_COOKIE, DEVICE_COOKIE),
        )
    app.wsgi_app = proxies.behind(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app
