#include "sink/picture.h"

namespace saccade::sink {

void Picture::resize(int width, int height) {
    if (width == this->width() && height == this->height()) return;
    const auto aligned = [](int samples) { return (samples + 63) & ~63; };
    const int chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
    const std::ptrdiff_t luma_stride = aligned(width), chroma_stride = aligned(chroma_width);
    const auto luma = static_cast<std::size_t>(luma_stride * height);
    const auto chroma = static_cast<std::size_t>(chroma_stride * chroma_height);
    pixels_.resize(luma + 2 * chroma);
    planes_[0] = {pixels_.data(), luma_stride, width, height};
    planes_[1] = {pixels_.data() + luma, chroma_stride, chroma_width, chroma_height};
    planes_[2] = {pixels_.data() + luma + chroma, chroma_stride, chroma_width, chroma_height};
}

Frame Picture::view(const Frame& like) const {
    Frame frame;
    frame.id = like.id;
    frame.pts = like.pts;
    frame.width = width();
    frame.height = height();
    frame.format = PixelFormat::i420;
    frame.color = color;
    for (std::size_t i = 0; i < 3; ++i) frame.planes[i] = {planes_[i].data, planes_[i].stride};
    return frame;
}

}  // namespace saccade::sink
