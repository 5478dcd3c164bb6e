#!/usr/bin/env bash
# Makes the pictures of README.md out of the program itself: docs/images/make.sh [PROGRAM]
# Needs ffmpeg for the frame. The speeds are the table of speed.py, each with its source.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-build/saccade}")
out=$PWD/docs/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
scene="synthetic:frames=90&width=960&height=540&objects=10&crossings=1"
"$program" track "$scene" --model synthetic --save video -o tracked -q
ffmpeg -v error -y -i tracked/*.mp4 -vf "select=eq(n\,75),format=rgb24" -frames:v 1 frame.png
ffmpeg -v error -y -i frame.png -vf "split[a][b];[a]palettegen=max_colors=32[p];[b][p]paletteuse=dither=none" \
  "$out/frame.png"
"$program" profile "$scene" --model synthetic -o profiled --html report.html -q > /dev/null
python3 "$out/report.py" report.html > "$out/report.svg"
python3 "$out/speed.py" > "$out/speed.svg"
ls -l "$out"
