#include "quantize/table.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/atomic_file.h"
#include "core/text_file.h"

namespace saccade::quantize {
namespace {

using nlohmann::json;

constexpr const char* schema = "saccade.calibration/1";

/// Filled bins as [place, count, place, count ...].
json to_json(const Histogram& h) {
    json bins = json::array();
    for (std::size_t i = 0; i < h.bins().size(); ++i) {
        if (h.bins()[i] == 0) continue;
        bins.push_back(i);
        bins.push_back(h.bins()[i]);
    }
    return {{"exponent", h.exponent()},
            {"least", h.least()},
            {"most", h.most()},
            {"not_finite", h.not_finite()},
            {"bins", std::move(bins)}};
}

std::optional<Histogram> histogram_of(const json& entry) {
    const int exponent = entry.at("exponent").get<int>();
    const auto least = entry.at("least").get<float>(), most = entry.at("most").get<float>();
    const json& list = entry.at("bins");
    if (exponent < Histogram::finest || exponent > Histogram::coarsest || !(least <= 0) ||
        !(most >= 0) || !std::isfinite(least) || !std::isfinite(most) || list.size() % 2 != 0) {
        return std::nullopt;
    }
    std::vector<std::uint64_t> bins(std::size_t{2} * Histogram::side);
    for (std::size_t i = 0; i < list.size(); i += 2) {
        const auto place = list[i].get<std::size_t>();
        if (place >= bins.size()) return std::nullopt;
        bins[place] = list[i + 1].get<std::uint64_t>();
    }
    return Histogram::restored(exponent, least, most, entry.at("not_finite").get<std::uint64_t>(),
                               std::move(bins));
}

}  // namespace

Result<void> store(const Table& table, const std::filesystem::path& path) {
    json tensors = json::object();
    for (const auto& [name, histogram] : table.tensors) tensors[name] = to_json(histogram);
    const json document = {{"schema", schema},
                           {"key", table.key},
                           {"images", table.images},
                           {"tensors", std::move(tensors)}};
    auto file = AtomicFile::create(path);
    if (!file) return fail(file.error());
    const auto text = document.dump(-1, ' ', false, json::error_handler_t::replace);
    if (auto ok = file->write(text); !ok) return ok;
    return file->commit();
}

Table restore(const std::filesystem::path& path, const std::string& key) {
    Table empty{.key = key, .images = 0, .tensors = {}};
    const auto text = read_text_file(path);
    if (!text) return empty;
    const json document = json::parse(*text, nullptr, false);
    try {
        if (document.is_discarded() || document.at("schema") != schema ||
            document.at("key") != key) {
            return empty;
        }
        Table table{.key = key, .images = document.at("images").get<std::size_t>(), .tensors = {}};
        for (const auto& [name, entry] : document.at("tensors").items()) {
            auto histogram = histogram_of(entry);
            if (!histogram) return empty;
            table.tensors.emplace(name, std::move(*histogram));
        }
        return table;
    } catch (const json::exception&) {
        return empty;  // a cache that is damaged is none
    }
}

}  // namespace saccade::quantize
