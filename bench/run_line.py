#!/usr/bin/env python3
"""One line about a run of `saccade track --json`. Usage: run_line.py LABEL FILE"""

import json
import sys

label, path = sys.argv[1:]
try:
    with open(path) as file:
        run = json.load(file)
except ValueError as broken:
    sys.exit(f"{label}: no result ({broken})")
streams, governor = run["streams"], run["governor"]
latency = [s["stages"]["latency"] for s in streams if s["frames"] > 0]
statuses = sorted({s["status"] for s in streams})
print(
    f"{label}: {run['fps']:.0f} frames/s, {run['frames']} in {run['seconds']:.2f} s; {streams[0]['decoder']} at "
    f"{streams[0]['input'][0]}x{streams[0]['input'][1]}; latency first {max(l['first_ms'] for l in latency):.1f}, p50 "
    f"{sorted(l['p50_ms'] for l in latency)[len(latency) // 2]:.1f}, p99 {max(l['p99_ms'] for l in latency):.1f} ms; track "
    f"{sum(s['stages']['track']['total_s'] for s in streams if s['frames'] > 0) * 1e3 / run['frames']:.2f} ms a frame; first "
    f"result {run['first_result_seconds']:.2f} s after the start; memory {governor['peak_bytes'] / 1e6:.0f} MB, batch "
    f"{governor['smallest_batch']} to {governor['max_batch']}, {governor['decoders_waited']} decoders waited, "
    f"{governor['out_of_memory']} times none; {sum(s['dropped'] for s in streams)} dropped; {', '.join(statuses)}"
    if latency
    else f"{label}: no frame went through; {', '.join(statuses)}"
)
