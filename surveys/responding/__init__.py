"""The ballot paper, what respondents see, and the ballot box."""
