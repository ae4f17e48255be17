"""The service mounted under /survey by WSGI, as gunicorn serves it: what is outside is not found."""

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import app as service

app = DispatcherMiddleware(NotFound(), {"/survey": service.wsgi_app})
