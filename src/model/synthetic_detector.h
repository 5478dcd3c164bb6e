// A small genuine detector, written by this program: for the built-in synthetic scene alone.
//
// It stands in where no trained model is at hand, so that the whole way from pixels to tracks can
// be shown and tested. It finds flat red, green and blue boxes on a grey background and nothing
// else; there are no trained weights in it, and its metadata say so.
#pragma once

#include <filesystem>

#include "model/onnx_model.h"
#include "saccade/error.h"

namespace saccade::model {

/// Largest side of a box that it finds, px of its input; larger ones give no detection.
inline constexpr int synthetic_largest_side = 128;
/// Smallest side that is found wherever the box stands: it must cover a cell's centre.
inline constexpr int synthetic_smallest_side = 10;

/// The network: input "images" [N,3,H,W] (RGB, 0..1; H and W multiples of 32), output "output0"
/// [N,7,H*W/64] as YOLOv8's: cx, cy, w, h in input px, then the scores of "red box", "green box"
/// and "blue box". A cell stands on every 8th pixel.
OnnxModel make_synthetic_detector();

/// Writes it into the folder as "synthetic.onnx", unless that very file is there, and returns the
/// path. Errors: unwritable.
Result<std::filesystem::path> write_synthetic_detector(const std::filesystem::path& folder);

}  // namespace saccade::model
