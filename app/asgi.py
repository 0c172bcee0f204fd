"""The service for the server: granian --interface asginl app.asgi:app"""

from app import lifeline
from app.serving import ReceivedWhole
from app.wsgi import app as program

lifeline.end_with_starter(is_child=True)
app = ReceivedWhole.of(program)
