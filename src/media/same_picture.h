// Whether a picture is the one before again, to the last sample of its luma.
#pragma once

#include <cstdint>
#include <optional>

#include "core/frame.h"

namespace saccade::media {

/// A camera's own noise makes each picture differ; where none does for long, its sensor or encoder
/// has stopped. A few rows tell most pictures apart; only where they agree are all looked at. One
/// thread.
class SamePicture {
  public:
    /// Never for pictures in a GPU's memory, which are not looked at.
    bool again(const Frame& frame);

  private:
    std::optional<std::uint64_t> some_;  ///< digest of a few rows
    std::optional<std::uint64_t> all_;   ///< of all, where it was needed
};

}  // namespace saccade::media
