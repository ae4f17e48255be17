"""The head of printed sheets: the title, and where the installation has a letterhead its logo, name and number."""

from __future__ import annotations

import io

from PIL import Image
from xlsxwriter.worksheet import Worksheet

from surveys.results.printed.letterhead import PrintedHead

BODY = "宋体"
_LOGO_INCHES = (1.2, 0.36)
"""The largest size of a logo in the margin."""
_MOST = 240
"""Excel takes 255 characters."""


def page_head(sheet: Worksheet, head: PrintedHead, title: list[str]) -> str:
    """Set the head; returns the style of head and foot. The size stands before the font: behind "&9" a title that begins
    with a digit would be part of the size."""
    style = f'&C&9&"{BODY}"'
    words = " · ".join(filter(None, [head.organisation, *title])).replace("&", "&&")
    number = f'&R&9&"{BODY}"' + head.number.replace("&", "&&") if head.number else ""
    logo = "&L&G" if head.logo else ""
    room = _MOST - len(style) - len(number) - len(logo)
    words = words[:room]
    if (len(words) - len(words.rstrip("&"))) % 2:  # half of a doubled sign
        words = words[:-1]
    text = logo + style + words + number
    if head.logo:
        sheet.set_header(text, {"image_left": "logo.png", "image_data_left": io.BytesIO(_sized(head.logo))})
    else:
        sheet.set_header(text)
    return style


def _sized(logo: bytes) -> bytes:
    """The logo with as many dots to the inch as make it fit."""
    with Image.open(io.BytesIO(logo)) as image:
        across, down = image.size
        dots = max(across / _LOGO_INCHES[0], down / _LOGO_INCHES[1])
        out = io.BytesIO()
        image.save(out, "PNG", dpi=(dots, dots))
    return out.getvalue()
