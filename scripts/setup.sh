#!/usr/bin/env bash
# Installs what the build needs on Debian 12 or Ubuntu 24.04: system packages by apt (as root or
# through sudo), OpenVINO from its PyPI wheel into .venv. Does nothing where all of it is there.
# With --gpu also the CUDA compiler and TensorRT-RTX into .venv (about 530 MB), TensorRT's headers, and
# cargo where there is none, which fetches them. With --python also what the Python package is built and tested with,
# into .venv-python. Caches nothing outside the project.
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_NO_CACHE_DIR=1
gpu=; python=
for flag in "$@"; do
  case $flag in --gpu) gpu=yes;; --python) python=yes;; *) echo "setup.sh: '$flag' is unknown" >&2; exit 2;; esac
done

packages=(build-essential cmake ninja-build ccache pkg-config git python3 python3-venv xz-utils
  libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libffmpeg-nvenc-dev
  libcli11-dev libfmt-dev libspdlog-dev libtomlplusplus-dev nlohmann-json3-dev libeigen3-dev
  libonnx-dev libprotobuf-dev protobuf-compiler libexpected-dev libssl-dev libcurl4-openssl-dev
  libfreetype-dev fonts-dejavu-core liblzma-dev
  libgtest-dev libgmock-dev libbenchmark-dev opencv-doc
  gir1.2-gst-rtsp-server-1.0 gir1.2-gstreamer-1.0 python3-gi gstreamer1.0-plugins-base
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly)
# Debian 12's cargo is too old for the registry's protocol of today; cargo-web is its newer one.
if [ "$gpu" ] && ! command -v cargo >/dev/null; then
  if grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then packages+=(cargo-web); else packages+=(cargo); fi
fi

# (An interpreter of pyenv brings its headers itself.)
if [ "$python" ] && [ ! -e "$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ]; then
  packages+=(python3-dev)
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
    missing+=("$package")
done
if ((${#missing[@]})); then
  sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
fi

# The wheel is unpacked into a venv of our own, so that its version is ours to pin.
if ! cmp -s requirements.txt .venv/installed.txt; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt .venv/installed.txt
fi

if [ "$python" ] && ! cmp -s requirements-python.txt .venv-python/installed.txt; then
  [ -x .venv-python/bin/python ] || python3 -m venv .venv-python
  .venv-python/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-python.txt
  cp requirements-python.txt .venv-python/installed.txt
fi

[ "$gpu" ] || exit 0
if ! cmp -s requirements-gpu.txt .venv/installed-gpu.txt; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-gpu.txt
  cp requirements-gpu.txt .venv/installed-gpu.txt
fi
scripts/fetch-tensorrt-headers.sh
