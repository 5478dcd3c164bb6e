// Who left, and what they looked like, so that they can be told when they come back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "saccade/types.h"
#include "track/botsort/appearance.h"

namespace saccade::track {

/// Looks of objects that a tracker no longer waits for, in slots of an AppearanceStore that are the
/// gallery's from then on. At most `most` of them; beyond that whoever left first is forgotten.
class Gallery {
  public:
    static constexpr std::size_t most = 1000;  ///< 2 MB of looks of 512 numbers
    /// Half a cosine distance up to which a look may be that of someone who left: stricter than
    /// from one frame to the next, since there is no place that agrees.
    static constexpr float same = 0.15F;
    /// The second best of all must be so many times as far.
    static constexpr float clear = 1.25F;

    struct Entry {
        std::int64_t id = 0;
        int class_id = 0;
        Timestamp left{0};  ///< when it was last seen
        int slot = -1;
    };

    /// Takes over entry.slot. Entries come by ascending `left`, as far as it matters.
    void remember(const Entry& entry, AppearanceStore& store);
    /// Who left since `since` and looks like that, or nobody. It is then forgotten here.
    [[nodiscard]] std::optional<Entry> recall(int class_id, int slot, Timestamp since,
                                              AppearanceStore& store);
    void reset(AppearanceStore& store);
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    std::vector<Entry> entries_;
};

}  // namespace saccade::track
