#!/bin/sh
# Install the programs of Debian that fault tests start themselves, where that is possible; elsewhere those tests are skipped.
set -u
PATH="$PATH:/usr/sbin"
wanted=""
for pair in nginx:nginx-light redis-server:redis-server patroni:patroni etcd:etcd-server haproxy:haproxy gcc:gcc ip:iproute2; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || wanted="$wanted ${pair#*:}"
done
[ -x /usr/lib/postgresql/15/bin/postgres ] || wanted="$wanted postgresql-15"
[ -e /usr/include/stdio.h ] || wanted="$wanted libc6-dev"
[ -n "$wanted" ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || exit 0
echo "Installing Debian's$wanted for the fault tests"
# RUNLEVEL: nothing of it is started as a service.
apt-get update -qq && for package in $wanted; do
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
done
exit 0
