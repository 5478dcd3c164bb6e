#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <variant>

#include "bench/suites.h"
#include "core/atomic_file.h"
#include "media/clip_copy.h"
#include "media/encoder.h"
#include "media/source.h"
#include "media/synthetic.h"
#include "sink/picture.h"
#include "sink/scale.h"

namespace saccade::bench {
namespace {

namespace fs = std::filesystem;

/// The largest pictures are encoded no more often than this and then repeated.
constexpr std::size_t most_encoded = 60;

/// A file of `clips` that exists already is taken; else `make` writes it under another name first,
/// so that none is ever half there.
Result<std::string> kept(const fs::path& path,
                         const std::function<Result<void>(const fs::path&)>& make) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path.string();
    auto file =
        AtomicFile::create(path, {.way_out = "name another folder with --clips", .wait = true});
    if (!file) return fail(file.error());
    auto made = make(file->temporary());
    if (made) made = file->commit();
    if (!made) return fail(made.error());
    return path.string();
}

Result<std::string> long_as(const Bench& bench, const std::string& clip, std::size_t frames) {
    if (clip.starts_with(media::synthetic_prefix)) {
        return fmt::format("{}{}frames={}", clip, clip.back() == ':' ? "" : "&", frames);
    }
    std::error_code ignored;
    if (!fs::is_regular_file(clip, ignored)) {
        return fail(ErrorCode::unsupported,
                    clip + ": is no file: it can't be repeated to measure with",
                    "name a video file or synthetic:");
    }
    const fs::path path =
        bench.scratch / fmt::format("{}-{}.mp4", fs::path(clip).stem().string(), frames);
    return kept(path, [&](const fs::path& to) { return media::copy_clip(clip, to, frames); });
}

Result<void> encode(const Bench& bench, const fs::path& path, int width, int height,
                    std::size_t frames) {
    auto source = media::open_source(bench.clip, {.stop = bench.stop});
    if (!source) return fail(source.error());
    media::EncoderChoice choice;
    if (height > 1080) choice.name = "libx265";  // decoders in hardware don't take H.264 so wide
    auto encoder = media::open_encoder(path, {.width = width,
                                              .height = height,
                                              .frame_rate = (*source)->info().frame_rate,
                                              .color = (*source)->info().color,
                                              .choice = choice});
    if (!encoder) return fail(encoder.error());
    sink::Picture picture, scaled;
    scaled.resize(width, height);
    for (std::size_t count = 0; count < frames;) {
        const auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (std::holds_alternative<media::End>(*event)) break;
        const auto* frame = std::get_if<Frame>(&*event);
        if (frame == nullptr) continue;
        if (auto done = sink::to_i420(*frame, picture); !done) return done;
        sink::scale(picture, scaled);
        if (auto written = (*encoder)->write(scaled.view(*frame)); !written) return written;
        ++count;
    }
    return (*encoder)->finish();
}

}  // namespace

Result<std::vector<Frame>> some_frames(const Bench& bench, int cuda_device, std::size_t count) {
    auto source = media::open_source(bench.clip, {.cuda_device = cuda_device, .stop = bench.stop});
    if (!source) return fail(source.error());
    std::vector<Frame> frames;
    while (frames.size() < count) {
        auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (auto* frame = std::get_if<Frame>(&*event)) frames.push_back(std::move(*frame));
        if (std::holds_alternative<media::End>(*event)) break;
    }
    if (frames.empty()) return fail(ErrorCode::corrupt, bench.clip + ": no frame in it");
    return frames;
}

Result<std::string> clip_of(const Bench& bench, std::size_t frames) {
    return long_as(bench, bench.clip, frames);
}

Result<std::string> scaled_clip(const Bench& bench, int width, int height, std::size_t frames) {
    const std::size_t encoded = std::min(frames, most_encoded);
    const std::string stem = bench.clip.starts_with(media::synthetic_prefix)
                                 ? std::string("synthetic")
                                 : fs::path(bench.clip).stem().string();
    const fs::path path =
        bench.clips / fmt::format("{}-{}x{}-{}.mp4", stem, width, height, encoded);
    auto short_one =
        kept(path, [&](const fs::path& to) { return encode(bench, to, width, height, encoded); });
    if (!short_one) return short_one;
    return long_as(bench, *short_one, frames);
}

}  // namespace saccade::bench
