#include "sink/text_sink.h"

#include <optional>
#include <utility>

#include "core/atomic_file.h"
#include "sink/ordered_sink.h"
#include "sink/partial_mark.h"

namespace saccade::sink {
namespace {

class TextSink final : public OrderedSink {
  public:
    TextSink(std::filesystem::path path, std::unique_ptr<TextFormat> format)
        : path_(std::move(path)), format_(std::move(format)) {}

    [[nodiscard]] std::string path() const override { return path_.string(); }
    [[nodiscard]] std::uint64_t bytes() const noexcept override { return bytes_; }
    void outage_at_end(const Outage& outage) override { format_->outage_at_end(outage); }

  private:
    Result<void> open() override {
        auto file = AtomicFile::create(path_);
        if (!file) return fail(file.error());
        file_.emplace(std::move(*file));
        format_->header(context(), buffer_);
        return flush();
    }

    Result<void> put(const FrameResult& result, const Frame&) override {
        if (auto done = format_->frame(result, buffer_); !done) return done;
        return flush();
    }

    Result<void> close(Outcome outcome) override {
        format_->footer(outcome, frames(), buffer_);
        if (auto done = flush(); !done) return done;
        auto done = format_->marks_outcome()
                        ? file_->commit()
                        : commit_marked(path_, outcome, frames(), [&] { return file_->commit(); });
        if (done) file_.reset();
        return done;
    }

    void discard() noexcept override { file_.reset(); }

    Result<void> flush() {
        auto done = file_->write({buffer_.data(), buffer_.size()});
        bytes_ += buffer_.size();
        buffer_.clear();
        return done;
    }

    std::filesystem::path path_;
    std::unique_ptr<TextFormat> format_;
    std::optional<AtomicFile> file_;
    fmt::memory_buffer buffer_;  ///< of one frame
    std::uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Sink> make_text_sink(const SinkOptions& options, std::string_view suffix,
                                     std::unique_ptr<TextFormat> format) {
    return std::make_unique<TextSink>(options.folder / fmt::format("{}{}", options.stem, suffix),
                                      std::move(format));
}

}  // namespace saccade::sink
