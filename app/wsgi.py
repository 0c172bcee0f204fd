"""The application for the server: granian --interface wsgi app.wsgi:app"""

from app import counting, create_app
from app.warmup import warm_up

app = create_app()
warm_up(app)
counting.start(app)
