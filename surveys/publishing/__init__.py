"""Surveys: what is asked of whom and when, admissions, turnout."""
