#include "track/botsort/gallery.h"

#include <algorithm>

namespace saccade::track {

void Gallery::remember(const Entry& entry, AppearanceStore& store) {
    if (entries_.size() == most) {
        const auto first =
            std::min_element(entries_.begin(), entries_.end(),
                             [](const Entry& a, const Entry& b) { return a.left < b.left; });
        store.release(first->slot);
        entries_.erase(first);
    }
    entries_.push_back(entry);
}

std::optional<Gallery::Entry> Gallery::recall(int class_id, int slot, Timestamp since,
                                              AppearanceStore& store) {
    std::erase_if(entries_, [&](const Entry& e) {
        if (e.left < since) store.release(e.slot);
        return e.left < since;
    });
    float best = 1, second = 1;
    std::size_t found = entries_.size();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].class_id != class_id) continue;
        const float d = store.distance(entries_[i].slot, store.look(slot));
        if (d < best) {
            second = best;
            best = d;
            found = i;
        } else {
            second = std::min(second, d);
        }
    }
    if (found == entries_.size() || best > same || second < clear * best) return std::nullopt;
    const Entry entry = entries_[found];
    store.release(entry.slot);
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(found));
    return entry;
}

void Gallery::reset(AppearanceStore& store) {
    for (const Entry& e : entries_) store.release(e.slot);
    entries_.clear();
}

}  // namespace saccade::track
