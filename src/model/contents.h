// What the numbers of a value are, as far as the nodes that make them tell: scores, class ids, or
// something else. Private to src/model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/graph_view.h"
#include "model/value_types.h"

namespace saccade::model {

enum class Content : std::uint8_t {
    unknown,      ///< the nodes don't tell
    probability,  ///< out of a sigmoid or softmax, or a product of such
    label,        ///< whole numbers, or numbers cast from them
    other,        ///< results of convolutions and arithmetic
};

/// Neighbouring columns (or rows) of one origin.
struct Run {
    Content content = Content::unknown;
    std::int64_t width = 0;  ///< how many; 0 where it isn't told
    std::string node;        ///< that made them, for messages
};

/// The dimension that the numbers of one box lie along, counted from the front.
struct Columns {
    std::vector<Run> runs;

    /// What the columns first..last-1 of `total` all are: unknown where they differ, or where it
    /// isn't told which run they are in. `total` 0: not known.
    [[nodiscard]] Content content(std::int64_t first, std::int64_t last, std::int64_t total) const;
    /// Whether one of the columns from `first` on is surely of this content, and which node made
    /// it.
    [[nodiscard]] const Run* find(Content content, std::int64_t first, std::int64_t total) const;
};

/// Follows a value of `rank` dimensions back from dimension `axis` (0 is the slowest).
Columns columns_of(const GraphView& graph, const ValueTypes& types, const std::string& value,
                   int axis, int rank);

/// What all numbers of a value are.
Content content_of(const GraphView& graph, const ValueTypes& types, const std::string& value);

}  // namespace saccade::model
