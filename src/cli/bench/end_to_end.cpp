#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <utility>
#include <variant>

#include "cli/bench/suites.h"
#include "media/encoder.h"
#include "media/source.h"
#include "saccade/engine.h"

namespace saccade::cli::bench {
namespace {

/// Frames a second of the whole engine, the time in which its first stream was opened included and
/// that of loading the network not.
Result<double> measure_run(const Bench& bench, const std::vector<std::string>& sources) {
    Settings settings = bench.settings;
    settings.save = {"mot"};
    settings.out = (bench.scratch / "out").string();
    const auto summary = run(Mode::track, settings, sources, {.stop = bench.stop});
    if (!summary) return fail(summary.error());
    for (const StreamSummary& stream : summary->streams) {
        if (stream.error) return fail(*stream.error);
    }
    if (bench.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    return summary->fps;
}

/// The limit of an end to end row: the backend alone, unless decoding alone is slower.
Result<std::pair<double, std::string>> limit_of(Bench& bench, double decode) {
    if (bench.backend_alone == 0) {
        bench.say("backend alone");
        const auto measured = measure_backend(bench);
        if (!measured) return fail(measured.error());
        bench.backend_alone = *measured;
    }
    if (decode > 0 && decode < bench.backend_alone) return std::pair{decode, "decode alone"};
    return std::pair{bench.backend_alone, "backend alone"};
}

/// Nearest-neighbour resampling of a plane; `step` bytes a sample.
void resample(const Plane& from, int from_width, int from_height, std::uint8_t* to, int width,
              int height, int step) {
    for (int y = 0; y < height; ++y) {
        const auto* row = from.data + from.stride * (static_cast<std::ptrdiff_t>(y) * from_height / height);
        for (int x = 0; x < width; ++x) {
            const auto at = static_cast<std::ptrdiff_t>(x) * from_width / width;
            std::memcpy(to + (static_cast<std::ptrdiff_t>(y) * width + x) * step, row + at * step,
                        static_cast<std::size_t>(step));
        }
    }
}

/// A picture as i420 of another size. Only what the encoder takes and decoders give is done.
Result<Frame> resized(const Frame& frame, int width, int height) {
    if (frame.format != PixelFormat::i420 || frame.memory != MemoryKind::host) {
        return fail(ErrorCode::unsupported, "the clip's pixels are not 8-bit 4:2:0",
                    "name another one by --source");
    }
    const auto luma = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(luma + luma / 2);
    Frame out = frame;
    out.width = width;
    out.height = height;
    std::uint8_t* data = pixels->data();
    for (std::size_t p = 0; p < 3; ++p) {
        const int shift = p == 0 ? 0 : 1;
        const int w = width >> shift, h = height >> shift;
        resample(frame.planes[p], (frame.width + shift) >> shift, (frame.height + shift) >> shift, data,
                 w, h, 1);
        out.planes[p] = {data, w};
        data += static_cast<std::ptrdiff_t>(w) * h;
    }
    out.owner = std::move(pixels);
    return out;
}

/// Writes the clip's first frames in another size.
Result<std::string> make_clip(const Bench& bench, int width, int height) {
    auto source = media::open_source(bench.clip, {.stop = bench.stop});
    if (!source) return fail(source.error());
    const std::string path = (bench.scratch / fmt::format("{}x{}.mp4", width, height)).string();
    auto encoder = media::open_encoder(path, {.width = width,
                                              .height = height,
                                              .frame_rate = (*source)->info().frame_rate,
                                              .color = (*source)->info().color});
    if (!encoder) return fail(encoder.error());
    for (std::size_t count = 0; count < bench.frames;) {
        const auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (std::holds_alternative<media::End>(*event)) break;
        const auto* frame = std::get_if<Frame>(&*event);
        if (frame == nullptr) continue;
        const auto picture = resized(*frame, width, height);
        if (!picture) return fail(picture.error());
        if (auto written = (*encoder)->write(*picture); !written) return fail(written.error());
        ++count;
    }
    if (auto done = (*encoder)->finish(); !done) return fail(done.error());
    return path;
}

}  // namespace

Result<Rows> run_streams(Bench& bench) {
    Rows rows;
    for (const std::size_t streams : {1U, 2U, 4U}) {
        bench.say(fmt::format("{} stream{} end to end", streams, streams == 1 ? "" : "s"));
        Bench with = bench;
        with.settings.streams = streams;
        const std::vector<std::string> sources(streams, bench.clip);
        auto values = repeat(bench, [&] { return measure_run(with, sources); });
        if (!values) return fail(values.error());
        const auto limit = limit_of(bench, 0);
        if (!limit) return fail(limit.error());
        rows.push_back({.suite = "streams",
                        .name = fmt::format("{} stream{}", streams, streams == 1 ? "" : "s"),
                        .unit = "frames/s",
                        .values = std::move(*values),
                        .x = static_cast<double>(streams),
                        .axis = "streams at once",
                        .limit = limit->first,
                        .limit_name = limit->second});
    }
    return rows;
}

Result<Rows> run_resolutions(Bench& bench) {
    static constexpr struct {
        const char* name;
        int width, height;
    } sizes[] = {{"640x360", 640, 360}, {"1280x720", 1280, 720}, {"1920x1080", 1920, 1080},
                 {"3840x2160", 3840, 2160}};
    Rows rows;
    for (const auto& size : sizes) {
        bench.say(fmt::format("end to end, {}", size.name));
        const auto clip = make_clip(bench, size.width, size.height);
        if (!clip) return fail(clip.error());
        const auto decode = measure_decode(bench, *clip, bench.settings.decoder_threads);
        if (!decode) return fail(decode.error());
        auto values = repeat(bench, [&] { return measure_run(bench, {*clip}); });
        if (!values) return fail(values.error());
        const auto limit = limit_of(bench, *decode);
        if (!limit) return fail(limit.error());
        rows.push_back({.suite = "resolutions",
                        .name = size.name,
                        .unit = "frames/s",
                        .values = std::move(*values),
                        .limit = limit->first,
                        .limit_name = limit->second});
    }
    return rows;
}

}  // namespace saccade::cli::bench
