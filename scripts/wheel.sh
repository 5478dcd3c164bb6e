#!/usr/bin/env bash
# Builds Python wheels into out/wheels, each self-contained but for OpenVINO, which comes from its own wheel:
#   scripts/wheel.sh [PYTHON...]
# PYTHON are interpreters; without any: each of 3.10, 3.11 and 3.12 (whose wheel serves all later ones) that is on the
# PATH or in pyenv. The engine is taken from BUILD (build/release), so it has the GPU path where that build has it.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build/release}
out=$PWD/out/wheels
scripts/setup.sh --python
tools=$PWD/.venv-python/bin

pythons=("$@")
if ((${#pythons[@]} == 0)); then
  for version in 3.10 3.11 3.12; do
    found=$(ls -d "$HOME"/.pyenv/versions/$version.*/bin/python 2>/dev/null | sort -V | tail -1)
    [ -n "$found" ] || found=$(command -v python$version || true)
    if [ -n "$found" ] && "$found" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null
    then pythons+=("$found"); else echo "wheel.sh: there is no Python $version here: no wheel for it" >&2; fi
  done
fi
((${#pythons[@]})) || { echo "wheel.sh: no Python from 3.10 on is here; name one" >&2; exit 1; }

ffmpeg=$(scripts/lean-ffmpeg.sh)
[ -f "$build/build.ninja" ] || cmake --preset release
cmake --build "$build" --target saccade_python_engine saccade_python_program
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --component python --strip --prefix "$work/engine"
mkdir -p "$out"

# Other libraries' licences go with them: Debian keeps each package's in its copyright file.
licences() {  # licences FOLDER LIBRARY...
  local folder=$1 library package
  mkdir -p "$folder"
  cp LICENSE NOTICE "$folder/"
  cp "$ffmpeg/COPYING.LGPLv2.1" "$folder/ffmpeg-LGPL-2.1.txt"
  {
    echo "Libraries of others in this wheel, each under the licence in this folder."
    echo
    echo "libavcodec, libavformat, libavutil, libswscale: FFmpeg $(dpkg-query -W -f='${Version}' libavcodec-dev), LGPL 2.1 or later,"
    echo "built without any part under the GPL by scripts/lean-ffmpeg.sh from Debian's source package, configured by"
    cat "$ffmpeg/configuration.txt"
    echo
  } > "$folder/LIBRARIES.txt"
  shift
  for library in "$@"; do
    case $library in libav*|libswscale*) continue;; esac
    package=$(dpkg-query -S "*/$library" 2>/dev/null | head -1 | cut -d: -f1)
    [ -n "$package" ] || { echo "wheel.sh: $library is of no package: its licence is not known" >&2; exit 1; }
    cp "/usr/share/doc/$package/copyright" "$folder/$package.txt"
    echo "$library: Debian's $package $(dpkg-query -W -f='${Version}' "$package" | head -1)" >> "$folder/LIBRARIES.txt"
  done
}

# What auditwheel will copy in: everything but what manylinux and OpenVINO's wheel bring.
needed=$(LD_LIBRARY_PATH="$ffmpeg/lib" ldd "$work/engine/libsaccade_python.so" | awk '$3 ~ /^\// {print $1}' |
  grep -vE '^(libc|libm|libdl|librt|libpthread|libresolv|libstdc\+\+|libgcc_s|libz|libexpat|libopenvino.*|libtbb.*)\.so' | sort -u)
for bad in libx264 libx265 libpostproc libxvidcore librubberband libvidstab libsmbclient libcdio libzvbi libdvd; do
  if grep -q "^$bad" <<< "$needed"; then echo "wheel.sh: $bad is under the GPL: it can't go into a wheel" >&2; exit 1; fi
done
# (Beside the sources while the wheels are built, where scikit-build looks for a package's files.)
licences "$work/licenses" $needed

# A copy of the package's sources, so that nothing is written beside them; always at the same place, for ccache.
tree=$PWD/build/wheel/tree
rm -rf "$tree"
mkdir -p "$tree"
cp -r python "$tree/python"
ln -s "$PWD/include" "$PWD/src" "$tree/"
cp -r "$work/licenses" "$tree/python/saccade/licenses"
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=$PWD/.cache/ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
for python in "${pythons[@]}"; do
  # What builds is pinned (pyproject.toml says the same), in a venv of each interpreter.
  venv=$PWD/build/wheel/venv-$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if ! cmp -s requirements-python.txt "$venv/installed.txt"; then
    "$python" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      $(grep -E '^(nanobind|scikit-build-core)==' requirements-python.txt)
    cp requirements-python.txt "$venv/installed.txt"
  fi
  rm -rf "$work/raw"
  SKBUILD_CMAKE_DEFINE="SACCADE_ENGINE=$work/engine;SACCADE_HEADERS=$PWD/$build/include" \
    "$venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --wheel-dir "$work/raw" "$tree/python"
  PATH="$tools:$PATH" LD_LIBRARY_PATH="$ffmpeg/lib" "$tools/auditwheel" repair --wheel-dir "$work/done" \
    --exclude 'libopenvino*' --exclude 'libtbb*' "$work"/raw/*.whl
done
for wheel in "$work"/done/*.whl; do
  case $wheel in *abi3*) "$tools/abi3audit" --strict "$wheel";; esac
done
cp "$work"/done/*.whl "$out/"
du -h "$out"/*.whl
