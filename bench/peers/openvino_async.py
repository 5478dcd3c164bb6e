#!/usr/bin/env python3
"""Images a second of OpenVINO's own asynchronous loop on an ONNX model, as JSON.

The network alone: inputs are ready, nothing is decoded, prepared or read. THROUGHPUT hint, as many
requests as the device asks for. Usage: openvino_async.py MODEL [--images 300] [--precision f32]
"""
import argparse
import json
import time

import numpy as np
import openvino as ov

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--images", type=int, default=300)
parser.add_argument("--size", type=int, default=640)
parser.add_argument("--precision", default="f32")
args = parser.parse_args()

core = ov.Core()
network = core.read_model(args.model)
network.reshape([1, 3, args.size, args.size])
compiled = core.compile_model(network, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT",
                                               "INFERENCE_PRECISION_HINT": args.precision})
queue = ov.AsyncInferQueue(compiled)
image = np.random.default_rng(1).random((1, 3, args.size, args.size), dtype=np.float32)
for _ in range(2 * len(queue)):  # warm-up
    queue.start_async({0: image})
queue.wait_all()
start = time.perf_counter()
for _ in range(args.images):
    queue.start_async({0: image})
queue.wait_all()
seconds = time.perf_counter() - start
print(json.dumps({"peer": f"openvino {ov.__version__}", "requests": len(queue),
                  "images": args.images, "seconds": seconds, "fps": args.images / seconds}))
