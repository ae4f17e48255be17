"""The floors: a bare Flask view that stores one row the same size, and a bare "hello", under the same gunicorn."""

import os
import secrets
import threading

import peewee
from flask import Flask, request

app = Flask(__name__)
url = os.environ.get("DATABASE_URL", "")
if url:
    database = peewee.PostgresqlDatabase("postgresql://" + url.split("://", 1)[1], prefer_psycopg3=True)
else:
    database = peewee.SqliteDatabase(
        f"{os.environ['INSTANCE']}/floor.sqlite3",
        pragmas={"journal_mode": "wal", "synchronous": "full"},
        lock_type="IMMEDIATE",
        timeout=30,
    )
writer = threading.Lock()
param = database.param
database.connect()
database.execute_sql(
    "CREATE TABLE IF NOT EXISTS floor (number "
    + ("BYTEA" if url else "BLOB")
    + " PRIMARY KEY, answers "
    + ("BYTEA" if url else "BLOB")
    + ")"
)
database.close()
SIZE = int(os.environ.get("FLOOR_BYTES", "102"))


@app.post("/store")
def store():
    form = request.form.to_dict(flat=False)
    answers = bytes(SIZE)
    with writer, database.atomic():
        database.execute_sql(
            f"INSERT INTO floor (number, answers) VALUES ({param}, {param})", (secrets.token_bytes(16), answers)
        )
    return f"stored {len(form)}"


@app.get("/hello")
def hello():
    return "hello"
