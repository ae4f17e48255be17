#!/bin/sh
# Keep the pictures of the whole way under docs/screenshots; the workbook's where LibreOffice is installed.
set -eu
mkdir -p docs/screenshots
SCREENSHOTS=1 "${VENV:-.venv}/bin/python" -m pytest tests/browser/test_whole_way.py
if command -v soffice >/dev/null 2>&1 && command -v pdftoppm >/dev/null 2>&1; then
    folder=$(mktemp -d)
    soffice --headless --convert-to pdf --outdir "$folder" docs/screenshots/workbook.xlsx >/dev/null
    pdftoppm -r 80 -f 1 -l 1 -png -singlefile "$folder/workbook.pdf" docs/screenshots/workbook
    rm -r "$folder"
fi
rm -f docs/screenshots/workbook.xlsx
