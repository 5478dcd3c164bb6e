#!/usr/bin/env bash
# Packs the built program with its libraries, to run on another x86-64 machine where nothing is installed:
#   scripts/bundle.sh [--gpu-only] [saccade.tar.xz]
# That machine needs a glibc and a libstdc++ as new as this one's, and for a GPU its driver and a TensorRT.
# --gpu-only leaves out what OpenVINO opens to run networks on the CPU. BUILD names another folder with the program than build.
set -euo pipefail
cd "$(dirname "$0")/.."
cpu=yes; [ "${1:-}" != --gpu-only ] || { cpu=; shift; }
out=$(realpath -m "${1:-out/saccade.tar.xz}")
build=${BUILD:-build}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/saccade/bin" "$work/saccade/lib"
strip -o "$work/saccade/bin/saccade" "$build/saccade"

openvino=$(ldd "$build/saccade" | awk '$1 ~ /^libopenvino\.so/ {print $3}' | xargs -r dirname)
plugins=()
[ -z "$openvino" ] || [ -z "$cpu" ] || plugins=("$openvino"/libopenvino_{intel_cpu_plugin.so,onnx_frontend.so.*})
# The loader, glibc and the compiler's own libraries are the machine's: others there build on them.
ldd "$build/saccade" "${plugins[@]}" | awk '$3 ~ /^\// {print $3}' | sort -u |
  grep -vE '/(libc|libm|libdl|librt|libpthread|libresolv|libstdc\+\+|libgcc_s)\.so' |
  xargs -I{} cp -L {} "$work/saccade/lib/"
[ ${#plugins[@]} = 0 ] || cp "${plugins[@]}" "$work/saccade/lib/"
strip --strip-unneeded "$work/saccade/lib/"*

cat > "$work/saccade/saccade" <<'SH'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/bin/saccade" "$@"
SH
chmod +x "$work/saccade/saccade"

mkdir -p "$(dirname "$out")"
tar -C "$work" -c saccade | xz -T0 -6 > "$out.part"
mv "$out.part" "$out"
du -h "$out"
