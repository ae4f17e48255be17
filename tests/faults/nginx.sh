#!/bin/sh
# Install nginx for its test where that is possible; elsewhere the test is skipped. The tests start it themselves.
set -u
PATH="$PATH:/usr/sbin"
command -v nginx >/dev/null 2>&1 && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || exit 0
echo "Installing Debian's nginx for its test"
apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null
exit 0
