#!/usr/bin/env bash
# Installs the wheels of out/wheels where nothing of the build is, and runs them:
#   scripts/check-wheel.sh [--root]
# Each is put into an empty venv of an interpreter that it is for, and called with an environment that names nothing of
# this project. With --root one of them goes into a fresh Debian of its own (debootstrap, chroot: as root), which has
# Python and nothing that the build needs.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/try.sh" <<'SH'
set -eu
# try.sh PYTHON: in a folder of its own; PYTHON has the wheel.
python=$1
command=$(dirname "$python")/saccade
"$command" --version
"$command" demo --model synthetic --quiet
test -n "$(ls out)"
"$command" track "synthetic:frames=30&width=320&height=240" --model synthetic --save jsonl --out command --quiet
"$python" - <<'PY'
import pathlib
import saccade

source = "synthetic:frames=30&width=320&height=240"
results = list(saccade.track(source, model="synthetic", save=["jsonl", "video"], out="python"))
assert [r.index for r in results] == list(range(30)) and len(results[-1]) > 0, results
[ours], [theirs] = pathlib.Path("python").glob("*.jsonl"), pathlib.Path("command").glob("*.jsonl")
assert ours.read_bytes() == theirs.read_bytes()
# What was written is read again: a real file, by the libraries of the wheel.
[clip] = pathlib.Path("python").glob("*.mp4")
again = list(saccade.track(clip, model="synthetic", frames=True, max_frames=100))
assert len(again) == 30 and again[0].frame.to_rgb().shape == (240, 320, 3)
for extra in sorted(pathlib.Path("clips").glob("*")):
    found = list(saccade.track(extra, model="synthetic", stride=10))
    assert found, extra
    print(f"{extra.name}: {len(found)} frames of {found[0].width}x{found[0].height}")
mapped = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
strange = [m for m in mapped if any(n in m for n in ("libav", "libsw", "libopenvino", "protobuf", "libcurl")) and "site-packages" not in m]
assert not strange, strange
print("saccade", saccade.__version__, "from", pathlib.Path(saccade.__file__).parent.name)
PY
SH

mkdir "$work/clips"
for clip in "${SACCADE_SHARED:-../shared}"/video/people_1080p30.mp4 /usr/share/doc/opencv-doc/examples/data/vtest.avi; do
  [ ! -f "$clip" ] || cp "$clip" "$work/clips/"
done

in_venv() {  # in_venv PYTHON WHEEL
  local folder=$work/venv-$RANDOM
  "$1" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$2"
  mkdir "$folder/here"
  cp -r "$work/clips" "$folder/here/"
  (cd "$folder/here" && env -i PATH=/usr/bin:/bin HOME="$folder/here" sh "$work/try.sh" "$folder/bin/python")
  echo "check-wheel: $(basename "$2") with $("$1" --version): well"
}

tried=0
for wheel in out/wheels/*.whl; do
  case $wheel in *cp310-*) versions=3.10;; *cp311-*) versions=3.11;; *abi3*) versions="3.12 3.13 3.14";; *) versions=;; esac
  for version in $versions; do
    python=$(ls -d "$HOME"/.pyenv/versions/$version.*/bin/python 2>/dev/null | sort -V | tail -1)
    [ -n "$python" ] || python=$(command -v python$version || true)
    if [ -z "$python" ] || ! "$python" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null; then
      echo "check-wheel: there is no Python $version here: $(basename "$wheel") is not tried with it" >&2
      continue
    fi
    in_venv "$python" "$wheel"
    tried=$((tried + 1))
  done
done
((tried)) || { echo "check-wheel: no wheel could be tried; make one: scripts/wheel.sh" >&2; exit 1; }

[ "${1:-}" = --root ] || exit 0
root=$work/root
wheel=$(ls out/wheels/*cp311-*.whl)
debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" >"$work/log" 2>&1 ||
  { tail -20 "$work/log" >&2; exit 1; }
mkdir -p "$root/here" "$root/wheels"
cp "$work/try.sh" "$root/here/"; cp -r "$work/clips" "$root/here/"; cp "$wheel" "$root/wheels/"
# What it depends on is fetched out here, by the same interpreter's rules: the root needs no network.
python=$(ls -d "$HOME"/.pyenv/versions/3.11.*/bin/python 2>/dev/null | sort -V | tail -1)
"${python:-python3.11}" -m pip download --quiet --disable-pip-version-check --dest "$root/wheels" "$wheel"
if ! mount --bind /proc "$root/proc" 2>/dev/null; then echo "check-wheel: /proc can't be mounted here" >&2; bound=; else bound=yes; fi
trap '[ -z "$bound" ] || umount "$root/proc"; rm -rf --one-file-system "$work"' EXIT
chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/here sh -euc '
  ! command -v gcc && ! ls /usr/lib/x86_64-linux-gnu | grep -E "^lib(avcodec|openvino|protobuf|curl)\."
  python3 -m venv /venv
  /venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links /wheels saccade
  cd /here && sh try.sh /venv/bin/python'
echo "check-wheel: $(basename "$wheel") in a Debian without any build package: well"
