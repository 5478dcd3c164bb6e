// How many pictures a second the encoder alone makes of a video: what drawn video can reach at
// most. The pictures are decoded first and stay in memory; each encoder takes them round and round.
//
//     encode_rate VIDEO [--encoders N] [--frames N] [--threads N] [--i420] [--drawn] [--out DIR]
//         [--encoder NAME] [--preset NAME]
//
// --encoders: files at once; --threads: of each, 0 for the encoder's own choice, -1 (the default)
// for what a run with so many streams gives it. --drawn: with boxes, labels and trails drawn on the
// CPU before, as the pictures of such a run have them; that time is not counted.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "media/encoder.h"
#include "media/source.h"
#include "sink/overlay.h"
#include "sink/picture.h"

namespace {

using namespace saccade;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "encode_rate: %s\n", why.c_str());
    std::exit(1);
}

template <typename T>
T must(Result<T> result) {
    if (!result) give_up(result.error().line());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// As sinks hand it to the encoder: with an owner, so that nothing is copied on the way.
Frame owned(const sink::Picture& picture, bool nv12) {
    const int width = picture.width(), height = picture.height();
    const auto luma = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(luma * 3 / 2);
    for (int y = 0; y < height; ++y) {
        std::memcpy(pixels->data() + y * width, picture.plane(0).row(y),
                    static_cast<std::size_t>(width));
    }
    std::uint8_t* const chroma = pixels->data() + luma;
    for (int y = 0; y < height / 2; ++y) {
        const auto *u = picture.plane(1).row(y), *v = picture.plane(2).row(y);
        for (int x = 0; x < width / 2; ++x) {
            if (nv12) {
                chroma[y * width + 2 * x] = u[x];
                chroma[y * width + 2 * x + 1] = v[x];
            } else {
                chroma[y * width / 2 + x] = u[x];
                chroma[luma / 4 + static_cast<std::size_t>(y * width / 2 + x)] = v[x];
            }
        }
    }
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = nv12 ? PixelFormat::nv12 : PixelFormat::i420;
    frame.color = picture.color;
    frame.planes = nv12 ? std::array{Plane{pixels->data(), width}, Plane{chroma, width}, Plane{}}
                        : std::array{Plane{pixels->data(), width}, Plane{chroma, width / 2},
                                     Plane{chroma + luma / 4, width / 2}};
    frame.owner = pixels;
    return frame;
}

}  // namespace

int main(int argc, char** argv) {
    std::string video, out = ".";
    std::size_t encoders = 1, frames = 600;
    int threads = -1;
    bool nv12 = true, drawn = false;
    media::EncoderChoice choice;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (++i == argc) give_up(word + " takes a value");
            return argv[i];
        };
        if (word == "--encoders")
            encoders = std::stoul(value());
        else if (word == "--frames")
            frames = std::stoul(value());
        else if (word == "--threads")
            threads = std::stoi(value());
        else if (word == "--i420")
            nv12 = false;
        else if (word == "--drawn")
            drawn = true;
        else if (word == "--encoder")
            choice.name = value();
        else if (word == "--preset")
            choice.preset = value();
        else if (word == "--out")
            out = value();
        else
            video = word;
    }
    if (video.empty()) give_up("name a video");
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    if (threads < 0) {
        threads = encoders == 1 ? 0 : static_cast<int>((3 * cores / 2 + encoders - 1) / encoders);
    }

    auto source = must(media::open_source(video, {}));
    std::vector<Frame> pictures;
    std::unique_ptr<sink::Overlay> overlay;
    sink::Picture picture;
    while (pictures.size() < 400) {
        auto event = must(source->read());
        if (std::holds_alternative<media::End>(event)) break;
        const auto* frame = std::get_if<Frame>(&event);
        if (frame == nullptr) continue;
        must(sink::to_i420(*frame, picture));
        if (drawn) {
            if (!overlay) {
                overlay = std::make_unique<sink::Overlay>(picture.width(), picture.height(),
                                                          sink::OverlayOptions{{"person"}, 30});
            }
            std::vector<sink::Object> objects;
            for (int n = 0; n < 14; ++n) {  // about as many as walk in the test clip
                const auto x = static_cast<float>(
                    (n * 131 + 3 * static_cast<int>(pictures.size())) % picture.width());
                const auto y = static_cast<float>(n * 61 % picture.height());
                objects.push_back({{x, y, x + 70, y + 180}, 0.7F, 0, n + 1});
            }
            paint(overlay->draw(objects, picture.color), picture);
        }
        pictures.push_back(owned(picture, nv12));
    }
    if (pictures.empty()) give_up(video + ": no pictures");

    const auto encode = [&](std::size_t number) {
        const std::string path =
            (std::filesystem::path(out) / ("encode_rate-" + std::to_string(number) + ".mp4"))
                .string();
        auto encoder = must(media::open_encoder(path, {.width = pictures[0].width,
                                                       .height = pictures[0].height,
                                                       .frame_rate = 30,
                                                       .color = pictures[0].color,
                                                       .choice = choice,
                                                       .threads = threads,
                                                       .format = pictures[0].format}));
        for (std::size_t i = 0; i < frames; ++i) {
            Frame frame = pictures[i % pictures.size()];
            frame.pts = std::chrono::nanoseconds(static_cast<std::int64_t>(i) * 1'000'000'000 / 30);
            must(encoder->write(frame));
        }
        must(encoder->finish());
        std::filesystem::remove(path);
    };
    const auto before = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> all;
        for (std::size_t n = 0; n < encoders; ++n) all.emplace_back(encode, n);
    }
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - before;
    std::printf("%zu x %zu pictures of %dx%d (%s), %d threads each: %.1f fps\n", encoders, frames,
                pictures[0].width, pictures[0].height, nv12 ? "nv12" : "i420", threads,
                static_cast<double>(encoders * frames) / passed.count());
}
