#include "engine/redaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/setup.h"
#include "sink/redactor.h"

namespace saccade::engine {
namespace {

class Covering final : public pipeline::ResultFilter {
  public:
    Covering(std::unique_ptr<ResultFilter> before, const sink::CoverOptions& options)
        : before_(std::move(before)), planner_(options) {}

    void push(FrameResult result, std::vector<FrameResult>& ready) override {
        if (before_ == nullptr) return planner_.push(std::move(result), ready);
        before_->push(std::move(result), complete_);
        hand_on(ready);
    }
    void flush(std::vector<FrameResult>& ready) override {
        if (before_ != nullptr) before_->flush(complete_);
        hand_on(ready);
        planner_.flush(ready);
    }
    [[nodiscard]] std::size_t delay() const noexcept override {
        return planner_.delay() + (before_ != nullptr ? before_->delay() : 0);
    }

  private:
    void hand_on(std::vector<FrameResult>& ready) {
        for (FrameResult& result : complete_) planner_.push(std::move(result), ready);
        complete_.clear();
    }

    std::unique_ptr<ResultFilter> before_;  ///< may be none
    sink::CoverPlanner planner_;
    std::vector<FrameResult> complete_;  ///< of `before_`
};

class CoveringEditor final : public pipeline::FrameEditor {
  public:
    explicit CoveringEditor(sink::CoverStyle style) : redactor_(style) {}
    Result<Frame> edit(const FrameResult& result, const Frame& frame) override {
        return redactor_.redact(frame, result.redacted);
    }

  private:
    sink::Redactor redactor_;
};

}  // namespace

Result<std::optional<Redaction>> redaction_of(const Settings& settings,
                                              const std::vector<std::string>& class_names,
                                              const std::string& model) {
    if (settings.redact.empty()) return std::optional<Redaction>();
    Redaction redaction;
    redaction.cover.margin = settings.redact_margin;
    redaction.cover.frames = settings.redact_frames;
    redaction.style = settings.redact_style == "blur"   ? sink::CoverStyle::blur
                      : settings.redact_style == "fill" ? sink::CoverStyle::fill
                                                        : sink::CoverStyle::pixelate;
    std::vector<std::string> wanted = settings.redact;
    redaction.cover.all = std::erase(wanted, "all") > 0;
    auto ids = class_ids(wanted, class_names, model);
    if (!ids) {
        Error error = ids.error();
        error.message.replace(0, std::string("classes").size(), "redact");
        return fail(std::move(error));
    }
    redaction.cover.classes = std::move(*ids);
    // Nobody would find them to cover them.
    const auto looked_for = class_ids(settings.classes, class_names, model);
    if (!looked_for) return fail(looked_for.error());
    for (const int id : redaction.cover.classes) {
        if (looked_for->empty() ||
            std::find(looked_for->begin(), looked_for->end(), id) != looked_for->end()) {
            continue;
        }
        return fail(ErrorCode::invalid_argument,
                    fmt::format("redact: '{}' is none of the classes that are looked for",
                                class_names[static_cast<std::size_t>(id)]),
                    "add it to --classes, or leave --classes out");
    }
    return redaction;
}

void add_redaction(const Redaction& redaction, pipeline::OpenedStream& opened) {
    opened.filter = std::make_unique<Covering>(std::move(opened.filter), redaction.cover);
    opened.editor = std::make_unique<CoveringEditor>(redaction.style);
}

}  // namespace saccade::engine
