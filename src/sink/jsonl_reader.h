// Reads the jsonl format back (jsonl.cpp writes it).
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"
#include "sink/sink.h"

namespace saccade::sink {

inline constexpr std::string_view jsonl_schema = "saccade.results";
inline constexpr int jsonl_version = 1;

/// A file under way, a frame at a time. One thread.
/// Errors of all calls: corrupt, as "FILE:LINE: what is wrong"; unreadable for I/O.
class JsonlReader {
  public:
    /// Reads the header. Errors also: not_found; unsupported for a newer version.
    static Result<JsonlReader> open(const std::filesystem::path& path);

    [[nodiscard]] const Context& header() const noexcept { return header_; }

    /// The next frame (its stream is 0), or nothing after the last. A file without its footer, or
    /// with another number of frames than that says, is corrupt.
    Result<std::optional<FrameResult>> next();

    /// How the run ended; after next() gave nothing.
    [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }

  private:
    explicit JsonlReader(const std::filesystem::path& path);
    Result<bool> read_line();
    Result<void> read_header();
    [[nodiscard]] tl::unexpected<Error> corrupt(std::string_view what) const;

    std::string name_;
    std::ifstream file_;
    std::string line_;
    std::uint64_t line_number_ = 0, frames_ = 0;
    Context header_;
    Outcome outcome_ = Outcome::failed;
    bool done_ = false;
};

/// A whole file.
struct JsonlFile {
    Context header;
    std::vector<FrameResult> frames;
    Outcome outcome = Outcome::failed;
};
Result<JsonlFile> read_jsonl(const std::filesystem::path& path);

}  // namespace saccade::sink
