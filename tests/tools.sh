#!/bin/sh
# Installs the servers that the tests start themselves, on loopback and in directories of their own.
# Does nothing where everything is there. Debian or Ubuntu; needs root only where something is missing.
# `tools.sh build` installs only what a build needs beside the Rust toolchain.
set -eu

# A program (or a file, by its whole path), and the package that brings it.
compiler='
cc           gcc
/usr/include/stdio.h libc6-dev
'
servers='
dovecot      dovecot-imapd
/usr/lib/dovecot/lmtp dovecot-lmtpd
postfix      postfix
smtp-sink    postfix
openssl      openssl
initdb       postgresql
mariadb-install-db mariadb-server-core
mariadbd     mariadb-server-core
my_print_defaults mariadb-client-core
setpriv      util-linux
systemd-analyze systemd
mkfs.ext4    e2fsprogs
mount        mount
strace       strace
faketime     faketime
prlimit      util-linux
kill         procps
pdftotext    poppler-utils
php          php-cli
phpcs        php-codesniffer
'

wanted=$compiler
[ "${1-}" = build ] || wanted=$compiler$servers

has() {
    case $1 in
    /*) [ -e "$1" ] ;;
    initdb) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
    *) PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing=$(echo "$wanted" | while read -r program package; do
    [ -z "$program" ] || has "$program" || echo "$package"
done | sort -u | tr '\n' ' ')
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are needed: $missing" >&2
    echo "Run this as root once, or install them yourself." >&2
    exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These packages are needed: $missing" >&2
    echo "This is no Debian or Ubuntu: install them, or what they are called here, yourself." >&2
    exit 1
fi

echo "installing: $missing"
# The packages' own services stay off: the tests start what they need themselves. A policy that is there already is kept.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
# Nobody is asked anything: neither by debconf, nor which services to restart (needrestart), nor about kept configuration.
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
apt() {
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold "$@"
}
# An update may fail for a source that the tests do not need; what matters is whether the packages can be had.
apt update || echo "apt-get update had trouble; going on with the lists that are there" >&2
# shellcheck disable=SC2086 # a list of packages
apt install -y --no-install-recommends $missing >/dev/null
