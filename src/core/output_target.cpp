#include "core/output_target.h"

#include <unistd.h>

#include <charconv>
#include <string>
#include <system_error>

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // as the kernel has it

/// One link further; nothing where `path` is none.
std::optional<fs::path> next(const fs::path& path) {
    std::error_code error;
    if (!fs::is_symlink(path, error)) return std::nullopt;
    const fs::path to = fs::read_symlink(path, error);
    if (error) return std::nullopt;
    return to.is_absolute() ? to : path.parent_path() / to;
}

}  // namespace

fs::path behind_links(fs::path path) {
    for (int i = 0; i < most_links; ++i) {
        auto further = next(path);
        if (!further) break;
        path = std::move(*further);
    }
    return path;
}

std::optional<int> own_descriptor(fs::path path) {
    const fs::path own = "/proc/" + std::to_string(::getpid()) + "/fd";
    for (int i = 0; i < most_links; ++i) {
        std::error_code error;
        if (path.has_parent_path() && fs::canonical(path.parent_path(), error) == own) {
            const std::string name = path.filename().string();
            int number = -1;
            const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
            if (bad == std::errc{} && end == name.data() + name.size()) return number;
        }
        auto further = next(path);
        if (!further) break;
        path = std::move(*further);
    }
    return std::nullopt;
}

}  // namespace saccade
