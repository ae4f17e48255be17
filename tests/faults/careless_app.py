"""The service with addresses at which everything goes wrong that can, always quoting what was sent."""

import gc
import logging
import threading
import warnings

from flask import request

from app import app

ways = app.extensions["careless"] = {}


def way(act):
    ways[act.__name__] = act
    return act


def sent() -> str:
    return f"{request.remote_addr} {request.form.get('code')} {request.headers.get('X-Forwarded-For')}"


class Careless:
    def __init__(self, text):
        self.text = text

    def __del__(self):
        raise ValueError(self.text)


@way
def view():
    try:
        int(sent())
    except ValueError as error:
        raise KeyError(sent()) from error


@way
def stream():
    text = sent()

    def parts():
        yield "begun"
        raise ValueError(text)

    return app.response_class(parts())


@way
def thread():
    one = threading.Thread(target=int, args=[sent()])
    one.start()
    one.join()
    return "done"


@way
def collected():
    Careless(sent())
    gc.collect()
    return "done"


@way
def library():
    logging.getLogger("some.library").warning("from %s", sent())
    app.logger.handlers[0].handle(logging.makeLogRecord({"levelno": 40, "levelname": "ERROR", "msg": sent()}))
    warnings.warn(sent(), stacklevel=1)
    return "done"


@way
def header():
    return "done", {"X-Sent": sent() + "\N{SNOWMAN}"}


@app.errorhandler(RecursionError)
def handler_that_fails(error):
    raise ValueError(str(error))


@way
def handler():
    raise RecursionError(sent())


@app.teardown_request
def teardown(error):
    if request.args.get("way") == "teardown":
        raise ValueError(sent())


@way
def teardown_only():
    return "done"


@app.post("/s/careless")
@app.extensions["csrf"].exempt
def careless():
    return ways.get(request.args.get("way", ""), teardown_only)()
