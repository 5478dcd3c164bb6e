#!/usr/bin/env bash
# Puts TensorRT's headers (Apache-2.0; 10.16, 11.4 and RTX 1.7) under .cache/tensorrt-headers, out of
# the crate trtx-sys, which carries them. Needs cargo. Does nothing where they are there.
set -euo pipefail
cd "$(dirname "$0")/.."
to=.cache/tensorrt-headers
[ -f "$to/whole" ] && exit 0
command -v cargo >/dev/null || {
  echo "fetch-tensorrt-headers.sh: cargo is missing; install it (apt-get install cargo)" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch VERSION SOURCE NAME...: folders of that version of the crate, under our names for them.
fetch() {
  local crate=$work/$1
  mkdir -p "$crate/src"
  touch "$crate/src/lib.rs"
  printf '[package]\nname="headers"\nversion="0.0.1"\nedition="2021"\n[dependencies]\ntrtx-sys="=%s"\n' \
    "$1" > "$crate/Cargo.toml"
  (cd "$crate" && cargo vendor --quiet vendor > /dev/null)
  shift
  while (($#)); do
    rm -rf "${to:?}/$2"
    cp -r "$crate/vendor/trtx-sys/TensorRT-Headers/$1" "$to/$2"
    shift 2
  done
}

mkdir -p "$to"
fetch 0.4.0 TRT-Enterprise-10.16 10
fetch 0.9.1 TRT-Enterprise-11.4 11 TRT-RTX-1.7 rtx
touch "$to/whole"
