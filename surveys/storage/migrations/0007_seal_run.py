"""How far the seal of a survey has come: it is done in steps."""

import peewee


def up(migrator, db):
    class Base(db.Model):
        class Meta:
            legacy_table_names = False

    class Survey(Base):
        pass

    class SealRun(Base):
        survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
        worker = peewee.BlobField()
        phase = peewee.CharField(max_length=12)
        after = peewee.BlobField()
        done = peewee.IntegerField()
        total = peewee.IntegerField()

    db.create_tables([SealRun])
