"""The application object that gunicorn and `flask --app app` load."""

from surveys import create_app

app = create_app()
