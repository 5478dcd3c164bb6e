#include "media/encoder_choice.h"

extern "C" {
#include <libavutil/opt.h>
}

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "core/elide.h"
#include "media/libav.h"

namespace saccade::media {
namespace {

constexpr double usual_crf = 21;  // of x264 and x265

tl::unexpected<Error> wrong(std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(remedy));
}

bool takes(const AVCodec& codec, AVPixelFormat wanted) {
    for (const AVPixelFormat* f = codec.pix_fmts; f != nullptr && *f != AV_PIX_FMT_NONE; ++f) {
        if (*f == wanted) return true;
    }
    return false;
}

/// Into MP4, from what is drawn on. (Encoders that want surfaces of other hardware than a GPU of
/// NVIDIA's take neither.)
bool fits(const AVCodec& codec) {
    static const std::set<AVCodecID> known = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AV1,
                                              AV_CODEC_ID_VP9, AV_CODEC_ID_MPEG4};
    return av_codec_is_encoder(&codec) != 0 && known.contains(codec.id) &&
           (codec.capabilities & AV_CODEC_CAP_EXPERIMENTAL) == 0 &&
           (takes(codec, AV_PIX_FMT_YUV420P) || takes(codec, AV_PIX_FMT_NV12));
}

bool of_x26x(const AVCodec& codec) {
    const std::string_view name = codec.name;
    return name == "libx264" || name == "libx265";
}

/// An option of the encoder's own; nullptr where it has none of that name.
const AVOption* own_option(const AVCodec& codec, const char* name) {
    const AVClass* own = codec.priv_class;  // av_opt_find takes a pointer to such a pointer
    return own == nullptr ? nullptr : av_opt_find(&own, name, nullptr, 0, AV_OPT_SEARCH_FAKE_OBJ);
}

/// What an encoder calls its presets; empty where they are numbers or it has none.
std::vector<std::string> preset_names(const AVCodec& codec) {
    // x264 and x265 take them as text, and tell FFmpeg no list.
    if (of_x26x(codec)) {
        return {"ultrafast", "superfast", "veryfast", "faster",   "fast",
                "medium",    "slow",      "slower",   "veryslow", "placebo"};
    }
    std::vector<std::string> names;
    const AVOption* preset = own_option(codec, "preset");
    if (preset == nullptr || preset->unit == nullptr) return names;
    const AVClass* own = codec.priv_class;
    for (const AVOption* o = nullptr; (o = av_opt_next(&own, o)) != nullptr;) {
        const bool one = o->type == AV_OPT_TYPE_CONST && o->unit != nullptr &&
                         std::string_view(o->unit) == preset->unit;
        if (one) names.emplace_back(o->name);
    }
    return names;
}

Result<void> set_preset(AVCodecContext& context, const AVCodec& codec, const std::string& preset) {
    const AVOption* const option = own_option(codec, "preset");
    if (option == nullptr) {
        return wrong(fmt::format("preset: {} has none", codec.name), "leave --preset out");
    }
    const auto names = preset_names(codec);
    const bool named = std::find(names.begin(), names.end(), preset) != names.end();
    // (Text is taken as it is, and refused when the encoder is opened.)
    const bool free_text = option->type == AV_OPT_TYPE_STRING && names.empty();
    const bool number = option->type == AV_OPT_TYPE_INT && names.empty();
    if (named || free_text || number) {
        if (av_opt_set(context.priv_data, "preset", preset.c_str(), 0) >= 0) return {};
    }
    if (number) {
        return wrong(fmt::format("preset: '{}' is no number from {} to {}, as {} has them",
                                 elided(preset), option->min, option->max, codec.name));
    }
    return wrong(fmt::format("preset: '{}' is none of {}'s: {}", elided(preset), codec.name,
                             fmt::join(names, ", ")));
}

/// Constant quality, by whatever name the encoder has for it.
Result<void> set_quality(AVCodecContext& context, const AVCodec& codec, double value) {
    const char* const name = own_option(codec, "crf") != nullptr ? "crf" : "cq";
    const AVOption* const option = own_option(codec, name);
    if (option == nullptr) {
        return wrong(fmt::format("crf: {} has no constant quality of that kind", codec.name),
                     "use --bitrate in its place");
    }
    // x264 and x265 give no bounds; 51 is the coarsest there is of 8 bits.
    const double most = std::min(option->max, of_x26x(codec) ? 51.0 : 63.0);
    if (!(value >= 0 && value <= most)) {
        return wrong(fmt::format("crf: {} is no number from 0 to {}, as {} has them", value, most,
                                 codec.name));
    }
    if (option->type != AV_OPT_TYPE_FLOAT && option->type != AV_OPT_TYPE_DOUBLE &&
        value != std::floor(value)) {
        return wrong(fmt::format("crf: {} takes whole numbers, not {}", codec.name, value));
    }
    if (av_opt_set_double(context.priv_data, name, value, 0) >= 0) return {};
    return wrong(fmt::format("crf: {} does not take {}", codec.name, value));
}

/// MPEG-4's quantiser (2 best to 31) that looks about like a CRF of x264 (0 to 51).
int mpeg4_quantizer(double crf) {
    return std::clamp(2 + static_cast<int>(crf) * 16 / 51, 2, 31);
}

Result<void> set_rate(AVCodecContext& context, const AVCodec& codec, const EncoderChoice& choice) {
    if (choice.bitrate > 0) {
        if (choice.crf) return wrong("crf, bitrate: one of the two says how good the video is");
        context.bit_rate = choice.bitrate;
        return {};
    }
    if (codec.id == AV_CODEC_ID_MPEG4) {
        const double crf = choice.crf.value_or(usual_crf);
        if (!(crf >= 0 && crf <= 51)) {
            return wrong(fmt::format("crf: {} is no number from 0 to 51", crf));
        }
        context.flags |= AV_CODEC_FLAG_QSCALE;
        context.global_quality = FF_QP2LAMBDA * mpeg4_quantizer(crf);
        return {};
    }
    if (choice.crf) return set_quality(context, codec, *choice.crf);
    return of_x26x(codec) ? set_quality(context, codec, usual_crf) : Result<void>{};
}

