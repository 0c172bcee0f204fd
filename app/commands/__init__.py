"""Commands for those who run the service: `flask --app app.wsgi …`."""
