"""Questionnaires remember what they were called before, so that old addresses lead to them."""

import peewee


def up(migrator, db):
    # Without NOT NULL, for the reason in 0005.
    migrator.migrate(migrator.add_column("questionnaire", "former_keys", peewee.TextField(null=True)))
