"""Rounding half up, as figures are printed (step 10 of the method)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: float, decimals: int = 2) -> Decimal:
    """The value as it is printed.

    Scores are fractions computed in binary: 2.675 is stored as 2.67499999999999982. Nine decimals are taken as
    exact first, as spreadsheets do, so that the printed workbook and the program agree.
    """
    exact = Decimal(repr(float(value))).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
