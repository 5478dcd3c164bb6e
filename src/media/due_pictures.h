// Which pictures a decoder owes for the packets that it was given.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "media/libav.h"

namespace saccade::media {

/// A decoder may leave a picture out without a word: one that refers to what is missing, or that
/// comes out of order. Where packets make one picture each and say when it is shown, that can be
/// told. Where they don't say it, pictures are counted, if the stream begins behind a key packet:
/// all that follow one are then due. One thread.
class DuePictures {
  public:
    /// Nothing is ever due of codecs whose packets may make no picture of their own (hidden or
    /// skipped ones). `joins`: a stream may begin anywhere, as broadcasts do: what comes before its
    /// first picture is not due.
    DuePictures(AVCodecID codec, bool joins);
    /// For a decoder that starts at an entry point within the stream.
    void start_within() noexcept { seen_key_ = true; }

    /// Whether the picture of this time is shown before the first key picture, and its packet was
    /// sent after that one's: it refers to pictures before the stream, and is given, damaged or
    /// not.
    [[nodiscard]] bool leads(std::int64_t pts) const noexcept {
        return first_key_ && pts != AV_NOPTS_VALUE && pts < *first_key_;
    }
    /// A packet goes to the decoder.
    void sent(const AVPacket& packet);
    /// A picture came out. False if others should have come before it, or it was not due.
    bool came(const AVFrame& picture);
    /// How many are due: when the decoder was drained, how many are missing.
    [[nodiscard]] std::uint64_t count() const noexcept;

  private:
    const bool known_;
    bool timed_ = true;
    bool begins_between_ = false;  ///< two key packets
    std::uint64_t sent_ = 0, came_ = 0;
    const bool fields_;    ///< a packet may be half a picture
    bool halves_ = false;  ///< some are, perhaps
    const bool joins_;
    bool seen_key_ = false;
    /// When the first key packet's picture is shown.
    std::optional<std::int64_t> first_key_;
    std::multiset<std::int64_t> due_;  ///< when they are shown, in the stream's time base
};

}  // namespace saccade::media
