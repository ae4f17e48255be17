"""The score rule, tallies, scores and statistics: pure functions over arrays. Imports nothing of the package."""
