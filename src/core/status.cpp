#include "saccade/status.h"

#include <array>
#include <utility>

#include "saccade/live.h"

namespace saccade {
namespace {

constexpr std::array<std::pair<Status, std::string_view>, 4> status_words{{
    {Status::complete, "complete"},
    {Status::partial, "partial"},
    {Status::interrupted, "interrupted"},
    {Status::failed, "failed"},
}};

}  // namespace

std::string_view to_string(Status status) noexcept {
    for (const auto& [value, word] : status_words) {
        if (value == status) return word;
    }
    return "failed";
}

std::optional<Status> status_from(std::string_view word) noexcept {
    for (const auto& [value, known] : status_words) {
        if (known == word) return value;
    }
    return std::nullopt;
}

const char* to_string(LiveState state) noexcept {
    switch (state) {
        case LiveState::connecting: return "connecting";
        case LiveState::running: return "running";
        case LiveState::silent: return "silent";
        case LiveState::frozen: return "frozen";
        case LiveState::broken: return "broken";
        case LiveState::waiting: return "waiting";
    }
    return "waiting";
}

}  // namespace saccade
