"""The committee's evaluation."""

import peewee
from peewee import Check, CompositeKey


def up(migrator, db):
    class Base(db.Model):
        class Meta:
            legacy_table_names = False

    class Survey(Base):
        pass

    class Evaluation(Base):
        survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
        scheme = peewee.TextField()
        own_until = peewee.BigIntegerField(null=True)
        first_signer = peewee.CharField(max_length=60, default="")
        first_signed_at = peewee.BigIntegerField(null=True)
        second_signer = peewee.CharField(max_length=60, default="")
        second_signed_at = peewee.BigIntegerField(null=True)
        digest = peewee.CharField(max_length=64, default="")

        class Meta:
            constraints = [Check("(digest = '') = (second_signer = '')")]

    class EvaluationEntry(Base):
        survey_id = peewee.IntegerField()
        unit = peewee.SmallIntegerField()
        criterion = peewee.CharField(max_length=40)
        source = peewee.CharField(max_length=40)
        judge = peewee.CharField(max_length=60, default="")
        points = peewee.CharField(max_length=12)
        reason = peewee.CharField(max_length=500, default="")
        changed_by = peewee.CharField(max_length=60)

        class Meta:
            primary_key = CompositeKey("survey_id", "unit", "criterion", "source", "judge")

    class EvaluationChange(Base):
        survey_id = peewee.IntegerField(index=True)
        unit = peewee.SmallIntegerField()
        criterion = peewee.CharField(max_length=40)
        source = peewee.CharField(max_length=40)
        judge = peewee.CharField(max_length=60, default="")
        old = peewee.CharField(max_length=12, default="")
        new = peewee.CharField(max_length=12, default="")
        reason = peewee.CharField(max_length=500, default="")
        changed_by = peewee.CharField(max_length=60)
        changed_at = peewee.BigIntegerField()

    db.create_tables([Evaluation, EvaluationEntry, EvaluationChange, *links_and_decisions(Base)])


def links_and_decisions(Base):
    class EvaluationLink(Base):
        survey_id = peewee.IntegerField()
        unit = peewee.SmallIntegerField()
        link_hash = peewee.CharField(max_length=64, null=True, unique=True)
        opened = peewee.BooleanField(default=False)
        handed_in_at = peewee.BigIntegerField(null=True)

        class Meta:
            primary_key = CompositeKey("survey_id", "unit")

    class EvaluationDecision(Base):
        survey_id = peewee.IntegerField()
        quota = peewee.SmallIntegerField()
        chosen = peewee.TextField(default="")
        reason = peewee.CharField(max_length=500)
        decided_by = peewee.CharField(max_length=60)
        decided_at = peewee.BigIntegerField()

        class Meta:
            primary_key = CompositeKey("survey_id", "quota")

    return EvaluationLink, EvaluationDecision
