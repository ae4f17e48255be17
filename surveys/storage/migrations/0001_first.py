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
            *remarks(Base),
            *actions(Base),
            *staff(Base),
        ]
    )


def organisation(Base):
    class Unit(Base):
        code = peewee.CharField(max_length=40, unique=True)
        name = peewee.CharField(max_length=100)
        name_en = peewee.CharField(max_length=200, default="")
        description = peewee.CharField(max_length=200, default="")
        description_en = peewee.CharField(max_length=200, default="")
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

    class Scale(Base):
        key = peewee.CharField(max_length=40, unique=True)
        definition = peewee.TextField()
        revision = peewee.IntegerField(default=1)
        changed_by = peewee.CharField(max_length=60, default="")
        changed_at = peewee.BigIntegerField(default=0)
        archived = peewee.BooleanField(default=False)

    class Edition(Base):
        key = peewee.CharField(max_length=40, index=True)
        number = peewee.IntegerField()
        digest = peewee.CharField(max_length=64, unique=True)
        definition = peewee.TextField()

        class Meta:
            indexes = ((("key", "number"), True),)

    return Questionnaire, QuestionnaireVersion, QuestionnaireEditor, Scale, Edition, *surveys(Base, Edition)


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
            constraints = [Check("state IN ('draft', 'published', 'paused', 'sealing', 'sealed')")]

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
        draws = peewee.BlobField(null=True)

    class LostBallots(Base):
        survey_id = peewee.IntegerField(primary_key=True)
        ballots = peewee.IntegerField()
        first = peewee.CharField(max_length=60)
        second = peewee.CharField(max_length=60, default="")

    return Survey, Result, LostBallots, *followup(Base, Survey)


def followup(Base, Survey):
    clustered = isinstance(Base._meta.database, peewee.SqliteDatabase)  # no order of arrival in hidden row numbers

    class Bulletin(Base):
        survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
        parts = peewee.CharField(max_length=100)
        published_at = peewee.BigIntegerField()
        published_by = peewee.CharField(max_length=60)
        objections_until = peewee.BigIntegerField(null=True)
        withdrawn_at = peewee.BigIntegerField(null=True)
        reason = peewee.CharField(max_length=500, default="")

    class Objection(Base):
        number = peewee.CharField(max_length=16, primary_key=True)
        survey = peewee.ForeignKeyField(Survey, on_delete="CASCADE")
        body = peewee.TextField()
        received_on = peewee.CharField(max_length=10)
        state = peewee.CharField(max_length=10, default="received")
        answer = peewee.TextField(default="")
        is_public = peewee.BooleanField(default=False)

        class Meta:
            constraints = [Check("state IN ('received', 'review', 'answered')")]
            without_rowid = clustered

    return Bulletin, Objection


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


def remarks(Base):
    class RemarkTreatment(Base):
        survey_id = peewee.IntegerField()
        number = peewee.BlobField()
        masked = peewee.TextField(null=True)
        abusive = peewee.BooleanField(default=False)
        merged_into = peewee.BlobField(null=True)

        class Meta:
            primary_key = CompositeKey("survey_id", "number")

    class RemarkTag(Base):
        survey_id = peewee.IntegerField()
        number = peewee.BlobField()
        tag = peewee.CharField(max_length=30)

        class Meta:
            primary_key = CompositeKey("survey_id", "number", "tag")

    class PublishedRemark(Base):
        survey_id = peewee.IntegerField()
        number = peewee.BlobField()
        unit = peewee.SmallIntegerField(null=True)
        item = peewee.CharField(max_length=40)
        body = peewee.TextField()
        alike = peewee.IntegerField(default=0)

        class Meta:
            primary_key = CompositeKey("survey_id", "number")

    class RefusedGroup(Base):
        survey_id = peewee.IntegerField()
        refusal = peewee.BlobField()
        number = peewee.BlobField()

        class Meta:
            primary_key = CompositeKey("survey_id", "refusal", "number")

    return RemarkTreatment, RemarkTag, PublishedRemark, RefusedGroup


def actions(Base):
    class ActionItem(Base):
        survey_id = peewee.IntegerField(index=True)
        unit = peewee.SmallIntegerField()
        item = peewee.CharField(max_length=40, default="")
        body = peewee.TextField()
        person = peewee.CharField(max_length=60, default="")
        email = peewee.CharField(max_length=200, default="")
        due_on = peewee.CharField(max_length=10)
        state = peewee.CharField(max_length=10, default="open")
        reason = peewee.CharField(max_length=200, default="")
        evidence = peewee.TextField(default="")
        answer = peewee.TextField(default="")
        link_hash = peewee.CharField(max_length=64, null=True, unique=True)

        class Meta:
            constraints = [Check("state IN ('open', 'under_way', 'done', 'checked', 'refused')")]

    class UnitReview(Base):
        survey_id = peewee.IntegerField()
        unit = peewee.SmallIntegerField()
        achievements = peewee.TextField(default="")
        problems = peewee.TextField(default="")
        direction = peewee.TextField(default="")

        class Meta:
            primary_key = CompositeKey("survey_id", "unit")

    return ActionItem, UnitReview


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

    class ApiToken(Base):
        name = peewee.CharField(max_length=60)
        name_folded = peewee.CharField(max_length=60, unique=True)
        token_hash = peewee.CharField(max_length=64, unique=True)
        scopes = peewee.CharField(max_length=60)
        surveys = peewee.TextField(default="")
        made_by = peewee.CharField(max_length=60)
        expires_at = peewee.BigIntegerField(null=True)
        used_on = peewee.CharField(max_length=10, default="")

    class AuditEntry(Base):
        at = peewee.BigIntegerField()
        account = peewee.CharField(max_length=60)
        action = peewee.CharField(max_length=40)
        about = peewee.CharField(max_length=200, default="")

    class UsedForm(Base):
        key = peewee.CharField(max_length=40, primary_key=True)

    class Instance(Base):
        name = peewee.CharField(max_length=20, primary_key=True)
        value = peewee.CharField(max_length=64)

    return Account, Invitation, ApiToken, AuditEntry, UsedForm, Instance
