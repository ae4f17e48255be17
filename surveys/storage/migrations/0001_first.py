"""The first schema."""

import peewee
from peewee import Check, CompositeKey


def up(migrator, db):
    class Base(db.Model):
        class Meta:
            legacy_table_names = False

    # Clustered by the random number: rows lie together by survey, and an index less to write for each ballot.
    clustered = isinstance(db, peewee.SqliteDatabase)
    db.create_tables(
        [
            *organisation(Base),
            *questionnaires(Base),
            *admissions(Base, clustered),
            *ballots(Base, clustered),
            *paper_ballots(Base),
            *staff(Base),
            *instance(Base),
        ]
    )


def organisation(Base):
    class Unit(Base):
        code = peewee.CharField(max_length=40, unique=True)
        name = peewee.CharField(max_length=100)
        name_en = peewee.CharField(max_length=200, default="")
        kind = peewee.CharField(max_length=20)
        parent = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT")

    return (Unit,)


def questionnaires(Base):
    class Questionnaire(Base):
        key = peewee.CharField(max_length=40, unique=True)
        definition = peewee.TextField()
        revision = peewee.IntegerField(default=1)
        changed_by = peewee.CharField(max_length=60, default="")
        changed_at = peewee.BigIntegerField(default=0)
        archived = peewee.BooleanField(default=False)

    class QuestionnaireVersion(Base):
        questionnaire = peewee.ForeignKeyField(Questionnaire, on_delete="CASCADE")
        begun_at = peewee.BigIntegerField()
        saved_at = peewee.BigIntegerField()
        saved_by = peewee.CharField(max_length=60, default="")
        definition = peewee.TextField()

    class QuestionnaireEditor(Base):
        questionnaire = peewee.ForeignKeyField(Questionnaire, on_delete="CASCADE")
        account = peewee.CharField(max_length=60)
        seen_at = peewee.BigIntegerField()

        class Meta:
            primary_key = CompositeKey("questionnaire", "account")

    class Edition(Base):
        key = peewee.CharField(max_length=40, index=True)
        number = peewee.IntegerField()
        digest = peewee.CharField(max_length=64, unique=True)
        definition = peewee.TextField()

        class Meta:
            indexes = ((("key", "number"), True),)

    return Questionnaire, QuestionnaireVersion, QuestionnaireEditor, Edition, *surveys(Base, Edition)


def surveys(Base, Edition):
    class Survey(Base):
        slug = peewee.CharField(max_length=40, unique=True)
        state = peewee.CharField(max_length=12, default="draft")
        opens_at = peewee.BigIntegerField()
        closes_at = peewee.BigIntegerField()
        grace_minutes = peewee.IntegerField(default=10)
        late_until = peewee.BigIntegerField()
        edition = peewee.ForeignKeyField(Edition, null=True, on_delete="RESTRICT")
        plan = peewee.TextField()
        plan_digest = peewee.CharField(max_length=64)
        revision = peewee.IntegerField(default=1)
        changed_by = peewee.CharField(max_length=60, default="")
        people = peewee.TextField(default="{}")

        class Meta:
            constraints = [Check("state IN ('draft', 'published', 'paused', 'sealed')")]

    class Result(Base):
        survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
        sealed_at = peewee.BigIntegerField()
        method = peewee.CharField(max_length=20)
        digest = peewee.CharField(max_length=64)
        ballots_digest = peewee.CharField(max_length=64)
        receipts_digest = peewee.CharField(max_length=64)
        ballots = peewee.IntegerField()
        receipts = peewee.IntegerField()
        lost = peewee.IntegerField(default=0)
        lost_first = peewee.CharField(max_length=60, default="")
        lost_second = peewee.CharField(max_length=60, default="")
        body = peewee.TextField()

    class LostBallots(Base):
        survey_id = peewee.IntegerField(primary_key=True)
        ballots = peewee.IntegerField()
        first = peewee.CharField(max_length=60)
        second = peewee.CharField(max_length=60, default="")

    return Survey, Result, LostBallots


def admissions(Base, clustered):
    class Admission(Base):
        survey_id = peewee.IntegerField()
        code_hash = peewee.BlobField()
        group_no = peewee.SmallIntegerField()
        own_unit = peewee.SmallIntegerField(null=True)
        used = peewee.BooleanField(default=False)
        batch = peewee.SmallIntegerField(default=0)
        draws = peewee.SmallIntegerField(default=0)

        class Meta:
            primary_key = CompositeKey("survey_id", "code_hash")
            without_rowid = clustered

    class Person(Base):
        survey_id = peewee.IntegerField()
        number = peewee.CharField(max_length=40)
        number_key = peewee.CharField(max_length=40)
        name = peewee.CharField(max_length=60)
        group_no = peewee.SmallIntegerField()
        own_unit = peewee.SmallIntegerField(null=True)
        class_name = peewee.CharField(max_length=60, default="")
        email = peewee.CharField(max_length=200, default="")
        code_hash = peewee.BlobField()
        on_paper = peewee.BooleanField(default=False)
        mail_round = peewee.SmallIntegerField(default=0)
        mail_outcome = peewee.CharField(max_length=10, default="")
        mail_reply = peewee.CharField(max_length=200, default="")

        class Meta:
            primary_key = CompositeKey("survey_id", "number_key")

    return Admission, Person


