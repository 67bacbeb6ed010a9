#!/bin/sh
# Installs the servers that the tests start themselves, on loopback and in directories of their own.
# Does nothing where everything is there. Debian or Ubuntu; needs root only where something is missing.
set -eu

# A program, and the package that brings it.
wanted='
dovecot      dovecot-imapd
/usr/lib/dovecot/lmtp dovecot-lmtpd
postfix      postfix
smtp-sink    postfix
openssl      openssl
initdb       postgresql
systemd-analyze systemd
mkfs.ext4    e2fsprogs
strace       strace
faketime     faketime
prlimit      util-linux
cc           gcc
'

has() {
    case $1 in
    /*) [ -x "$1" ] ;;
    initdb) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
    *) PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing=$(echo "$wanted" | while read -r program package; do
    [ -z "$program" ] || has "$program" || echo "$package"
done | sort -u | tr '\n' ' ')
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "The tests need these packages: $missing" >&2
    echo "Run 'make test' as root once, or install them yourself." >&2
    exit 1
fi

echo "installing: $missing"
# The packages' own services stay off: the tests start what they need themselves.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -qq --no-install-recommends $missing >/dev/null
