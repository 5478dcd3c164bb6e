#include "core/text_file.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace saccade {

Result<std::string> read_text_file(const std::filesystem::path& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) {
        const int reason = errno;
        return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::unreadable,
                    fmt::format("can't open {}: {}", path.string(), std::strerror(reason)),
                    "check the path");
    }
    std::string text;
    std::array<char, 1 << 16> block;
    while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
        text.append(block.data(), n);
    }
    if (std::ferror(file.get()) != 0) {
        return fail(ErrorCode::unreadable,
                    fmt::format("can't read {}: {}", path.string(), std::strerror(errno)),
                    "check the path");
    }
    return text;
}

}  // namespace saccade
