// Digests for golden tests, as dav1d's md5 output has them: a line "INDEX MD5" a frame, then
// "all MD5". What is digested is the frame's line of the jsonl format (jsonl_text.h), for `all`
// each with its line break, so `all` is `tail -n +2 F.jsonl | head -n -1 | md5sum`. Frames that are image
// files have the image's name at the end of the line (INDEX MD5 "NAME"), and are digested without what
// jsonl says of the file: equal images and results are equal wherever they lie.
#include <iterator>

#include "core/digest.h"
#include "sink/formats.h"
#include "sink/json_string.h"
#include "sink/jsonl_text.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class Md5Format final : public TextFormat {
  public:
    void header(const Context& context, fmt::memory_buffer&) override {
        images_ = context.images.get();
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        text_.clear();
        append_frame_json(result, nullptr, text_);
        Digest digest(Digest::Algorithm::md5);
        digest.update(std::string_view(text_.data(), text_.size()));
        all_.update(std::string_view(text_.data(), text_.size()));
        all_.update("\n");
        fmt::format_to(std::back_inserter(out), "{} {}", result.id.index, digest.hex());
        if (images_ != nullptr) {  // a name with a line break in it must not look like a line
            fmt::format_to(std::back_inserter(out), " {}",
                           json_string(images_->of(*result.file).name));
        }
        append(out, "\n");
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer& out) override {
        fmt::format_to(std::back_inserter(out), "all {}\n", all_.hex());
    }

  private:
    const media::ImageNames* images_ = nullptr;
    Digest all_{Digest::Algorithm::md5};
    fmt::memory_buffer text_;
};

}  // namespace

std::unique_ptr<Sink> make_md5(const SinkOptions& options) {
    return make_text_sink(options, ".md5", std::make_unique<Md5Format>());
}

}  // namespace saccade::sink
