#!/usr/bin/env python3
"""Images a second of OpenVINO's own asynchronous loop: the rate that our pipeline is held against.

Inference alone, on constant input: no decoding, no preprocessing, no NMS. Prints one JSON line.
"""

import argparse
import json
import time

import numpy as np
import openvino as ov


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="ONNX file")
    parser.add_argument(
        "--imgsz", type=int, default=640, help="side of the input where it is dynamic"
    )
    parser.add_argument("--precision", choices=["f32", "bf16", "f16"], default="f32")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--requests", type=int, default=0, help="0: as many as OpenVINO advises")
    parser.add_argument("--threads", type=int, default=0, help="0: all")
    args = parser.parse_args()

    core = ov.Core()
    model = core.read_model(args.model)
    shape = model.input(0).partial_shape
    side = args.imgsz
    model.reshape(
        [1, 3] + [side if dim.is_dynamic else dim.get_length() for dim in list(shape)[2:]]
    )
    options = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": args.precision}
    if args.threads:
        options["INFERENCE_NUM_THREADS"] = args.threads
    started = time.perf_counter()
    compiled = core.compile_model(model, "CPU", options)
    compile_seconds = time.perf_counter() - started

    queue = ov.AsyncInferQueue(compiled, args.requests)
    image = np.full(compiled.input(0).shape, 0.5, np.float32)
    for request in queue:  # inputs lie in the requests already: the loop copies nothing
        request.get_input_tensor().data[:] = image
    for _ in range(2 * len(queue)):
        queue.start_async()
    queue.wait_all()

    images = 0
    started, cpu_started = time.perf_counter(), time.process_time()
    while time.perf_counter() - started < args.seconds:
        queue.start_async()
        images += 1
    queue.wait_all()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    print(
        json.dumps(
            {
                "peer": f"openvino {ov.get_version().split('-')[0]} async loop",
                "model": args.model.rsplit("/", 1)[-1],
                "input": list(compiled.input(0).shape),
                "precision": compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name(),
                "requests": len(queue),
                "streams": compiled.get_property("NUM_STREAMS"),
                "compile_seconds": round(compile_seconds, 3),
                "images": images,
                "seconds": round(seconds, 3),
                "fps": round(images / seconds, 2),
                # Of all threads: tells more than the rate where others use the machine, too.
                "cpu_ms_per_image": round(1000 * cpu_seconds / images, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
