"""Questionnaires as staff write them, their items and scales, and editions, which are frozen at publication."""
