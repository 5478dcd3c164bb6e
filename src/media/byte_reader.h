// Bytes of a local file or standard input for libavformat.
//
// libavformat's own file protocol would do for plain files, but takes "a:b.mp4" for a URL, can't be
// interrupted while a pipe stays silent, and does not tell a read error from an end.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "media/libav.h"
#include "saccade/error.h"

namespace saccade::media {

/// One open file descriptor behind an AVIOContext. One thread at a time.
class ByteReader {
  public:
    /// "-" is standard input. `stopped` is asked while a read waits (every 50 ms).
    /// Errors: not_found, unreadable, invalid_argument (a folder; a terminal as input),
    /// corrupt (an empty file).
    static Result<std::unique_ptr<ByteReader>> open(const std::string& path,
                                                    std::function<bool()> stopped);
    ByteReader(const ByteReader&) = delete;
    ByteReader& operator=(const ByteReader&) = delete;
    ~ByteReader();

    [[nodiscard]] AVIOContext* io() const noexcept { return io_; }
    /// Of a plain file; nothing for a pipe.
    [[nodiscard]] std::optional<std::int64_t> size() const noexcept { return size_; }
    /// Of a plain file: how much of it could be read, if it grew or shrank since it was opened.
    [[nodiscard]] std::int64_t extent() const;
    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    /// The system's word on the first failed read, "" if none failed.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  private:
    ByteReader(int fd, bool owned, std::function<bool()> stopped);
    int read(std::uint8_t* buffer, int size);
    std::int64_t seek(std::int64_t offset, int whence);
    bool wait_for_data();

    int fd_;
    bool owned_;
    std::function<bool()> stopped_;
    std::optional<std::int64_t> size_;
    std::int64_t position_ = 0;
    std::int64_t furthest_ = 0;             ///< position behind what was read
    std::optional<std::int64_t> ended_at_;  ///< where a read met the end last
    std::string failure_;
    AVIOContext* io_ = nullptr;
};

}  // namespace saccade::media
