"""Extensions: made here, bound to the application in create_app()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from app.vault import Vault

if TYPE_CHECKING:
    from app.adapters.civil_registry import CivilRegistry
    from app.adapters.files import Files
    from app.adapters.messages import Messages
    from app.adapters.oss.port import Licensing

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table, with a name for every constraint so that migrations can drop them."""

    metadata = MetaData(naming_convention=NAMES)


class CompressedErrors(Compress):
    """Flask-Compress leaves errors alone; here a refused form is a page like any other."""

    def after_request(self, response: Response | None) -> Response:
        if response is None or response.status_code < 400:
            return super().after_request(response)
        status = response.status
        response.status_code = 200
        response = super().after_request(response)
        response.status = status
        return response


class Ports:
    """The outside, as the services see it. create_app() puts the chosen adapters in."""

    civil_registry: CivilRegistry
    files: Files
    licensing: Licensing
    messages: Messages


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base  # what it is for types: the library makes it while the program runs
else:
    Model = db.Model
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
htmx = Htmx()
compress = CompressedErrors()
# Where the shared counts cannot be reached, each process counts for itself meanwhile.
limiter = Limiter(get_remote_address, headers_enabled=False, in_memory_fallback_enabled=True)
vault = Vault()
ports = Ports()
