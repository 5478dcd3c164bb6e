#include "media/damage.h"

#include <fmt/format.h>

namespace saccade::media {

void DamageReport::note(const std::string& what, std::uint64_t index) {
    if (places_++ != 0) return;
    first_ = what;
    first_index_ = index;
}

void DamageReport::note_whole(const std::string& what) {
    if (!whole_.empty()) whole_ += "; ";
    whole_ += what;
}

void DamageReport::merge(const DamageReport& other) {
    if (other.places_ > 0 && (places_ == 0 || other.first_index_ < first_index_)) {
        first_ = other.first_;
        first_index_ = other.first_index_;
    }
    places_ += other.places_;
    if (!other.whole_.empty()) note_whole(other.whole_);
}

std::string DamageReport::summary(const std::string& name) const {
    std::string text;
    if (places_ == 1) {
        text = fmt::format("{} before frame {}", first_, first_index_);
    } else if (places_ > 1) {
        text = fmt::format("{} damaged places, the first ({}) before frame {}", places_, first_,
                           first_index_);
    }
    if (!whole_.empty()) text = text.empty() ? whole_ : whole_ + "; " + text;
    return text.empty() ? "" : name + ": " + text;
}

}  // namespace saccade::media
