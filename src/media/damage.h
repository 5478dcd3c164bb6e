// What went wrong while a source was read, for one line at its end.
#pragma once

#include <cstdint>
#include <string>

namespace saccade::media {

/// Collects damage; only what is certain is noted here.
class DamageReport {
  public:
    /// One place where data was lost, before frame `index`.
    void note(const std::string& what, std::uint64_t index);
    /// Something about the source as a whole ("the file ends early ...").
    void note_whole(const std::string& what);

    /// What another reader of the same source noted.
    void merge(const DamageReport& other);

    /// "" if nothing was noted; else one line that starts with `name`.
    [[nodiscard]] std::string summary(const std::string& name) const;

  private:
    std::uint64_t places_ = 0, first_index_ = 0;
    std::string first_, whole_;
};

}  // namespace saccade::media
