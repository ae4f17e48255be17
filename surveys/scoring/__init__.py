"""Tallies, score rules and statistics: pure functions over arrays. Knows neither Flask nor a database."""
