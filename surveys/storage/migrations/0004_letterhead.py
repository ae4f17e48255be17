"""The letterhead of printed results, and the numbers of their documents."""

import peewee


def up(migrator, db):
    class Base(db.Model):
        class Meta:
            legacy_table_names = False

    class Survey(Base):
        pass

    class Letterhead(Base):
        id = peewee.IntegerField(primary_key=True)
        organisation = peewee.CharField(max_length=60, default="")
        pattern = peewee.CharField(max_length=60, default="")
        logo = peewee.BlobField(null=True)

        class Meta:
            constraints = [peewee.Check("id = 1")]

    class DocumentNumber(Base):
        survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
        number = peewee.CharField(max_length=20)

    db.create_tables([Letterhead, DocumentNumber])
