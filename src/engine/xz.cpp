#include "engine/xz.h"

#include <fmt/format.h>
#include <lzma.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <memory>

#include "core/atomic_file.h"

namespace saccade::engine {

Result<void> unpack_xz(const std::filesystem::path& from, const std::filesystem::path& to,
                       std::size_t limit) {
    std::ifstream in(from, std::ios::binary);
    if (!in) {
        std::error_code ignored;
        const bool exists = std::filesystem::exists(from, ignored);
        return fail(
            exists ? ErrorCode::unreadable : ErrorCode::not_found,
            fmt::format("{}: {}", from.string(), exists ? "can't be opened" : "no such file"));
    }
    auto out = AtomicFile::create(to, cache_file());
    if (!out) return fail(out.error());

    constexpr std::uint64_t memory_limit = 256U << 20U;
    lzma_stream stream = LZMA_STREAM_INIT;
    const std::unique_ptr<lzma_stream, decltype(&lzma_end)> owner(&stream, lzma_end);
    if (lzma_stream_decoder(&stream, memory_limit, LZMA_CONCATENATED) != LZMA_OK) {
        return fail(ErrorCode::out_of_memory, "no memory to unpack " + from.string());
    }
    std::array<char, 1 << 16> input{}, output{};
    std::size_t written = 0;
    lzma_action action = LZMA_RUN;
    for (lzma_ret state = LZMA_OK; state != LZMA_STREAM_END;) {
        if (stream.avail_in == 0 && action == LZMA_RUN) {
            in.read(input.data(), input.size());
            stream.next_in = reinterpret_cast<const std::uint8_t*>(input.data());
            stream.avail_in = static_cast<std::size_t>(in.gcount());
            if (in.eof()) action = LZMA_FINISH;
        }
        stream.next_out = reinterpret_cast<std::uint8_t*>(output.data());
        stream.avail_out = output.size();
        state = lzma_code(&stream, action);
        if (state != LZMA_OK && state != LZMA_STREAM_END) {
            return fail(ErrorCode::corrupt, from.string() + ": not a whole xz file",
                        "fetch it again");
        }
        const std::size_t count = output.size() - stream.avail_out;
        written += count;
        if (written > limit) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: unpacks to over {} MiB", from.string(), limit >> 20U));
        }
        if (auto done = out->write({output.data(), count}); !done) return done;
    }
    return out->commit();
}

}  // namespace saccade::engine
