"""The sheet Method: the score rule, what was withheld, the digest, how to verify."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from surveys.results.method import method_sentences
from surveys.results.workbook.sheet_writer import HEAD, SheetWriter
from surveys.version import __version__


def write_method(writer: SheetWriter, sheet: Worksheet) -> None:
    """The score rule with its numbers, what was withheld, the digest and how to verify it."""
    _ = writer.gettext
    report, stored = writer.report, writer.report.stored
    row = writer.title(sheet, writer.names["method"], 2)
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
        sheet.write_string(row, 0, heading, writer.format(font_name=HEAD, valign="top", border=1))
        sheet.write_string(row, 1, text, writer.format(text_wrap=True, valign="top", border=1))
        wide = sum(2 if ord(c) > 0x2E80 else 1 for c in text)
        sheet.set_row(row, 15 * (1 + wide // 92))
        row += 1
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 92)
    sheet.freeze_panes(2, 0)
