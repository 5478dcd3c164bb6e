#include "sink/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/atomic_file.h"
#include "core/log.h"
#include "core/temporary.h"
#include "media/entry_points.h"
#include "media/piece_writer.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;

constexpr int digits = 6;
constexpr std::size_t most_waiting = std::size_t{64} << 20U;  // bytes

struct ParametersFree {
    void operator()(AVCodecParameters* parameters) const noexcept {
        avcodec_parameters_free(&parameters);
    }
};

/// What is needed of a stream to begin a piece of it.
struct Opened {
    std::unique_ptr<AVCodecParameters, ParametersFree> codec{avcodec_parameters_alloc()};
    AVRational time_base{}, frame_rate{};
};

/// A packet that waits for the writer, or a source that was opened.
struct Waiting {
    media::AvPacket packet;
    std::shared_ptr<const Opened> opened;
    bool entry = false;
};

/// The number of a piece of `stem`; 0 for another file.
std::uint64_t number_in(std::string_view file, const std::string& stem) {
    const std::string head = stem + ".source.";
    if (!file.starts_with(head)) return 0;
    file.remove_prefix(head.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), number);
    return error == std::errc{} && end - file.data() >= digits ? number : 0;
}

class Recorder final : public media::PacketTap {
  public:
    explicit Recorder(const RecordingOptions& options)
        : options_(options), thread_([this] { run(); }) {}
    ~Recorder() override { finish(); }

    // The reading thread.
    void begin(const AVStream& stream, double frame_rate, bool live) override;
    void packet(const AVPacket& packet) override;

    /// Writes what waits, and ends. Any thread; the last word on what went wrong.
    Result<void> finish();
    [[nodiscard]] std::vector<std::string> paths() const {
        const std::lock_guard lock(mutex_);
        return paths_;
    }

  private:
    void put(Waiting waiting, std::size_t bytes);
    // The writer's thread.
    void run();
    Result<void> take(const Waiting& waiting);
    Result<void> begin_piece();
    Result<void> end_piece();
    void find_number();
    void give_up(const Error& error);

    const RecordingOptions options_;

    // The reading thread's.
    std::optional<media::EntryPoints> entries_;
    bool live_ = false;
    bool skipping_ = true;  ///< up to the next entry point
    std::uint64_t skipped_ = 0;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> queue_;
    std::size_t bytes_ = 0;  ///< in it
    bool finished_ = false;
    std::optional<Error> error_;
    std::vector<std::string> paths_;

    // The writer's.
    std::shared_ptr<const Opened> opened_;
    std::optional<AtomicFile> file_;
    std::unique_ptr<media::PieceWriter> writer_;
    std::uint64_t number_ = 0;
    bool numbered_ = false;
    std::optional<std::int64_t> since_;  ///< when the piece began, in the stream's time base

    std::thread thread_;
};

void Recorder::begin(const AVStream& stream, double frame_rate, bool live) {
    auto opened = std::make_shared<Opened>();
    if (!opened->codec || avcodec_parameters_copy(opened->codec.get(), stream.codecpar) < 0) return;
    opened->time_base = stream.time_base;
    if (frame_rate > 0) opened->frame_rate = av_d2q(frame_rate, 100'000);
    entries_.emplace(*stream.codecpar);
    live_ = live;
    skipping_ = true;
    put({.packet = nullptr, .opened = std::move(opened)}, 0);
}

void Recorder::packet(const AVPacket& packet) {
    if (!entries_ || packet.size == 0) return;
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    const bool entry = entries_->known() ? entries_->is_entry(packet) : key;
    // (A stream's first key picture is where its decoders begin, too.)
    if (skipping_ && !entry && !(key && skipped_ == 0)) {
        if (skipped_ > 0) ++skipped_;
        return;
    }
    {
        std::unique_lock lock(mutex_);
        const auto room = [&] { return bytes_ < most_waiting || error_ || finished_; };
        if (!live_) changed_.wait(lock, room);
        if (error_ || finished_) return;
        if (!room()) {
            skipping_ = true;
            ++skipped_;
            return;
        }
    }
    if (std::exchange(skipping_, false) && skipped_ > 0) {
        log::warning("{}: the disk is slow: {} pictures are not in the recording", options_.stem,
                     std::exchange(skipped_, 0));
    }
    media::AvPacket copy(av_packet_clone(&packet));
    if (!copy) return;
    put({.packet = std::move(copy), .opened = nullptr, .entry = entry || key},
        static_cast<std::size_t>(packet.size));
}

void Recorder::put(Waiting waiting, std::size_t bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (error_ || finished_) return;
        queue_.push_back(std::move(waiting));
        bytes_ += bytes;
    }
    changed_.notify_all();
}

