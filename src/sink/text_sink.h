// Formats that are one text file: they turn results into text, and TextSink does the rest.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string_view>

#include "sink/registry.h"
#include "sink/sink.h"

namespace saccade::sink {

/// Appends text to `out` and touches no file. Called by TextSink in the order header, frame ...,
/// footer. All numbers by fmt, which no locale changes.
class TextFormat {
  public:
    TextFormat() = default;
    TextFormat(const TextFormat&) = delete;
    TextFormat& operator=(const TextFormat&) = delete;
    virtual ~TextFormat() = default;

    /// `context` outlives this object's use.
    virtual void header(const Context& context, fmt::memory_buffer& out) = 0;
    /// Errors: invalid_argument where the options don't fit the frame.
    virtual Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) = 0;
    /// Before the footer, of a live source that was left while it gave nothing.
    virtual void outage_at_end(const Outage& outage) { static_cast<void>(outage); }
    virtual void footer(Outcome outcome, std::uint64_t frames, fmt::memory_buffer& out) = 0;

    /// Whether the footer says how the run ended; where not, NAME.partial does.
    [[nodiscard]] virtual bool marks_outcome() const noexcept { return false; }
};

inline void append(fmt::memory_buffer& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
}

/// A sink that writes `format` to folder/stem + suffix as one AtomicFile.
std::unique_ptr<Sink> make_text_sink(const SinkOptions& options, std::string_view suffix,
                                     std::unique_ptr<TextFormat> format);

}  // namespace saccade::sink