/// What pays where nobody chose: the network wants the cores.
void set_usual_preset(AVCodecContext& context, const AVCodec& codec, bool low_delay) {
    const std::string_view name = codec.name;
    if (name == "libx264") {
        // superfast with the trees of veryfast: of the settings tried, the least CPU time at
        // veryfast's visible quality (bench/results/profile-cpu.md).
        av_opt_set(context.priv_data, "preset", "superfast", 0);
        if (!low_delay) {
            av_opt_set(context.priv_data, "x264-params", "mbtree=1:rc-lookahead=10", 0);
        }
    } else if (name == "libx265") {
        av_opt_set(context.priv_data, "preset", "ultrafast", 0);
    }
}

/// Codecs that say so in a field of their own.
void set_low_delay(AVCodecContext& context, const AVCodec& codec) {
    context.max_b_frames = 0;
    if (of_x26x(codec)) av_opt_set(context.priv_data, "tune", "zerolatency", 0);
    if (takes_device_pictures(codec)) {  // NVENC
        av_opt_set(context.priv_data, "tune", "ull", 0);
        av_opt_set(context.priv_data, "zerolatency", "1", 0);
        av_opt_set(context.priv_data, "delay", "0", 0);
    }
}

}  // namespace

Result<std::int64_t> parse_bitrate(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const double scale = unit.empty()                 ? 1
                         : unit == "k" || unit == "K" ? 1e3
                         : unit == "M"                ? 1e6
                                                      : 0;
    constexpr double least = 1e3, most = 1e9;
    if (error != std::errc{} || !(value * scale >= least && value * scale <= most)) {
        return wrong(fmt::format("bitrate: '{}' is no rate from 1k to 1000M", elided(text)),
                     "write bit/s as FFmpeg does: 4M, 800k, 2500000");
    }
    return static_cast<std::int64_t>(std::llround(value * scale));
}

std::vector<std::string> encoder_names() {
    init_libav();
    std::vector<std::string> names;
    void* at = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&at)) {
        if (fits(*codec)) names.emplace_back(codec->name);
    }
    return names;
}

bool takes_device_pictures(const AVCodec& codec) {
    return takes(codec, AV_PIX_FMT_CUDA);
}

bool takes_nv12(const AVCodec& codec) {
    return takes(codec, AV_PIX_FMT_NV12);
}

bool takes_i420(const AVCodec& codec) {
    return takes(codec, AV_PIX_FMT_YUV420P);
}

Result<const AVCodec*> find_encoder(const EncoderChoice& choice) {
    if (choice.name.empty()) {
        const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
        if (codec == nullptr) codec = avcodec_find_encoder_by_name("mpeg4");
        if (codec != nullptr) return codec;
        return fail(ErrorCode::unavailable, "this libavcodec can encode neither H.264 nor MPEG-4",
                    "install a full FFmpeg: `sudo apt-get install libavcodec-extra`");
    }
    const AVCodec* codec = avcodec_find_encoder_by_name(choice.name.c_str());
    if (codec != nullptr && fits(*codec)) return codec;
    return wrong(fmt::format("encoder: '{}' is none of this FFmpeg's for MP4: {}",
                             elided(choice.name), fmt::join(encoder_names(), ", ")));
}

Result<void> tell_encoder(AVCodecContext& context, const AVCodec& codec,
                          const EncoderChoice& choice, int threads, bool low_delay) {
    context.thread_count = threads;
    if (choice.preset.empty()) {
        set_usual_preset(context, codec, low_delay);
    } else if (auto done = set_preset(context, codec, choice.preset); !done) {
        return done;
    }
    if (auto done = set_rate(context, codec, choice); !done) return done;
    if (low_delay) set_low_delay(context, codec);
    if (std::string_view(codec.name) == "libx265") {
        // (It goes by its pool, not by FFmpeg's number of threads.)
        const std::string pools = threads > 0 ? fmt::format(":pools={}", threads) : "";
        av_opt_set(context.priv_data, "x265-params", ("log-level=error" + pools).c_str(), 0);
        context.codec_tag = MKTAG('h', 'v', 'c', '1');  // players of Apple's take no other
    }
    return {};
}

Result<void> check_encoder(const EncoderChoice& choice) {
    init_libav();
    const auto codec = find_encoder(choice);
    if (!codec) return fail(codec.error());
    const AvCodecContext context(avcodec_alloc_context3(*codec));
    if (!context) return fail(ErrorCode::out_of_memory, "no memory for an encoder");
    constexpr int side = 256;  // hardware refuses much smaller pictures
    context->width = side;
    context->height = side;
    context->pix_fmt = takes(**codec, AV_PIX_FMT_YUV420P) ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_NV12;
    context->time_base = {1, 30};
    context->framerate = {30, 1};
    if (auto told = tell_encoder(*context, **codec, choice, 1, false); !told) return told;
    clear_libav_error();
    const int code = avcodec_open2(context.get(), *codec, nullptr);
    if (code >= 0) return {};
    const std::string said = last_libav_error();
    return fail(ErrorCode::unavailable,
                fmt::format("encoder: {} can't be opened here: {}{}", (*codec)->name,
                            libav_message(code), said.empty() ? "" : " (" + said + ")"),
                "leave --encoder out, or choose another; libx264 runs on every CPU");
}

}  // namespace saccade::media