void Recorder::run() {
    for (;;) {
        Waiting waiting;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !queue_.empty() || finished_; });
            if (queue_.empty()) break;
            waiting = std::move(queue_.front());
            queue_.pop_front();
            if (waiting.packet) bytes_ -= static_cast<std::size_t>(waiting.packet->size);
        }
        changed_.notify_all();
        if (auto done = take(waiting); !done) return give_up(done.error());
    }
    if (auto done = end_piece(); !done) give_up(done.error());
}

Result<void> Recorder::take(const Waiting& waiting) {
    if (waiting.opened) {
        opened_ = waiting.opened;
        return end_piece();
    }
    const AVPacket& packet = *waiting.packet;
    const std::int64_t time = packet.dts != AV_NOPTS_VALUE ? packet.dts : packet.pts;
    if (writer_ && waiting.entry && since_ && time != AV_NOPTS_VALUE) {
        const auto length = av_rescale_q(time - *since_, opened_->time_base, {1, 1'000'000'000});
        // (A clock that was set back begins a piece of its own as well.)
        if (length >= options_.piece.count() || length < 0) {
            if (auto ended = end_piece(); !ended) return ended;
        }
    }
    if (!writer_) {
        if (auto begun = begin_piece(); !begun) return begun;
    }
    if (!since_ && time != AV_NOPTS_VALUE) since_ = time;
    return writer_->write(packet);
}

/// Behind all that are there; those that a dead run left get their names.
void Recorder::find_number() {
    constexpr std::string_view ending = ".saccade-tmp";
    std::error_code ignored;
    std::vector<fs::path> left;
    for (const auto& entry : fs::directory_iterator(options_.folder, ignored)) {
        const std::string name = entry.path().filename().string();
        const bool temporary = name.starts_with('.') && name.ends_with(ending);
        const std::string real = temporary ? name.substr(1, name.size() - 1 - ending.size()) : name;
        const std::uint64_t number = number_in(real, options_.stem);
        if (number == 0) continue;
        number_ = std::max(number_, number);
        if (temporary) left.push_back(options_.folder / real);
    }
    for (const fs::path& path : left) {
        if (fs::exists(path, ignored) || being_made(path)) continue;
        fs::rename(temporary_of(path), path, ignored);
        if (!ignored) log::warning("{}: a run that was killed recorded it", path.string());
    }
}

Result<void> Recorder::begin_piece() {
    if (!std::exchange(numbered_, true)) find_number();
    const std::string suffix = media::piece_suffix(*opened_->codec);
    std::error_code ignored;
    fs::path path;
    do {
        path = options_.folder /
               fmt::format("{}.source.{:0{}}{}", options_.stem, ++number_, digits, suffix);
    } while (fs::exists(path, ignored));
    auto file = AtomicFile::create(path);
    if (!file) return fail(file.error());
    file_.emplace(std::move(*file));
    auto writer = media::PieceWriter::open(file_->temporary(), *opened_->codec, opened_->time_base,
                                           opened_->frame_rate, path.string());
    if (!writer) return fail(writer.error());
    writer_ = std::move(*writer);
    since_.reset();
    return {};
}

Result<void> Recorder::end_piece() {
    if (!writer_) return {};
    auto done = writer_->finish();
    writer_.reset();
    auto committed = file_->commit();
    const std::string path = file_->path().string();
    file_.reset();
    if (committed) {
        const std::lock_guard lock(mutex_);
        paths_.push_back(path);
    }
    return done ? committed : done;
}

void Recorder::give_up(const Error& error) {
    log::error("{}; the recording ends here, all else goes on", error.line());
    static_cast<void>(end_piece());  // what is there may still be whole
    {
        const std::lock_guard lock(mutex_);
        error_ = error;
        queue_.clear();
        bytes_ = 0;
    }
    changed_.notify_all();
}

Result<void> Recorder::finish() {
    {
        const std::lock_guard lock(mutex_);
        finished_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    const std::lock_guard lock(mutex_);
    if (error_) return fail(*error_);
    return {};
}

class RecordingSink final : public Sink {
  public:
    RecordingSink(const RecordingOptions& options, std::shared_ptr<Recorder> recorder)
        : path_((options.folder / (options.stem + ".source")).string()),
          recorder_(std::move(recorder)) {}

    Result<void> begin(const Context&) override { return {}; }
    Result<void> write(const FrameResult&, const Frame&) override { return {}; }
    Result<void> finish(Outcome) override { return recorder_->finish(); }
    [[nodiscard]] std::string path() const override { return path_; }
    [[nodiscard]] std::vector<std::string> paths() const override { return recorder_->paths(); }

  private:
    const std::string path_;
    const std::shared_ptr<Recorder> recorder_;
};

}  // namespace

Recording make_recording(const RecordingOptions& options) {
    auto recorder = std::make_shared<Recorder>(options);
    return {std::make_unique<RecordingSink>(options, recorder), recorder};
}

}  // namespace saccade::sink
