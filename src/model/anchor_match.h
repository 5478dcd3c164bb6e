// Whether a graph lays boxes around the anchor points of strides 8, 16 and 32. Private to
// src/model.
#pragma once

#include <string>

#include "model/graph_view.h"
#include "model/spec.h"

namespace saccade::model {

/// Whether the value is [1, 2, A] or [2, A]: x + 0.5 and y + 0.5 of each cell of the three grids,
/// row by row; a constant, or made of ranges over the shapes of three feature maps.
bool is_anchor_points(const GraphView& graph, const ModelSpec& spec, const std::string& value);

/// Whether the value holds the stride of each of those cells; a constant, or filled at run time.
bool is_anchor_strides(const GraphView& graph, const ModelSpec& spec, const std::string& value);

}  // namespace saccade::model
