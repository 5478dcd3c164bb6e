#include "media/decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "media/demuxer.h"
#include "media/picture_buffers.h"

namespace saccade::media {
namespace {

// More threads than this hold ever more pictures in flight for no more speed.
constexpr int most_threads = 16;

int usual_threads() {
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, most_threads);
}

DecodeStep failure(int code) {
    return code == AVERROR(ENOMEM) ? DecodeStep::no_memory : DecodeStep::damaged;
}

}  // namespace

Result<Decoder> Decoder::open(const AVCodec& codec, const AVCodecParameters* parameters,
                              const std::string& name, const DecoderOptions& options) {
    std::unique_ptr<DamageWatch> watch;
    AvCodecContext context(avcodec_alloc_context3(&codec));
    if (!context ||
        (parameters != nullptr && avcodec_parameters_to_context(context.get(), parameters) < 0)) {
        return fail(ErrorCode::out_of_memory, name + ": no memory for a decoder");
    }
    context->thread_count = options.threads > 0 ? options.threads : usual_threads();
    context->thread_type = options.low_delay ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE;
    // Threads within pictures keep libavcodec's error concealment from noticing, and telling,
    // damage.
    if (!options.low_delay && usual_leftovers(codec.id) == Leftovers::concealed) {
        context->thread_type = FF_THREAD_FRAME;
    }
    if (options.low_delay) context->flags |= AV_CODEC_FLAG_LOW_DELAY;
    context->flags |= AV_CODEC_FLAG_UNALIGNED;  // crop exactly, not to the next aligned column
    context->max_pixels = max_pixels;
    context->codec_id = codec.id;
    keep_clean(*context, options.careful);
    if (options.nvdec != nullptr) options.nvdec->attach(*context);
    watch = std::make_unique<DamageWatch>(*context);
    const int code = avcodec_open2(context.get(), &codec, nullptr);
    if (code < 0) {
        return fail(ErrorCode::unsupported, fmt::format("{}: the {} decoder can't start: {}", name,
                                                        codec.name, libav_message(code)));
    }
    return Decoder(std::move(watch), std::move(context));
}

DecodeStep Decoder::send(const AVPacket* packet) {
    const int code = avcodec_send_packet(context_.get(), packet);
    return code >= 0 || code == AVERROR_EOF ? DecodeStep::more_input : failure(code);
}

DecodeStep Decoder::receive(AVFrame& frame) {
    const int code = avcodec_receive_frame(context_.get(), &frame);
    if (code >= 0) return DecodeStep::frame;
    if (code == AVERROR(EAGAIN)) return DecodeStep::more_input;
    if (code == AVERROR_EOF) return DecodeStep::drained;
    return failure(code);
}

std::string Decoder::description() const {
    if (context_->pix_fmt == AV_PIX_FMT_CUDA)
        return fmt::format("{} (NVDEC)", context_->codec->name);
    const bool threaded = context_->active_thread_type != 0 ||
                          (context_->codec->capabilities & AV_CODEC_CAP_OTHER_THREADS) != 0;
    const int threads = threaded ? context_->thread_count : 1;
    return fmt::format("{} (software, {} thread{})", context_->codec->name, threads,
                       threads == 1 ? "" : "s");
}

}  // namespace saccade::media
