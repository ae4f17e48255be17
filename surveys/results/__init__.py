"""The seal, withholding, the report and the workbook."""
