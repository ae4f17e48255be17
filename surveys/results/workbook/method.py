"""The sheet Method: the score rule, what was withheld, the digest, how to verify."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from surveys.results.method import method_sentences
from surveys.results.workbook.sheet_writer import HEAD, SheetWriter
from surveys.version import __version__

_WIDTHS = [18, 72]


def write_method(writer: SheetWriter, sheet: Worksheet) -> None:
    """The score rule with its numbers, what was withheld, the digest and how to verify it."""
    _ = writer.gettext
    report, stored = writer.report, writer.report.stored
    row = writer.rows_of_title(sheet, writer.names["method"], _WIDTHS)
    rows = method_sentences(report, writer.language, _)
    rows += [
        (_("Formulas"), "m(u,i,g) = Σ x / n;  S(u,g) = Σᵢ wᵢ m(u,i,g) / Σᵢ wᵢ;  S(u) = Σ_g w_g S(u,g) / Σ_g w_g"),
        (_("Software"), _("version %(version)s, method %(method)s", version=__version__, method=stored.method)),
        (_("Digest"), stored.digest),
        (_("Digest of the ballots"), f"{stored.ballots_digest} ({stored.ballots})"),
        (_("Digest of the receipts"), f"{stored.receipts_digest} ({stored.receipts})"),
        (_("How to verify"), _("On the server: flask --app app survey verify %(slug)s. It recomputes the digests from the stored "
                               "ballots and receipts; any that was added, removed or changed shows.", slug=report.plan.slug)),
    ]  # fmt: skip
    for heading, text in rows:
        sheet.write_string(row, 0, heading, writer.format(font_name=HEAD, valign="top", border=1, text_wrap=True))
        sheet.write_string(row, 1, text, writer.format(text_wrap=True, valign="top", border=1))
        writer.grow(sheet, row, (heading, _WIDTHS[0]), (text, _WIDTHS[1]))
        row += 1
    writer.columns(sheet, _WIDTHS, landscape=False)
    sheet.freeze_panes(2, 0)
