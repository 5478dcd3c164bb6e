#include "engine/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/file_claims.h"
#include "core/text_file.h"
#include "engine/journal_line.h"
#include "saccade/version.h"
#include "settings/table.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> unwritable(const fs::path& file, int reason) {
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", file.string(), std::strerror(reason)),
                "choose another folder with --out");
}

}  // namespace

std::optional<SourceFile> identify(const std::string& location) {
    std::error_code error;
    if (!fs::is_regular_file(location, error)) return std::nullopt;
    const auto size = fs::file_size(location, error);
    if (error) return std::nullopt;
    const auto mtime = fs::last_write_time(location, error);
    if (error) return std::nullopt;
    const auto path = fs::canonical(location, error);
    if (error) return std::nullopt;
    return SourceFile{path.string(), size, mtime.time_since_epoch().count()};
}

std::string settings_digest(Mode mode, const Settings& settings, const std::string& network,
                            const std::string& reid, const std::string& ground) {
    // (A journal of before has digests of another form: none of them matches.)
    const std::string all =
        fmt::format("saccade.results/2\n{}\n{}\nnetwork {}\nreid {}\nground {}\n{}",
                    SACCADE_VERSION, mode == Mode::track ? "track" : "detect", network, reid,
                    ground, settings::results_text(settings));
    Digest digest(Digest::Algorithm::sha256);
    digest.update(all);
    return digest.hex();
}

/// The journal's file, open and locked for as long as this lives.
class Journal::File {
  public:
    /// Errors: unwritable.
    static Result<File> open(const fs::path& path) {
        std::error_code error;
        if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
        if (error) return unwritable(path, error.value());
        if (auto free = FileClaims::may_replace(path, path, "choose another folder with --out");
            !free) {
            return fail(free.error());
        }
        for (;;) {
            File file(
                ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
            struct stat here{}, named{};
            if (file.fd_ < 0 || ::fstat(file.fd_, &here) != 0) return unwritable(path, errno);
            if (!S_ISREG(here.st_mode)) return unwritable(path, EINVAL);
            // (A file system without locks is trusted to be this run's alone.)
            while (::flock(file.fd_, LOCK_EX) != 0 && errno == EINTR) continue;
            // Another run may have compacted it while this one waited.
            if (::stat(path.c_str(), &named) == 0 && named.st_dev == here.st_dev &&
                named.st_ino == here.st_ino) {
                return file;
            }
        }
    }
    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    File& operator=(File&&) = delete;
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }

    /// A line torn before gets its end first. 0 or an errno.
    int append(std::string line) {
        const off_t size = ::lseek(fd_, 0, SEEK_END);
        char last = '\n';
        if (size > 0 && ::pread(fd_, &last, 1, size - 1) != 1) return errno;
        if (last != '\n') line.insert(0, 1, '\n');
        for (std::size_t at = 0; at < line.size();) {
            const auto n = ::write(fd_, line.data() + at, line.size() - at);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return errno;
            at += static_cast<std::size_t>(n);
        }
        return ::fdatasync(fd_) == 0 ? 0 : errno;
    }

  private:
    explicit File(int fd) : fd_(fd) {}
    int fd_;
};

Journal::Journal(const fs::path& folder) : file_(folder / file_name) {
    std::error_code ignored;
    if (!fs::is_regular_file(file_, ignored)) return;
    if (const auto text = read_text_file(file_)) read(*text);
}

void Journal::read(const std::string& text) {
    for (std::size_t at = 0; at < text.size(); ++lines_) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (auto entry = parse_journal_line(std::string_view(text).substr(at, end - at))) {
            take(std::move(*entry));
        }
        at = end + 1;
    }
}

void Journal::take(JournalEntry entry) {
    Key key{entry.source.path, entry.stem};
    for (const std::string& output : entry.outputs) {
        const auto [writer, is_new] = writers_.emplace(output, key);
        if (is_new) continue;
        if (writer->second != key) entries_.erase(writer->second);
        writer->second = key;
    }
    entries_.insert_or_assign(std::move(key), std::move(entry));
}

std::optional<JournalEntry> Journal::done(const SourceFile& source, const std::string& stem,
                                          const std::string& settings) const {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find({source.path, stem});
    if (found == entries_.end()) return std::nullopt;
    const JournalEntry& e = found->second;
    if (e.status != Status::complete || e.source != source || e.settings != settings) {
        return std::nullopt;
    }
    std::error_code ignored;
    const bool whole =
        std::all_of(e.outputs.begin(), e.outputs.end(),
                    [&](const std::string& output) { return fs::exists(output, ignored); });
    return whole ? std::optional(e) : std::nullopt;
}

Result<void> Journal::note(const JournalEntry& entry) {
    std::lock_guard lock(mutex_);
    take(entry);
    auto file = File::open(file_);
    if (!file) return fail(file.error());
    ++lines_;
    const int reason = file->append(journal_line(entry));
    return reason == 0 ? Result<void>() : unwritable(file_, reason);
}

Result<void> Journal::compact() {
    std::lock_guard lock(mutex_);
    if (lines_ <= 2 * entries_.size()) return {};
    const auto file = File::open(file_);
    if (!file) return fail(file.error());
    // Other runs may have added to it meanwhile.
    const auto text = read_text_file(file_);
    if (!text) return fail(text.error());
    entries_.clear();
    writers_.clear();
    lines_ = 0;
    read(*text);
    std::string lines;
    for (const auto& [key, entry] : entries_) lines += journal_line(entry);
    lines_ = entries_.size();
    return write_whole(file_, lines, {.wait = true});
}

}  // namespace saccade::engine
