"""What units are compared with has a row for each unit: of thousands of units, one value would be 80 MB."""

import peewee


def up(migrator, db):
    class UnitDraw(db.Model):
        survey_id = peewee.IntegerField()
        unit = peewee.SmallIntegerField()
        draws = peewee.BlobField()
        better = peewee.BlobField()

        class Meta:
            legacy_table_names = False
            primary_key = peewee.CompositeKey("survey_id", "unit")

    db.create_tables([UnitDraw])
    migrator.migrate(migrator.drop_column("result", "draws"))
