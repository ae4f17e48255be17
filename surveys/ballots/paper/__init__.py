"""Paper ballots: printed forms, and typing them in twice."""
