// Ground truth in the COCO format (instances.json): images, categories and boxes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"

namespace saccade::eval {

struct CocoImage {
    std::int64_t id = 0;
    std::string file_name;
    int width = 0, height = 0;  ///< px; 0 where the file does not say
};

struct CocoCategory {
    std::int64_t id = 0;
    std::string name;
};

/// One box of the ground truth. `area` is that of the object (its mask, where the data set has
/// masks), which need not be width * height; it decides small, medium and large.
struct CocoAnnotation {
    std::int64_t image_id = 0, category_id = 0;
    double x = 0, y = 0, width = 0, height = 0;  ///< px
    double area = 0;                             ///< px^2
    bool crowd = false;  ///< a region of many: any number of detections may fall into it unpunished
};

/// Partners by name. No category is two classes'.
struct CategoryMatch {
    std::vector<std::optional<std::int64_t>> of_class;  ///< the category's id, by class; none: no partner
    std::vector<std::string> without_class;  ///< names of categories that no class is: nothing finds them
};

/// What an instances.json says, in the file's order. All ids are unique and all references resolve.
struct CocoDataset {
    std::vector<CocoImage> images;
    std::vector<CocoCategory> categories;
    std::vector<CocoAnnotation> annotations;

    /// Errors: not_found, unreadable, unsupported (UTF-16), corrupt (not JSON, or not this format: the
    /// message names the file and the entry; also a file_name that leads out of the images' folder).
    static Result<CocoDataset> load(const std::filesystem::path& path);
    /// As load, from text; `name` stands for the file in messages.
    static Result<CocoDataset> parse(std::string_view json, std::string_view name);

    /// Which category each of a model's classes is: names are compared exactly first, and what is left
    /// over without regard to case ("Person" is "person").
    [[nodiscard]] CategoryMatch match(std::span<const std::string> class_names) const;
};

}  // namespace saccade::eval
