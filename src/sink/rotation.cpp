#include "sink/rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "sink/ordered_sink.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t digits = 6;

/// The number of a piece of `stem` in a file's name; 0 for another file.
std::uint64_t number_in(const std::string& file, const std::string& stem) {
    if (!file.starts_with(stem + ".")) return 0;
    const std::size_t from = stem.size() + 1;
    const std::size_t to = std::min(file.find('.', from), file.size());
    if (to - from < digits) return 0;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(file.data() + from, file.data() + to, number);
    return error == std::errc{} && end == file.data() + to ? number : 0;
}

class RotatingSink final : public OrderedSink {
  public:
    RotatingSink(const Rotation& rotation, fs::path folder, std::string stem, PieceMaker make)
        : rotation_(rotation),
          folder_(std::move(folder)),
          stem_(std::move(stem)),
          make_(std::move(make)) {
        // Only made, it tells what all pieces are like.
        if (auto sample = make_(stem_); sample) {
            path_ = (*sample)->path();
            wants_pixels_ = (*sample)->wants_pixels();
        }
    }

    [[nodiscard]] bool wants_pixels() const noexcept override { return wants_pixels_; }
    /// Of the latest piece; before the first one, what it would be without pieces.
    [[nodiscard]] std::string path() const override {
        return paths_.empty() ? path_ : paths_.back();
    }
    [[nodiscard]] std::vector<std::string> paths() const override { return paths_; }

    void outage_at_end(const Outage& outage) override {
        if (piece_ != nullptr) piece_->outage_at_end(outage);
    }

  private:
    Result<void> open() override {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
            number_ = std::max(number_, number_in(entry.path().filename().string(), stem_));
        }
        return begin_piece();
    }

    Result<void> put(const FrameResult& result, const Frame& frame) override {
        if (!start_) start_ = result.pts;
        const auto period =
            rotation_.every.count() > 0 ? (result.pts - *start_) / rotation_.every : 0;
        const bool full = rotation_.bytes > 0 && piece_->bytes() >= rotation_.bytes;
        if (in_piece_ > 0 && (period != period_ || full)) {
            if (auto done = piece_->finish(Outcome::complete); !done) return done;
            if (auto begun = begin_piece(); !begun) return begun;
        }
        period_ = period;
        ++in_piece_;
        return piece_->write(result, frame);
    }

    Result<void> close(Outcome outcome) override {
        auto done = piece_->finish(outcome);
        if (done) piece_.reset();
        return done;
    }

    void discard() noexcept override { piece_.reset(); }

    /// Pieces that were finished stay: each is whole.
    Result<void> begin_piece() {
        std::error_code ignored;
        do {
            auto made = make_(fmt::format("{}.{:0{}}", stem_, ++number_, digits));
            if (!made) return fail(made.error());
            piece_ = std::move(*made);
        } while (fs::exists(piece_->path(), ignored));
        in_piece_ = 0;
        paths_.push_back(piece_->path());
        return piece_->begin(context());
    }

    const Rotation rotation_;
    const fs::path folder_;
    const std::string stem_;
    const PieceMaker make_;
    std::string path_;
    bool wants_pixels_ = false;
    std::unique_ptr<Sink> piece_;
    std::vector<std::string> paths_;
    std::uint64_t number_ = 0, in_piece_ = 0;
    std::optional<Timestamp> start_;
    Timestamp::rep period_ = 0;
};

struct Unit {
    std::string_view name;
    double seconds = 0, bytes = 0;
};

constexpr std::array<Unit, 10> units{{{"s", 1, 0},
                                      {"m", 60, 0},
                                      {"h", 3600, 0},
                                      {"d", 86'400, 0},
                                      {"kb", 0, 1e3},
                                      {"mb", 0, 1e6},
                                      {"gb", 0, 1e9},
                                      {"kib", 0, 1024},
                                      {"mib", 0, 1'048'576},
                                      {"gib", 0, 1'073'741'824}}};

}  // namespace

Result<Rotation> parse_rotation(std::string_view text) {
    if (text.empty()) return Rotation{};
    const auto wrong = fail(
        ErrorCode::invalid_argument, fmt::format("rotate: '{}' is neither a time nor a size", text),
        "use a time from 1s on, such as 15m or 1h, or a size from 1kB on, such as 100MB");
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !(number > 0)) return wrong;
    std::string unit(end, text.data() + text.size());
    for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const Unit& known : units) {
        if (unit != known.name) continue;
        const double seconds = number * known.seconds, bytes = number * known.bytes;
        if (known.seconds > 0 && seconds >= 1 && seconds <= 1e9) {
            return Rotation{.every = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                std::chrono::duration<double>(seconds))};
        }
        if (known.bytes > 0 && bytes >= 1e3 && bytes <= 1e18) {
            return Rotation{.bytes = static_cast<std::uint64_t>(bytes)};
        }
    }
    return wrong;
}

std::unique_ptr<Sink> make_rotating(const Rotation& rotation, fs::path folder, std::string stem,
                                    PieceMaker make) {
    return std::make_unique<RotatingSink>(rotation, std::move(folder), std::move(stem),
                                          std::move(make));
}

}  // namespace saccade::sink
