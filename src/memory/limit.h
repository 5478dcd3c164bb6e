// How much memory a run may hold, as a person says it.
#pragma once

#include <cstddef>
#include <string_view>

#include "saccade/error.h"

namespace saccade::memory {

/// Of the two one is set, or none where there is no limit.
struct Limit {
    std::size_t bytes = 0;
    double share = 0;  ///< of what there is, 0..1

    /// In bytes on a device that has `total` (0: unknown, and then a share can't be told); 0: none.
    [[nodiscard]] std::size_t of(std::size_t total) const {
        return share > 0 ? static_cast<std::size_t>(share * static_cast<double>(total)) : bytes;
    }
};

/// "20GB", "1.5 GB", "512MB" (decimal), "2GiB", "512MiB" (binary), a share from above 0 to 1
/// ("0.8"), or "" for none. Units in either case. Error: invalid_argument.
Result<Limit> parse_limit(std::string_view text);

}  // namespace saccade::memory
