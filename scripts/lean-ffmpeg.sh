#!/usr/bin/env bash
# Builds the FFmpeg libraries that a wheel carries, and prints their folder:
#   scripts/lean-ffmpeg.sh
#
# Debian's own build is under the GPL (x264, x265 ...) and needs 132 files. This one is the same source package, so
# the same version and decoders and the same names of libraries, under the LGPL 2.1 or later: all of FFmpeg's own
# decoders, demuxers and parsers, dav1d for AV1, SRT, TLS by OpenSSL, NVDEC; no filters, devices or programs, and of
# the encoders those that the engine uses. So a wheel is made by putting it in the place of Debian's when libraries
# are copied in (wheel.sh). It takes a few minutes, once: the result stays in .cache.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(dpkg-query -W -f='${Version}' libavcodec-dev)
out=$PWD/.cache/ffmpeg/${version//:/_}
if [ -f "$out/whole" ]; then echo "$out"; exit 0; fi
exec 3>&1 >&2  # the folder is all that is printed

packages=(nasm libdav1d-dev libsrt-openssl-dev libssl-dev zlib1g-dev dpkg-dev libffmpeg-nvenc-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
  sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial"
# Sources from where this machine's packages come from: its own lists mostly name binaries alone.
. /etc/os-release
apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | sort -u |
  sed -E 's/^(\S+) (\S+)$/deb-src \1 \2 main/' > "$work/sources.list"
options=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists")
apt-get -q "${options[@]}" update
(cd "$work" && apt-get -q "${options[@]}" source "ffmpeg=$version")

cd "$work"/ffmpeg-*/
launcher=(); ! command -v ccache >/dev/null || launcher=(ccache)
CCACHE_DIR=$out/../../ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1; export CCACHE_DIR CCACHE_BASEDIR CCACHE_NOHASHDIR
./configure --prefix="$work/done" --cc="${launcher[*]} gcc" --enable-shared --disable-static --enable-pic \
  --disable-programs --disable-doc --disable-debug --disable-autodetect \
  --disable-avdevice --disable-avfilter --disable-swresample --disable-postproc \
  --disable-encoders --enable-encoder=mpeg4,mjpeg,png,rawvideo,h264_nvenc,hevc_nvenc \
  --enable-openssl --enable-libdav1d --enable-libsrt --enable-zlib \
  --enable-ffnvcodec --enable-nvdec --enable-cuvid --enable-nvenc \
  --extra-ldflags=-Wl,-z,noexecstack
make -j"${JOBS:-$(nproc)}"
make install
rm -rf "$out"
mkdir -p "$out"
cp -a "$work/done/lib" "$out/lib"
rm -rf "$out/lib/pkgconfig"
strip --strip-unneeded "$out"/lib/*.so.*.*.*
cp COPYING.LGPLv2.1 LICENSE.md "$out/"
./configure --help >/dev/null
awk '/FFMPEG_CONFIGURATION/ {sub(/^[^"]*/, ""); print}' config.h > "$out/configuration.txt"
sed -i "s|$work|.|g" "$out/configuration.txt"
touch "$out/whole"
echo "$out" >&3
