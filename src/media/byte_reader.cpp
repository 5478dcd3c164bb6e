#include "media/byte_reader.h"
#include "core/remedy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace saccade::media {
namespace {

constexpr int buffer_bytes = 1 << 17;  // fewer system calls than libavformat's 32 KiB
constexpr int poll_ms = 50;

tl::unexpected<Error> open_failure(const std::string& path, int error) {
    const std::string reason = std::strerror(error);
    if (error == ENOENT || error == ENOTDIR) {
        return fail(ErrorCode::not_found, path + ": no such file", look_beside(path));
    }
    if (error == EACCES || error == EPERM) {
        return fail(ErrorCode::unreadable, path + ": permission denied", look_who_may(path));
    }
    return fail(ErrorCode::unreadable, path + ": can't be opened: " + reason);
}

}  // namespace

Result<std::unique_ptr<ByteReader>> ByteReader::open(const std::string& path,
                                                     std::function<bool()> stopped) {
    const bool standard_input = path == "-";
    // Non-blocking, so that a FIFO without a writer does not hang here; reads poll anyway.
    const int fd =
        standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return open_failure(path, errno);
    std::unique_ptr<ByteReader> reader(new ByteReader(fd, !standard_input, std::move(stopped)));
    struct stat status{};
    if (::fstat(fd, &status) != 0) return open_failure(path, errno);
    if (S_ISDIR(status.st_mode)) {
        return fail(ErrorCode::invalid_argument, path + ": is a folder", "name a file");
    }
    if (standard_input && ::isatty(fd) != 0) {
        return fail(ErrorCode::invalid_argument, "-: standard input is a terminal",
                    "pipe a video into it, or name a file");
    }
    if (S_ISREG(status.st_mode)) {
        const bool counted = status.st_size > 0;  // files of /proc say 0 and yet hold something
        char byte = 0;
        if (!counted && ::pread(fd, &byte, 1, 0) == 0) {
            return fail(ErrorCode::corrupt, path + ": empty file",
                        "copy or record it again; it holds no bytes");
        }
        if (counted) reader->size_ = status.st_size;
    }
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(buffer_bytes));
    reader->io_ = avio_alloc_context(
        buffer, buffer_bytes, 0, reader.get(),
        [](void* self, std::uint8_t* data, int size) {
            return static_cast<ByteReader*>(self)->read(data, size);
        },
        nullptr,
        reader->size_
            ? [](void* self, std::int64_t offset,
                 int whence) { return static_cast<ByteReader*>(self)->seek(offset, whence); }
            : static_cast<std::int64_t (*)(void*, std::int64_t, int)>(nullptr));
    if (reader->io_ == nullptr) {
        av_free(buffer);
        return fail(ErrorCode::out_of_memory, path + ": no memory for a read buffer");
    }
    return reader;
}

ByteReader::ByteReader(int fd, bool owned, std::function<bool()> stopped)
    : fd_(fd), owned_(owned), stopped_(std::move(stopped)) {}

ByteReader::~ByteReader() {
    if (io_ != nullptr) av_freep(&io_->buffer);
    avio_context_free(&io_);
    if (owned_) ::close(fd_);
}

/// False once reading was stopped.
bool ByteReader::wait_for_data() {
    pollfd wanted{fd_, POLLIN, 0};
    while (!stopped_()) {
        const int ready = ::poll(&wanted, 1, poll_ms);
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // read() tells what it is
    }
    return false;
}

int ByteReader::read(std::uint8_t* buffer, int size) {
    for (;;) {
        if (!size_ && !wait_for_data()) return AVERROR_EXIT;
        const ssize_t got = size_ ? ::pread(fd_, buffer, static_cast<std::size_t>(size), position_)
                                  : ::read(fd_, buffer, static_cast<std::size_t>(size));
        if (got > 0) {
            position_ += got;
            furthest_ = std::max(furthest_, position_);
            return static_cast<int>(got);
        }
        if (got == 0) {
            ended_at_ = position_;
            return AVERROR_EOF;
        }
        if (errno == EINTR || errno == EAGAIN) continue;
        if (failure_.empty()) failure_ = std::strerror(errno);
        return AVERROR(EIO);
    }
}

std::int64_t ByteReader::extent() const {
    struct stat status{};
    const std::int64_t now = ::fstat(fd_, &status) == 0 ? status.st_size : *size_;
    if (now < furthest_) {  // it shrank: had all been read by then?
        return ended_at_ && *ended_at_ < furthest_ ? now : furthest_;
    }
    return ended_at_ && furthest_ <= *ended_at_ ? std::min(now, *ended_at_) : now;
}

std::int64_t ByteReader::seek(std::int64_t offset, int whence) {
    if (whence == AVSEEK_SIZE) return *size_;
    if (whence == SEEK_CUR) offset += position_;
    if (whence == SEEK_END) offset += *size_;
    if (offset < 0) return AVERROR(EINVAL);
    return position_ = offset;
}

}  // namespace saccade::media
