"""Ballots on paper: printed sheets for a meeting, and typing them in twice."""
