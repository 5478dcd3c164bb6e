// The calibration table: histograms of all tensors, kept beside the other caches.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "quantize/histogram.h"
#include "saccade/error.h"

namespace saccade::quantize {

struct Table {
    std::string key;         ///< of what it was made; another key, another table
    std::size_t images = 0;  ///< that are in it, the first ones of the choice
    std::map<std::string, Histogram> tensors;
    friend bool operator==(const Table&, const Table&) = default;
};

/// JSON, as AtomicFile writes. Errors: unwritable.
Result<void> store(const Table& table, const std::filesystem::path& path);

/// An empty table of that key where the file isn't there, is of another key or damaged: it is made
/// anew.
Table restore(const std::filesystem::path& path, const std::string& key);

}  // namespace saccade::quantize
