#!/usr/bin/env bash
# What bench/results/h100.md and h200.md consist of, to be measured again on another GPU or after a change:
#   MODEL=yolo11n.onnx CLIP=clip.mp4 bench/measure_gpu.sh SECTION...
# Sections: files detector streams limits taken live devices refine looks accuracy start auto resolutions trace mission int8; all
# where none is named. Each prints a line a run, and leaves what is told in full under OUT (out/gpu).
#
# SACCADE   the program [build/release/saccade]
# DEVICE    [cuda:0]
# HUGE      a video of 8K, for `streams`
# LOOP      CLIP repeated without encoding it again, some thousand frames: ffmpeg -stream_loop 9 -i CLIP -c copy LOOP
# LONGER    space-separated further videos for `files` (4K, 8K)
# SEQUENCE  folder of a MOTChallenge sequence, with video.mp4 and gt/, for `refine` and `looks`
# REID      a ReID network, for `looks`
# COCO      instances.json, for `accuracy` and `int8`
# CALIB     space-separated videos or folders to calibrate `int8` on [CLIP]
# CPU_BOXES `saccade detect CLIP --device cpu --imgsz 640 --save jsonl`, for `accuracy`
# STREAMS   at once in `limits`, `live` and `devices` [16 100 32]
# INT8      a network in INT8, for `mission`
# ENGINES   not empty: `mission` may build the engines that it lacks, minutes each
#
# Engines are built where they lack, which takes minutes each: run `saccade build` first.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${MODEL:?an ONNX file}" "${CLIP:?a 1080p video}" "${SACCADE:=build/release/saccade}" "${DEVICE:=cuda:0}"
: "${LOOP:=$CLIP}" "${LONGER:=}" "${HUGE:=}" "${OUT:=out/gpu}"
read -r limit_streams live_streams device_streams <<< "${STREAMS:-16 100 32}"
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$OUT"
base=(--model "$MODEL" --device "$DEVICE")
at640=("${base[@]}" --imgsz 640)

# told LABEL SOURCE... -- FLAG...: one run of `track`, a line about it, and the digests of what it wrote.
told() {
  local label=$1 sources=() status=0; shift
  while [ "$1" != -- ]; do sources+=("$1"); shift; done
  shift
  "$SACCADE" track "${sources[@]}" -o "$work/out" --json -q "$@" > "$OUT/last.json" 2> "$work/errors" || status=$?
  cp "$OUT/last.json" "$OUT/${label//[^A-Za-z0-9._-]/_}.json"
  python3 bench/run_line.py "$label" "$OUT/last.json" || { echo "exit code $status"; cat "$work/errors"; }
  find "$work/out" -name '*.txt' -exec md5sum {} + | cut -d' ' -f1 | sort | uniq -c
  rm -rf "$work/out"
}
# copies N [VIDEO]: names of N links to VIDEO [LOOP], so that each stream has outputs of its own.
copies() {
  mkdir -p "$work/copies"
  local i
  for i in $(seq "$1"); do ln -sf "$(realpath "${2:-$LOOP}")" "$work/copies/$i.mp4"; echo "$work/copies/$i.mp4"; done
}
bench() { "$SACCADE" bench "$@" --json-file "$OUT/$1.json" --markdown "$OUT/$1.md" -q; }

