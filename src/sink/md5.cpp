// Digests for golden tests, as dav1d's md5 output has them: a line "INDEX MD5" a frame, then
// "all MD5". What is digested is the frame's line of the jsonl format (jsonl_text.h), for `all`
// each with its line break, so `all` is `tail -n +2 F.jsonl | head -n -1 | md5sum`.
#include <iterator>

#include "core/digest.h"
#include "sink/formats.h"
#include "sink/jsonl_text.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class Md5Format final : public TextFormat {
  public:
    void header(const Context&, fmt::memory_buffer&) override {}

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        text_.clear();
        append_frame_json(result, text_);
        Digest digest(Digest::Algorithm::md5);
        digest.update(std::string_view(text_.data(), text_.size()));
        all_.update(std::string_view(text_.data(), text_.size()));
        all_.update("\n");
        fmt::format_to(std::back_inserter(out), "{} {}\n", result.id.index, digest.hex());
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer& out) override {
        fmt::format_to(std::back_inserter(out), "all {}\n", all_.hex());
    }

  private:
    Digest all_{Digest::Algorithm::md5};
    fmt::memory_buffer text_;
};

}  // namespace

std::unique_ptr<Sink> make_md5(const SinkOptions& options) {
    return make_text_sink(options, ".md5", std::make_unique<Md5Format>());
}

}  // namespace saccade::sink
