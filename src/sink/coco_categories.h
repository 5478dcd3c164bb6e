// COCO's classes and the gap-toothed numbers that its annotations give them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace saccade::sink {

struct CocoCategory {
    int id;  ///< category_id in COCO's annotation files, 1 to 90
    std::string_view name;
};

/// In the order in which models trained on COCO number them (COCO 2017 instances, 80 categories).
extern const std::array<CocoCategory, 80> coco_categories;

/// Whether a model's class names are exactly COCO's 80 in their order.
[[nodiscard]] bool are_coco_classes(const std::vector<std::string>& names);

}  // namespace saccade::sink
