// What an object was seen at, lately: the memory of OC-SORT.
#pragma once

#include <array>
#include <cstddef>

#include "saccade/types.h"

namespace saccade::track {

/// The last few observations of one object, oldest overwritten. Never empty.
class Observations {
  public:
    struct Seen {
        Box box;
        Timestamp at{0};
    };

    Observations() = default;
    Observations(const Box& box, Timestamp at) { push(box, at); }

    void push(const Box& box, Timestamp at) noexcept {
        newest_ = (newest_ + 1) % ring_.size();
        ring_[newest_] = {box, at};
        if (count_ < ring_.size()) ++count_;
    }
    [[nodiscard]] const Seen& last() const noexcept { return ring_[newest_]; }

    /// The oldest one seen at or after `from`, or the last one where none is that new.
    [[nodiscard]] const Seen& since(Timestamp from) const noexcept {
        const Seen* found = &last();
        for (std::size_t back = 1; back < count_; ++back) {
            const Seen& s = ring_[(newest_ + ring_.size() - back) % ring_.size()];
            if (s.at < from) break;
            found = &s;
        }
        return *found;
    }

  private:
    // At the nominal rate the momentum looks back 3 frames; this holds it up to 150 fps.
    std::array<Seen, 16> ring_{};
    std::size_t newest_ = ring_.size() - 1, count_ = 0;
};

}  // namespace saccade::track
