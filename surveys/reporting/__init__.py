"""The seal, result pages and the workbook."""
