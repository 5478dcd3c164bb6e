// One file of a recording: packets as they came, in a container that needs no proper end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "media/libav.h"
#include "saccade/error.h"

namespace saccade::media {

/// ".mp4" where MP4 takes the codec, else ".mkv".
[[nodiscard]] std::string piece_suffix(const AVCodecParameters& codec);

/// Fragments of an MP4 (ISO/IEC 14496-12, 8.8) and clusters of Matroska stand for themselves: what
/// was written before a crash plays. One thread.
class PieceWriter {
  public:
    /// Times begin at 0. Errors: unwritable, unsupported (a codec neither container takes).
    static Result<std::unique_ptr<PieceWriter>> open(const std::filesystem::path& path,
                                                     const AVCodecParameters& codec,
                                                     AVRational time_base, AVRational frame_rate,
                                                     const std::string& name);
    ~PieceWriter();
    PieceWriter(const PieceWriter&) = delete;
    PieceWriter& operator=(const PieceWriter&) = delete;

    /// In decode order, in the time base. Missing and falling times are mended. Errors: unwritable.
    Result<void> write(const AVPacket& packet);
    /// Errors: unwritable.
    Result<void> finish();

  private:
    explicit PieceWriter(std::string name) : name_(std::move(name)) {}
    [[nodiscard]] tl::unexpected<Error> failure(int code) const;

    const std::string name_;  ///< for messages
    AVFormatContext* format_ = nullptr;
    AVRational time_base_{};
    AvPacket packet_{av_packet_alloc()};
    std::int64_t origin_ = AV_NOPTS_VALUE, latest_ = AV_NOPTS_VALUE, period_ = 1;
};

}  // namespace saccade::media