files() {
  local video n
  for video in "$LOOP" $LONGER; do
    for n in 1 auto auto; do told "$(basename "$video") decoders $n" "$video" -- "${base[@]}" --decoders "$n"; done
  done
}
detector() { bench detector "${at640[@]}" --batch 32 --source "$CLIP" --batches 1,2,4,8,16,32 --frames 2000 --reps 3; }
streams() {
  bench streams "${at640[@]}" --source "$CLIP" --counts 1,7,16,32 --frames 48000 --reps 2
  [ -n "$HUGE" ] || return 0
  mv "$OUT/streams.json" "$OUT/streams-1080p.json"; mv "$OUT/streams.md" "$OUT/streams-1080p.md"
  bench streams "${base[@]}" --source "$HUGE" --counts 1,2,4,8 --frames 2400 --reps 2
}
limits() {
  local limit
  for limit in 20GB 4GB 2GB; do
    told "limit $limit" $(copies "$limit_streams") -- "${at640[@]}" --streams "$limit_streams" --vram-limit "$limit"
  done
}
taken() {
  local left taker
  told "undisturbed" $(copies 16) -- "${at640[@]}" --streams 4
  for left in 0 64; do
    python3 bench/take_gpu_memory.py "$left" > "$work/taken" & taker=$!
    until grep -q ready "$work/taken"; do sleep 0.1; done
    told "all but $left MB taken" $(copies 16) -- "${at640[@]}" --streams 4
    kill "$taker"; wait "$taker" || true
  done
}
live() { told "live" $(copies "$live_streams") -- "${at640[@]}" --live; }
devices() {
  told "one GPU" $(copies "$device_streams") -- "${at640[@]}" --streams "$device_streams"
  told "all GPUs" $(copies "$device_streams") -- "${at640[@]}" --streams "$device_streams" --device cuda:all
}
refine() {
  [ -n "${SEQUENCE:-}" ] || { echo "refine: no SEQUENCE"; return; }
  local round flags
  mkdir -p "$work/truth" "$work/tracks"
  ln -sf "$(realpath "$SEQUENCE")" "$work/truth/video"
  for flags in "--imgsz 320" "--imgsz 320 --refine" "--imgsz 640" "--imgsz 640 --refine"; do
    for round in 1 2 3; do
      told "refine $flags" "$SEQUENCE/video.mp4" -- "${base[@]}" --classes person $flags
    done
    "$SACCADE" track "$SEQUENCE/video.mp4" "${base[@]}" --classes person $flags -o "$work/tracks" -q
    "$SACCADE" eval --gt "$work/truth" --tracks "$work/tracks"
    told "refine 16 x $flags" $(copies 16 "$SEQUENCE/video.mp4") -- "${base[@]}" --classes person $flags --streams 16
  done
}
# Trackers that look at pictures: the camera's motion and appearance. Files of one video are to be the same bytes.
looks() {
  local tracker n flags reid=()
  [ -n "${REID:-}" ] && reid=("--reid $REID" "--camera-motion off --reid $REID")
  for tracker in bytetrack botsort; do
    told "$tracker, short" "$CLIP" -- "${at640[@]}" --tracker "$tracker"
    for n in 1 auto; do told "$tracker decoders $n" "$LOOP" -- "${at640[@]}" --tracker "$tracker" --decoders "$n"; done
    told "16 x $tracker" $(copies 16) -- "${at640[@]}" --tracker "$tracker" --streams 16
  done
  told "botsort decoded on the host" "$LOOP" -- "${at640[@]}" --tracker botsort --save mot,video
  for flags in "${reid[@]}"; do
    for n in 1 auto; do told "botsort ${flags/$REID/} decoders $n" "$LOOP" -- "${at640[@]}" --tracker botsort $flags --decoders "$n"; done
    told "16 x botsort ${flags/$REID/}" $(copies 16) -- "${at640[@]}" --tracker botsort $flags --streams 16
  done
  "$SACCADE" profile "$LOOP" "${at640[@]}" --tracker botsort -o "$work/profile" | tee "$OUT/profile-looks.txt"
  [ -n "${SEQUENCE:-}" ] || return 0
  mkdir -p "$work/truth" "$work/tracks"
  ln -sfn "$(realpath "$SEQUENCE")" "$work/truth/video"
  for flags in "--device cpu" "" ${reid[@]:+"--reid $REID" "--reid $REID --device cpu"}; do
    echo "botsort ${flags:---device $DEVICE}"
    "$SACCADE" track "$SEQUENCE/video.mp4" "${at640[@]}" --classes person --tracker botsort -o "$work/tracks" -q $flags
    "$SACCADE" eval --gt "$work/truth" --tracks "$work/tracks"
  done
}
accuracy() {
  local size
  [ -n "${COCO:-}" ] || { echo "accuracy: no COCO"; return; }
  for size in 640 480 320; do "$SACCADE" val "$COCO" "${base[@]}" --imgsz "$size" --conf 0.001 -q; done
  [ -n "${CPU_BOXES:-}" ] || return 0
  "$SACCADE" detect "$CLIP" "${at640[@]}" --save jsonl -o "$work/boxes" -q
  python3 bench/match_detections.py "$CPU_BOXES" "$work"/boxes/*.jsonl
}
start() { bench start "${at640[@]}" --source "$CLIP" --reps 3; }
auto() {
  local pair
  "$SACCADE" track "$LOOP" "${at640[@]}" --auto -v -o "$work/auto" 2>&1 | grep -E "auto:"
  for pair in 1 2 3 4; do
    told "defaults" "$LOOP" -- "${at640[@]}"
    told "auto" "$LOOP" -- "${at640[@]}" --auto
  done
}
resolutions() { bench resolutions "${base[@]}" --source "$CLIP" --clips "$OUT" --frames 600 --reps 2; }
trace() {
  local pair
  "$SACCADE" profile "$LOOP" "${at640[@]}" -o "$work/profile" --html "$OUT/profile.html" > "$OUT/profile.txt"
  cat "$OUT/profile.txt"
  for pair in 1 2 3; do
    told "untraced" "$LOOP" -- "${at640[@]}"
    told "traced" "$LOOP" -- "${at640[@]}" --trace "$work/trace"
  done
}

mission() {
  "$SACCADE" bench mission "$CLIP" "${base[@]}" --clips "$OUT" --frames 3000 --reps 2 ${COCO:+--coco "$COCO"} \
    ${INT8:+--int8 "$INT8"} ${ENGINES:+--engines} --json-file "$OUT/mission.json" --markdown "$OUT/mission.md" \
    --html "$OUT/mission.html" -q
}
int8() {
  local precision quantised="$OUT/int8.onnx" calib=()
  local source; for source in ${CALIB:-$CLIP}; do calib+=(--calib "$source"); done
  "$SACCADE" quantize --model "$MODEL" --device "$DEVICE" "${calib[@]}" ${COCO:+--coco "$COCO"} -o "$quantised" \
    --report "$OUT/quantize.json" -q
  for precision in fp32 fp16 int8; do
    local model="$MODEL"; [ "$precision" = int8 ] && model="$quantised"
    local flags=(--model "$model" --device "$DEVICE" --imgsz 640 --precision "$precision")
    echo "$precision"
    "$SACCADE" build "${flags[@]}" --batch 32 --json -q | tee "$OUT/build-$precision.json"
    [ -n "${COCO:-}" ] && "$SACCADE" val "$COCO" "${flags[@]}" -q
    bench detector "${flags[@]}" --batch 32 --source "$CLIP" --batches 1,2,4,8,16,32 --frames 2000 --reps 3
    mv "$OUT/detector.json" "$OUT/detector-$precision.json"; mv "$OUT/detector.md" "$OUT/detector-$precision.md"
  done
}

all=(files detector streams limits taken live devices refine looks accuracy start auto resolutions trace mission int8)
(($#)) || set -- "${all[@]}"
for section in "$@"; do
  [[ " ${all[*]} " = *" $section "* ]] || { echo "$section: no such section; there are ${all[*]}" >&2; exit 2; }
  echo "== $section"
  "$section"
done
