#include "vision/color.h"
#include "vision/cuda_pixel.h"
#include "vision/resample.h"
#include "vision/row_kernels.h"

namespace saccade::vision {

PictureJob make_picture_job(const Frame& frame, const Letterbox& letterbox, float scale) {
    const PixelLayout layout = layout_of(frame.format);
    PictureJob job;
    for (std::size_t i = 0; i < 3; ++i) {
        job.planes[i] = frame.planes[i].data;
        job.strides[i] = frame.planes[i].stride;
    }
    job.letterbox = letterbox;
    job.color = make_color_transform(frame.format, frame.color, scale);
    job.chroma_width = chroma_size(frame.width, layout.chroma_shift_x);
    job.chroma_height = chroma_size(frame.height, layout.chroma_shift_y);
    job.words = layout.bytes_per_sample == 2;
    const WordShift shift = frame.format == PixelFormat::p010 ? high_bits_10 : low_bits_10;
    job.word_left = shift.left;
    job.word_right = shift.right;
    if (frame.format == PixelFormat::rgb24) {
        job.order = SampleOrder::packed_rgb;
    } else if (layout.planes == 1) {
        job.order = SampleOrder::gray;
    } else if (layout.planes == 2) {
        job.order = SampleOrder::semi_planar;
    }
    return job;
}

}  // namespace saccade::vision
