"""The service for the server: granian --interface asginl app.asgi:app"""

from app.serving import ReceivedWhole
from app.wsgi import app as program

app = ReceivedWhole.of(program)
