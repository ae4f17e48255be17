"""Campaigns, their surveys, and how units are followed from one round to the next."""

import peewee
from peewee import Check, CompositeKey


def up(migrator, db):
    class Base(db.Model):
        class Meta:
            legacy_table_names = False

    class Survey(Base):
        pass

    class Campaign(Base):
        code = peewee.CharField(max_length=40, unique=True)
        name = peewee.CharField(max_length=100)
        name_en = peewee.CharField(max_length=200, default="")
        stages = peewee.TextField()

    class CampaignSurvey(Base):
        survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
        campaign = peewee.ForeignKeyField(Campaign, on_delete="RESTRICT")
        stage = peewee.SmallIntegerField()

        class Meta:
            constraints = [Check("stage BETWEEN 0 AND 3")]

    class RoundMapping(Base):
        older = peewee.ForeignKeyField(Survey, on_delete="CASCADE")
        newer = peewee.ForeignKeyField(Survey, on_delete="CASCADE")
        pairs = peewee.TextField()

        class Meta:
            primary_key = CompositeKey("older", "newer")

    db.create_tables([Campaign, CampaignSurvey, RoundMapping])
