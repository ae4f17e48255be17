"""Surveys: the plan of each, its states, and what staff do with them."""
