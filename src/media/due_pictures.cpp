#include "media/due_pictures.h"

namespace saccade::media {
namespace {

bool one_picture_each(AVCodecID codec) {
    if (codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC) return true;
    if (codec == AV_CODEC_ID_VP9 || codec == AV_CODEC_ID_AV1) return true;
    const AVCodecDescriptor* const descriptor = avcodec_descriptor_get(codec);
    return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

bool interlaced(const AVFrame& picture) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (picture.flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return picture.interlaced_frame != 0;
#endif
}

}  // namespace

DuePictures::DuePictures(AVCodecID codec, bool joins)
    : known_(one_picture_each(codec)), fields_(codec == AV_CODEC_ID_H264), joins_(joins) {}

void DuePictures::sent(const AVPacket& packet) {
    if (!known_) return;
    timed_ = timed_ && packet.pts != AV_NOPTS_VALUE;
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    if (key && !seen_key_) first_key_ = packet.pts;
    seen_key_ = seen_key_ || key;
    if (!seen_key_ && joins_) return;
    if (!seen_key_) begins_between_ = true;
    if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0) return;  // an edit list hides it
    ++sent_;
    if (!timed_ || leads(packet.pts)) return;
    due_.insert(packet.pts);
}

bool DuePictures::came(const AVFrame& picture) {
    if (!known_) return true;
    ++came_;
    if (!timed_) return true;
    if (came_ == 1 && joins_) due_.erase(due_.begin(), due_.lower_bound(picture.pts));
    const auto found = due_.lower_bound(picture.pts);
    if (fields_ && interlaced(picture)) {  // of two packets, perhaps: it has the first one's time
        halves_ = true;
        due_.erase(due_.begin(), due_.upper_bound(picture.pts));
        return true;
    }
    const bool in_turn = found == due_.begin();
    const bool was_due = found != due_.end() && *found == picture.pts;
    if (was_due) {
        due_.erase(found);
        return in_turn;
    }
    return in_turn && (!seen_key_ || leads(picture.pts));
}

std::uint64_t DuePictures::count() const noexcept {
    if (!known_ || halves_) return 0;
    if (timed_) return due_.size();
    return begins_between_ && sent_ > came_ ? sent_ - came_ : 0;
}

}  // namespace saccade::media
