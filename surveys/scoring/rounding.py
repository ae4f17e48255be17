"""Rounding half up, as figures are printed (step 10 of the method)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray


def round_half_up(value: float, decimals: int = 2) -> Decimal:
    """The value as it is printed.

    Scores are fractions computed in binary: 2.675 is stored as 2.67499999999999982. Nine decimals are taken as
    exact first, as spreadsheets do, so that the printed workbook and the program agree.
    """
    exact = Decimal(repr(float(value))).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def kept(value: float, places: int) -> float:
    """The value with so many decimals, half up, as the workbook's cells keep what other cells are computed from."""
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def units_half_up(values: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """The same for many values (not negative), in units of the last decimal: 2.675 with two decimals is 268."""
    exact = np.floor(values * 1e9 + 0.5)
    return np.floor(exact / 10.0 ** (9 - decimals) + 0.5)


def percent_text(part: float, whole: float, decimals: int = 2) -> str:
    """A share in percent as it is printed everywhere: "66.67 %"."""
    return f"{round_half_up(100 * part / whole, decimals)} %"
