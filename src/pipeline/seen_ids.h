// How many objects of each class a stream has shown so far, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>

namespace saccade::pipeline {

/// Ids rise, and an endless stream has no end of them: of a class only the latest are remembered,
/// so that the count is exact unless an id comes back after 32,768 later ones of its class. One
/// thread.
class SeenIds {
  public:
    void add(int class_id, std::int64_t id) {
        Class& seen = classes_[class_id];
        if (id <= seen.forgotten || !seen.latest.insert(id).second) return;
        ++seen.count;
        if (seen.latest.size() < static_cast<std::size_t>(most)) return;
        const auto middle = std::next(seen.latest.begin(), most / 2);
        seen.forgotten = *std::prev(middle);
        seen.latest.erase(seen.latest.begin(), middle);
    }
    [[nodiscard]] std::map<int, std::uint64_t> counts() const {
        std::map<int, std::uint64_t> counts;
        for (const auto& [id, seen] : classes_) counts[id] = seen.count;
        return counts;
    }

  private:
    static constexpr std::ptrdiff_t most = 65'536;
    struct Class {
        std::uint64_t count = 0;
        std::set<std::int64_t> latest;
        std::int64_t forgotten = 0;  ///< this one and those before it were counted
    };
    std::map<int, Class> classes_;
};

}  // namespace saccade::pipeline
