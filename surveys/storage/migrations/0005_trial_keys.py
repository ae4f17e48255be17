"""Surveys have a random key that signs the links of their trial."""

import secrets

import peewee


def up(migrator, db):
    # Without NOT NULL: SQLite would write the table anew for it, and remove what refers to its rows.
    migrator.migrate(migrator.add_column("survey", "trial_key", peewee.CharField(max_length=32, null=True)))

    class Survey(db.Model):
        trial_key = peewee.CharField(max_length=32, null=True)

        class Meta:
            legacy_table_names = False

    for survey in Survey.select():
        Survey.update(trial_key=secrets.token_hex(16)).where(Survey.id == survey.id).execute()