def ballots(Base, clustered):
    class Ballot(Base):
        survey_id = peewee.IntegerField()
        number = peewee.BlobField()
        group_no = peewee.SmallIntegerField()
        channel = peewee.SmallIntegerField()
        answers = peewee.BlobField()

        class Meta:
            primary_key = CompositeKey("survey_id", "number")
            without_rowid = clustered

    class MixEntry(Base):
        survey_id = peewee.IntegerField()
        group_no = peewee.SmallIntegerField()
        own_unit = peewee.SmallIntegerField()
        size = peewee.IntegerField()
        number = peewee.BlobField()
        ciphertext = peewee.BlobField()

        class Meta:
            primary_key = CompositeKey("survey_id", "group_no", "own_unit", "size", "number")
            without_rowid = clustered

    class DamagedEntry(MixEntry):
        class Meta:
            without_rowid = clustered

    class Receipt(Base):
        survey_id = peewee.IntegerField()
        number = peewee.BlobField()

        class Meta:
            primary_key = CompositeKey("survey_id", "number")
            without_rowid = clustered

    class Pace(Base):
        survey_id = peewee.IntegerField()
        group_no = peewee.SmallIntegerField()
        fast = peewee.IntegerField()
        ballots = peewee.IntegerField()

        class Meta:
            primary_key = CompositeKey("survey_id", "group_no")

    class Remark(Base):
        survey_id = peewee.IntegerField()
        number = peewee.BlobField()
        unit = peewee.SmallIntegerField(null=True)
        item = peewee.CharField(max_length=40)
        body = peewee.TextField()

        class Meta:
            primary_key = CompositeKey("survey_id", "number")
            without_rowid = clustered

    return Ballot, MixEntry, DamagedEntry, Receipt, Pace, Remark


def paper_ballots(Base):
    class ImportedFile(Base):
        survey_id = peewee.IntegerField()
        digest = peewee.CharField(max_length=64)
        content = peewee.CharField(max_length=64)
        name = peewee.CharField(max_length=100)
        ballots = peewee.IntegerField()

        class Meta:
            primary_key = CompositeKey("survey_id", "digest")

    class PaperStack(Base):
        survey_id = peewee.IntegerField()
        number = peewee.IntegerField()
        group_no = peewee.SmallIntegerField()
        own_unit = peewee.SmallIntegerField(null=True)
        form = peewee.CharField(max_length=8)
        papers = peewee.IntegerField()
        stage = peewee.CharField(max_length=10, default="first")
        first_clerk = peewee.CharField(max_length=60, default="")
        second_clerk = peewee.CharField(max_length=60, default="")
        first = peewee.TextField(default="[]")
        second = peewee.TextField(default="[]")
        settled = peewee.TextField(default="{}")
        differences = peewee.IntegerField(default=0)

        class Meta:
            primary_key = CompositeKey("survey_id", "number")
            constraints = [Check("stage IN ('first', 'second', 'compare', 'accepted')")]

    return ImportedFile, PaperStack


def staff(Base):
    class Account(Base):
        name = peewee.CharField(max_length=60)
        name_folded = peewee.CharField(max_length=60, unique=True)
        password_hash = peewee.CharField(max_length=200)
        role = peewee.CharField(max_length=20)
        active = peewee.BooleanField(default=True)
        stamp = peewee.CharField(max_length=32)

        class Meta:
            constraints = [Check("role IN ('administrator', 'publisher', 'committee')")]

    class Invitation(Base):
        token_hash = peewee.CharField(max_length=64, unique=True)
        role = peewee.CharField(max_length=20, null=True)
        account = peewee.ForeignKeyField(Account, null=True, on_delete="CASCADE")
        made_by = peewee.CharField(max_length=60)
        expires_at = peewee.BigIntegerField()

        class Meta:
            constraints = [Check("(role IS NULL) <> (account_id IS NULL)")]

    class AuditEntry(Base):
        at = peewee.BigIntegerField()
        account = peewee.CharField(max_length=60)
        action = peewee.CharField(max_length=40)
        about = peewee.CharField(max_length=200, default="")

    class UsedForm(Base):
        key = peewee.CharField(max_length=40, primary_key=True)

    return Account, Invitation, AuditEntry, UsedForm


def instance(Base):
    class Instance(Base):
        name = peewee.CharField(max_length=20, primary_key=True)
        value = peewee.CharField(max_length=64)

    return (Instance,)
