// How long a part of a network took, by a backend's own profiler.
#pragma once

#include <string>

namespace saccade::infer {

/// A layer of the loaded network, which need not be one of the ONNX graph: backends fuse them.
struct LayerTime {
    std::string name, kind;  ///< as the backend has them
    double ms = 0;
};

}  // namespace saccade::infer
