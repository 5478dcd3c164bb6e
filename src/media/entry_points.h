// Where in a stream a decoder that has seen nothing before can start, without any loss.
#pragma once

#include <cstdint>
#include <span>

#include "media/libav.h"

namespace saccade::media {

/// Looks at a stream's packets, in order. An *entry point* is a packet from which on a fresh
/// decoder gives bit for bit the pictures that one gives that has decoded all before (but for
/// leading pictures, which are shown before the entry point's own).
///
/// A container's key flag is not enough: H.264 streams flag recovery points, from which a decoder
/// only comes right after a while. So headers are looked at: IDR pictures of H.264 (ITU-T
/// H.264, 7.4.1.2.4), IRAP pictures of HEVC (ITU-T H.265, 7.4.2.2), key frames of VP8, VP9 and AV1,
/// every picture of codecs that only know such. None is one of HEVC before which a decoder throws
/// away pictures that it has not shown yet (no_output_of_prior_pics_flag, or the end of a
/// sequence), as one that is fresh has none. H.264 whose headers don't say how far pictures are
/// reordered has none: what a decoder has to learn it does not know when it is fresh (h264_sps.h).
class EntryPoints {
  public:
    explicit EntryPoints(const AVCodecParameters& codec);

    /// Whether this codec has any that are known for certain.
    [[nodiscard]] bool known() const noexcept { return kind_ != Kind::unknown; }

    /// To be asked of every packet of the stream.
    bool is_entry(const AVPacket& packet);

  private:
    enum class Kind : std::uint8_t { unknown, h264, hevc, key_flag };

    /// What a packet of H.264 or HEVC holds.
    struct Units {
        bool entry = false;    ///< a picture of the right kind
        unsigned headers = 0;  ///< kinds of parameter sets, a bit each
        bool ends_sequence = false, drops_pictures = false;
        bool sane = true;  ///< its units fill it exactly, and its headers say what must be known
    };
    [[nodiscard]] Units units_of(std::span<const std::uint8_t> packet) const;
    void note(std::span<const std::uint8_t> unit, Units& units) const;
    [[nodiscard]] bool headers_tell_reordering(std::span<const std::uint8_t> extradata) const;

    Kind kind_ = Kind::unknown;
    int length_bytes_ = 0;  ///< in front of each unit; 0: start codes (Annex B)
    /// Kinds of parameter sets that came with packets: an entry point must bring them too, as the
    /// decoder that starts there has not seen those.
    unsigned headers_in_band_ = 0;
    bool sequence_ended_ = false;  ///< by the packet before
};

}  // namespace saccade::media
