"""The application for the server: granian --interface wsgi app.wsgi:app"""

from sqlalchemy.exc import SQLAlchemyError

from app import create_app
from app.extensions import db
from app.services.finder import get_finder
from app.services.reference import get_book

app = create_app()

with app.app_context():
    # Building these takes a second, which no person should wait for. Without tables yet (the
    # first `flask db upgrade` comes through here too) they are built when first asked for.
    try:
        if get_book().all_kbli(2025):
            get_finder(2025).search("kios")
    except SQLAlchemyError:
        pass
    finally:
        db.session.remove()
        db.engine.dispose()
