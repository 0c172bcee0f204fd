"""The application for the server: granian --interface wsgi app.wsgi:app"""

import os

from sqlalchemy.exc import SQLAlchemyError

from app import NoInstallation, create_app
from app.storage import purpose
from app.work import counting
from app.work.warmup import warm_up

try:
    app = create_app()
    # A flask command comes through here too; it only looks, so that trying one decides nothing.
    if "ONLY_RESTORES" not in app.config:
        purpose.claim(app, keep=os.environ.get("FLASK_RUN_FROM_CLI") != "true")
except (purpose.OtherPurpose, NoInstallation) as error:
    raise SystemExit(error.message) from error
except SQLAlchemyError:
    pass  # no tables yet (the first `flask db upgrade`), or no database: each connection compares
if "ONLY_RESTORES" not in app.config:
    warm_up(app)
    counting.start(app)
