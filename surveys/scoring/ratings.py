"""How a rating stands in a packed ballot: one byte, 1 to L for the position of its level, or one of these."""

NOT_ASKED = 0
DONT_KNOW = 254
BLANK = 255
