#!/bin/sh
# Make sure there is a Chromium for the browser tests; fail and say so if there can be none.
set -u
found() {
    [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do command -v "$name" >/dev/null 2>&1 && return 0; done
    ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome >/dev/null 2>&1
}
fonts() { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh | grep -q .; }
if found && { fonts || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; }; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium and Chinese fonts for the browser tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-noto-cjk fontconfig >/dev/null
fi
found && exit 0
echo "Downloading Playwright's Chromium for the browser tests"
"${VENV:-.venv}/bin/python" -m playwright install chromium
found && exit 0
echo "The browser tests need a Chromium, and none was found or could be installed." >&2
echo "Install one (Debian: apt-get install chromium) or set CHROMIUM to its path." >&2
exit 1
