#!/usr/bin/env python3
"""Another program that takes a GPU's memory: all but LEFT MB for 0.7 s, then none for 0.5 s, until it is killed.
Usage: take_gpu_memory.py LEFT. Needs torch."""

import sys
import time

import torch

HOLD, REST, SPARE = 0.7, 0.5, 8 << 20
left = int(sys.argv[1]) << 20


def take(blocks):
    """One more block of what is free, if that is worth it."""
    free, _ = torch.cuda.mem_get_info()
    if free <= left + SPARE:
        return False
    try:
        blocks.append(torch.empty(min(free - left, 4 << 30), dtype=torch.uint8, device="cuda"))
    except torch.OutOfMemoryError:
        return False
    return True


torch.zeros(1, device="cuda")
print("ready", flush=True)
while True:
    blocks = []
    end = time.monotonic() + HOLD
    while time.monotonic() < end:  # what others free meanwhile is taken too
        if not take(blocks):
            time.sleep(0.01)
    print(f"held {sum(block.numel() for block in blocks) / 1e9:.1f} GB", flush=True)
    del blocks
    torch.cuda.empty_cache()
    time.sleep(REST)
