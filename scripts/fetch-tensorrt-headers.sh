#!/usr/bin/env bash
# Puts TensorRT's headers (Apache-2.0; 10.16, 11.4 and RTX 1.7) under .cache/tensorrt-headers, out of
# the crate trtx-sys, which carries them. Needs cargo 1.70 or newer (scripts/setup.sh --gpu brings one).
# Does nothing where they are there. Leaves nothing of cargo's behind.
set -euo pipefail
cd "$(dirname "$0")/.."
to=.cache/tensorrt-headers
digest=81d7c07ab8580708cad68eae0e8799db260cdfc392aae2e179bb0e2e0cfe0eb4
[ -f "$to/whole" ] && exit 0
command -v cargo >/dev/null || {
  echo "fetch-tensorrt-headers.sh: cargo is missing; run: scripts/setup.sh --gpu" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_HOME=$work/cargo

# What the crate needs to be built, which it never is: empty crates in place of them, so that their
# seventy further ones are not downloaded, and no newer release of one asks for a newer cargo.
needs=(autocxx=0.30.0 autocxx-build=0.30.0 bindgen=0.72.0 bitflags=2.13.1 cc=1.0.0 cxx=1.0.0 regex=1.0.0)

# fetch VERSION SOURCE NAME...: folders of that version of the crate, under our names for them.
fetch() {
  local crate=$work/$1 need
  empty_crate "$crate" headers 0.0.1
  printf '[dependencies]\ntrtx-sys = "=%s"\n[patch.crates-io]\n' "$1" >> "$crate/Cargo.toml"
  for need in "${needs[@]}"; do
    empty_crate "$crate/needs/${need%=*}" "${need%=*}" "${need#*=}"
    printf '%s = { path = "needs/%s" }\n' "${need%=*}" "${need%=*}" >> "$crate/Cargo.toml"
  done
  (cd "$crate" && cargo vendor --quiet vendor > /dev/null)
  shift
  while (($#)); do
    cp -r "$crate/vendor/trtx-sys/TensorRT-Headers/$1" "$work/headers/$2"
    shift 2
  done
}

# empty_crate FOLDER NAME VERSION
empty_crate() {
  mkdir -p "$1/src"
  touch "$1/src/lib.rs"
  printf '[package]\nname = "%s"\nversion = "%s"\nedition = "2021"\n' "$2" "$3" > "$1/Cargo.toml"
}

mkdir "$work/headers"
fetch 0.4.0 TRT-Enterprise-10.16 10
fetch 0.9.1 TRT-Enterprise-11.4 11 TRT-RTX-1.7 rtx
found=$(cd "$work/headers" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
[ "$found" = "$digest" ] || {
  echo "fetch-tensorrt-headers.sh: the headers are not those that this was written for: digest $found" >&2
  exit 1
}
rm -rf "$to"
mkdir -p .cache
mv "$work/headers" "$to"
touch "$to/whole"
