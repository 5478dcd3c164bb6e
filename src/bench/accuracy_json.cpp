#include <nlohmann/json.hpp>

#include "bench/accuracy.h"

namespace saccade::bench {

std::string accuracy_json(const Accuracy& accuracy, const detect::DetectorInfo& info) {
    const eval::CocoSummary& s = accuracy.summary;
    nlohmann::json classes = nlohmann::json::array();
    for (const auto& c : s.categories) {
        if (c.objects == 0) continue;
        classes.push_back(
            {{"name", c.name}, {"objects", c.objects}, {"map", c.ap}, {"map50", c.ap50}});
    }
    const nlohmann::json out = {{"schema", "saccade.val/1"},
                                {"model", info.model},
                                {"input", {info.input_width, info.input_height}},
                                {"images", s.images},
                                {"detections", s.detections},
                                {"map", s.ap},
                                {"map50", s.ap50},
                                {"map75", s.ap75},
                                {"map_small", s.ap_small},
                                {"map_medium", s.ap_medium},
                                {"map_large", s.ap_large},
                                {"recall", s.recall},
                                {"classes", std::move(classes)},
                                {"categories_without_class", accuracy.without_class}};
    return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace saccade::bench
