#!/usr/bin/env bash
# A stranger's first minutes on a clean Debian 12, as a transcript on standard output:
#   sudo scripts/first-run.sh [FOLDER] > docs/first-run.md
# A new root is made in FOLDER (a temporary one, about 4 GB, removed at the end) by debootstrap, this commit is
# copied into it, and README's commands run there. How this machine reaches its mirrors (apt's sources and
# settings, pip's, certificates, proxies) is lent to the new root; names of hosts of mirrors are shown as
# MIRROR, and nothing else of the transcript is changed. Needs root and debootstrap.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "first-run.sh: needs root: sudo scripts/first-run.sh" >&2; exit 1; }
command -v debootstrap > /dev/null || { echo "first-run.sh: apt-get install debootstrap" >&2; exit 1; }
root=${1:-$(mktemp -d)}
mkdir -p "$root"
leave() {
  umount "$root/proc" "$root/dev" 2> /dev/null || true
  [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"
}
trap leave EXIT

debian=$(grep -rhoE '(https?)://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null |
  head -1 | tr -d ' ' || true)
debootstrap --variant=minbase bookworm "$root" "${debian:-http://deb.debian.org/debian}" >&2

# What this machine needs to reach its mirrors.
for name in etc/apt/apt.conf.d etc/pip.conf etc/ssl/certs usr/local/share/ca-certificates; do
  [ -e "/$name" ] || continue
  mkdir -p "$root/$(dirname "$name")"
  cp -rL "/$name" "$root/$(dirname "$name")/" 2> /dev/null || true
done
rm -f "$root"/etc/apt/apt.conf.d/*{docker,packagekit,appstream}*
cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2> /dev/null || true
settings=()
while IFS= read -r line; do settings+=("$line"); done < <(
  env | grep -iE '^(https?_proxy|all_proxy|no_proxy|PIP_[A-Z_]*|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=' || true)
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

mkdir -p "$root/root/saccade"
git archive HEAD | tar -x -C "$root/root/saccade"
[ ! -f "${CLIP:-}" ] || cp "$CLIP" "$root/root/saccade/street.mp4"

inside() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
    "${settings[@]}" chroot "$root" /bin/bash -c "cd /root/saccade && $1" 2>&1
}
# Hosts that are no public ones of Debian, PyPI or the models' publishers.
masked() {
  sed -E -e 's#(https?://)([^/ :@]*@)?(deb\.debian\.org|security\.debian\.org|pypi\.org|files\.pythonhosted\.org|github\.com)#\1\3#g' \
    -e '/deb\.debian\.org|security\.debian\.org|pypi\.org|github\.com/!s#https?://[^/ ]+#http://MIRROR#g'
}
show() {
  local start=$SECONDS status=0
  printf '$ %s\n' "$1"
  inside "$1" | masked || status=${PIPESTATUS[0]}
  printf '[exit code %s after %s s]\n\n' "$status" "$((SECONDS - start))"
}

cat <<HEAD
# A first run

Made by \`scripts/first-run.sh\` on $(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD): a clean Debian 12 root
(debootstrap, minbase) on $(nproc) cores of $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs)$(
  [ -z "${BUSY:-}" ] || echo ", shared with other work (load $(cut -d' ' -f1 /proc/loadavg) at the start), at nice 10"). Nothing
was edited out; only hosts of mirrors are shown as MIRROR.

\`\`\`
HEAD
show "apt-get update && apt-get install -y --no-install-recommends make ca-certificates"
show "make demo"
show "build/saccade doctor"
show "build/saccade models"
[ ! -f "$root/root/saccade/street.mp4" ] || show "build/saccade track street.mp4"
show "build/saccade track synthetic:frames=60 --model synthetic"
echo '```'
