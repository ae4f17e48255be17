"""The ballot token, answers packed into bytes, the ballot box and its mix, paper ballots, turnout."""
