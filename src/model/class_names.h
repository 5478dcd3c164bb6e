// Class names as exporters write them into a model's metadata.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace saccade::model {

/// Most classes a model may name.
inline constexpr std::size_t max_classes = 100'000;

/// Reads a Python dict or list literal ({0: 'person', 1: "driver's"}) or the same as JSON
/// ({"0": "person"}, ["person"]). Ids that are left out get default_class_name(). Nothing where the
/// text is neither, or an id is negative or max_classes and over.
std::optional<std::vector<std::string>> parse_class_names(std::string_view text);

/// "class 7"
std::string default_class_name(std::size_t id);

/// The 80 classes of COCO's detection task, in the order of its contiguous ids.
std::span<const std::string_view> coco_class_names() noexcept;

}  // namespace saccade::model
