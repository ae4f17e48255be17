#!/bin/sh
# Keep the pictures of the whole way under docs/screenshots; the workbook's where LibreOffice is installed.
set -eu
mkdir -p docs/screenshots
SCREENSHOTS=1 "${VENV:-.venv}/bin/python" -m pytest tests/browser/test_whole_way.py tests/browser/test_ten_minutes.py
if command -v soffice >/dev/null 2>&1 && command -v pdftoppm >/dev/null 2>&1; then
    folder=$(mktemp -d)
    INSTANCE="$folder" "${VENV:-.venv}/bin/flask" --app app demo make >/dev/null
    INSTANCE="$folder" "${VENV:-.venv}/bin/flask" --app app scores export first-half --out "$folder/workbook.xlsx"
    soffice --headless --convert-to pdf --outdir "$folder" "$folder/workbook.xlsx" >/dev/null
    pdftoppm -r 80 -f 1 -l 1 -png -singlefile "$folder/workbook.pdf" docs/screenshots/workbook
    rm -r "$folder"
fi
