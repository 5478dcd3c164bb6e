// Files that are cut, scribbled over, or no media at all: what is readable comes out, the rest is
// told, and healthy files are never accused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using test::ClipOptions;
using test::read_all;
using test::Reading;
using test::TempDir;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A clip with enough content that most of its bytes are coded pictures.
ClipOptions noisy(const std::string& codec, int frames = 40) {
    ClipOptions options;
    options.codec = codec;
    options.width = 128, options.height = 96, options.frames = frames, options.gop = 10;
    options.draw = [](test::Canvas& canvas, int index) {
        std::minstd_rand random(static_cast<unsigned>(index + 1));
        for (int y = 0; y < canvas.height; y += 4) {
            for (int x = 0; x < canvas.width; x += 4) {
                const auto level = static_cast<std::uint8_t>(random() % 256);
                canvas.fill(x, y, x + 4, y + 4, {level, level, level});
            }
        }
    };
    return options;
}

void write(const std::filesystem::path& path, const ClipOptions& options) {
    const auto done = test::write_clip(path, options);
    ASSERT_TRUE(done) << done.error().line();
}

Reading read_clip(const std::filesystem::path& path, int threads = 2) {
    auto source = open_source(path.string(), {.decoder_threads = threads});
    EXPECT_TRUE(source) << source.error().line();
    return source ? read_all(**source) : Reading{};
}

Error failure(const std::filesystem::path& path) {
    const auto source = open_source(path.string(), {});
    EXPECT_FALSE(source) << path;
    return source ? Error{} : source.error();
}

struct Format {
    const char* codec;
    const char* name;
    std::vector<std::pair<std::string, std::string>> options;
};

void PrintTo(const Format& f, std::ostream* out) {
    *out << f.codec << " in " << f.name;
}

class Truncation : public testing::TestWithParam<Format> {};

TEST_P(Truncation, GivesWhatIsThereAndSaysThatTheRestIsNot) {
    const Format& f = GetParam();
    SACCADE_NEEDS_ENCODER(f.codec);
    const TempDir dir;
    ClipOptions options = noisy(f.codec);
    options.options = f.options;
    const auto path = dir / f.name;
    write(path, options);
    const std::string whole = test::read_file(path);
    ASSERT_EQ(read_clip(path).damage, "");
    for (const double part : {0.35, 0.6, 0.95}) {
        const auto size = static_cast<std::size_t>(part * static_cast<double>(whole.size())) | 1;
        test::write_file(path, whole.substr(0, size));
        const Reading all = read_clip(path);
        EXPECT_THAT(all.errors, IsEmpty());
        EXPECT_GE(all.frames.size(), static_cast<std::size_t>(part * 40) - 6) << part;
        EXPECT_LE(all.frames.size(), static_cast<std::size_t>(part * 40) + 4) << part;
        EXPECT_THAT(all.damage, StartsWith(path.string() + ": ")) << part;
        EXPECT_EQ(all.damage.find('\n'), std::string::npos);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, Truncation,
    testing::Values(
        Format{"libx264", "x.mp4", {{"movflags", "faststart"}}}, Format{"libx264", "x.mkv", {}},
        Format{"libx264", "x.ts", {}}, Format{"libx264", "x.avi", {}},
        Format{"mpeg4", "y.mp4", {{"movflags", "faststart"}, {"qmin", "4"}, {"qmax", "4"}}},
        Format{"mpeg4", "y.avi", {{"qmin", "4"}, {"qmax", "4"}}},
        Format{"libvpx-vp9", "z.webm", {}}, Format{"mjpeg", "m.mkv", {}},
        Format{"libx264", "f.mp4", {{"movflags", "frag_keyframe+empty_moov"}}}));

TEST(Damage, AnMp4WithoutItsIndexIsRefusedInWords) {
    const TempDir dir;
    const auto path = dir / "cut.mp4";
    write(path, noisy("mpeg4"));
    const std::string whole = test::read_file(path);
    test::write_file(path, whole.substr(0, whole.size() / 2));
    const Error error = failure(path);
    EXPECT_EQ(error.code, ErrorCode::corrupt);
    EXPECT_THAT(error.message, AllOf(StartsWith(path.string()), HasSubstr("truncated")));
    EXPECT_NE(error.remedy, "");
}

TEST(Damage, ScribbledPacketsCostAPlaceAndNotTheStream) {
    const TempDir dir;
    int tried = 0;
    for (const auto* codec : {"libx264", "mpeg4"}) {
        if (!test::has_encoder(codec)) continue;
        ++tried;
        for (const int threads : {1, 3}) {
            const auto path = dir / (std::string(codec) + ".mkv");
            write(path, noisy(codec));
            std::string bytes = test::read_file(path);
            std::minstd_rand random(5);
            for (std::size_t i = 0; i < 300; ++i) {
                bytes[bytes.size() / 2 + i] = static_cast<char>(random() % 256);
            }
            test::write_file(path, bytes);
            const Reading all = read_clip(path, threads);
            EXPECT_THAT(all.errors, IsEmpty());
            EXPECT_GE(all.frames.size(), 38U) << codec;
            EXPECT_THAT(all.discontinuities, testing::Not(IsEmpty())) << codec;
            EXPECT_THAT(all.damage, HasSubstr("damaged")) << codec;
        }
    }
    EXPECT_GT(tried, 0);
}

/// Some megabytes, of which opening reads a part.
ClipOptions long_clip() {
    ClipOptions options = noisy("mpeg4", 120);
    options.width = 480, options.height = 360;
    options.options = {{"movflags", "faststart"}, {"qmin", "2"}, {"qmax", "2"}};
    return options;
}

TEST(Damage, AFileThatGrowsToItsFullLengthWhileItIsReadIsWhole) {
    const TempDir dir;
    const auto path = dir / "grows.mp4";
    write(path, long_clip());
    const std::string whole = test::read_file(path);
    ASSERT_GT(whole.size(), 2'000'000U);
    test::write_file(path, whole.substr(0, whole.size() / 2));
    auto source = open_source(path.string(), {});
    ASSERT_TRUE(source);
    std::ofstream(path, std::ios::binary | std::ios::app) << whole.substr(whole.size() / 2);
    const Reading all = read_all(**source);
    EXPECT_EQ(all.frames.size(), 120U);
    EXPECT_EQ(all.damage, "");
}

TEST(Damage, AFileThatIsCutWhileItIsReadSaysSo) {
    const TempDir dir;
    for (const char* name : {"cut.mp4", "cut.ts", "cut.mkv", "cut.avi"}) {
        const auto path = dir / name;
        ClipOptions options = long_clip();
        if (path.extension() != ".mp4") options.options.erase(options.options.begin());
        options.frames = 400;  // opening a transport stream reads 5 MB
        write(path, options);
        const auto size = std::filesystem::file_size(path);
        ASSERT_GT(size, 9'000'000U);
        auto source = open_source(path.string(), {});
        ASSERT_TRUE(source) << name;
        std::filesystem::resize_file(path, size * 3 / 4 / 188 * 188);
        const Reading all = read_all(**source);
        EXPECT_LT(all.frames.size(), 400U) << name;
        EXPECT_GT(all.frames.size(), 200U) << name;
        EXPECT_THAT(all.damage, HasSubstr("the file shrank while it was read")) << name;
    }
}

TEST(Damage, AStreamThatStartsWithinAGroupOfPicturesIsHealthy) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    const auto path = dir / "mid.ts";
    write(path, noisy("libx264"));
    const std::string whole = test::read_file(path);
    // From a packet border a little behind the first key frame, as a recording off the air starts.
    test::write_file(path, whole.substr(whole.size() / 8 / 188 * 188));
    const Reading all = read_clip(path);
    EXPECT_GT(all.frames.size(), 20U);
    EXPECT_EQ(all.damage, "");
}

TEST(Damage, BadFilesFailWithACodeAMessageAndARemedy) {
    const TempDir dir;
    test::write_file(dir / "empty.mp4", "");
    test::write_file(dir / "x.txt", "Only words here.\nAnd a second line of them.\n");
    test::write_file(dir / "text.mp4", "Only words here.\nAnd a second line of them.\n");
    ASSERT_TRUE(test::write_sound(dir / "tone.wav", 0.5));
    std::filesystem::create_directory(dir / "none");
    const struct {
        const char* name;
        ErrorCode code;
        const char* words;
    } cases[] = {
        {"absent.mp4", ErrorCode::not_found, "no such file"},
        {"empty.mp4/below.mp4", ErrorCode::not_found, "no such file"},
        {"empty.mp4", ErrorCode::corrupt, "empty file"},
        {"x.txt", ErrorCode::corrupt, "not a media file"},
        {"text.mp4", ErrorCode::corrupt, "not a media file"},
        {"tone.wav", ErrorCode::unsupported, "no video stream"},
        {"none", ErrorCode::not_found, "no images in this folder"},
        {"*.png", ErrorCode::not_found, "no file matches"},
    };
    for (const auto& c : cases) {
        const std::string path = (dir / c.name).string();
        const Error error = failure(path);
        EXPECT_EQ(error.code, c.code) << c.name;
        EXPECT_EQ(error.message, path + ": " + c.words);
        EXPECT_NE(error.remedy, "") << c.name;
    }
}

TEST(Damage, UnreadableFilesSaySo) {
    const Error io = failure("/proc/self/mem");  // opens, but its first page can't be read
    EXPECT_EQ(io.code, ErrorCode::unreadable);
    EXPECT_THAT(io.message, AllOf(StartsWith("/proc/self/mem: "), HasSubstr("can't be read")));
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const TempDir dir;
    const auto path = dir / "locked.mp4";
    write(path, noisy("mpeg4", 2));
    std::filesystem::permissions(path, std::filesystem::perms::none);
    const Error error = failure(path);
    EXPECT_EQ(error.code, ErrorCode::unreadable);
    EXPECT_EQ(error.message, path.string() + ": permission denied");
}

TEST(Damage, AbsurdSizesAreRefusedBeforeMemoryIsAsked) {
    SACCADE_NEEDS_ENCODER("rawvideo");
    const TempDir dir;
    const auto path = dir / "huge.avi";
    ClipOptions options;
    options.codec = "rawvideo";
    options.width = 64, options.height = 48, options.frames = 2;
    write(path, options);
    std::string bytes = test::read_file(path);
    const auto format = bytes.find("strf");  // BITMAPINFOHEADER: its width stands 12 bytes on
    ASSERT_NE(format, std::string::npos);
    for (const std::size_t at : {format + 12, format + 16}) {
        bytes.replace(at, 4, std::string("\xff\xff\x00\x00", 4));  // 65535
    }
    test::write_file(path, bytes);
    const Error error = failure(path);
    EXPECT_THAT(error.code, testing::AnyOf(ErrorCode::unsupported, ErrorCode::corrupt));
}

// Deterministic mutations of small files: no crash, hang or lie about what was handed out.
TEST(Damage, AnyBytesEndInFramesOrAnError) {
    const TempDir dir;
    for (const auto* name :
         {"a.mp4", "a.mkv", "a.avi", "a.ts", "a.h264", "m.mpg", "p.png", "j.jpg"}) {
        const auto path = dir / name;
        if (path.extension() == ".png" || path.extension() == ".jpg") {
            ASSERT_TRUE(test::write_image(path, test::Canvas(40, 30, {10, 200, 30})));
        } else {
            ClipOptions options = noisy(name[0] == 'm' ? "mpeg4" : "libx264", 6);
            if (name[0] == 'm') options.container = "avi";
            if (!test::has_encoder(options.codec)) continue;
            options.width = 48, options.height = 32;
            write(path, options);
        }
        const std::string whole = test::read_file(path);
        std::minstd_rand random(77);
        for (int round = 0; round < 12; ++round) {
            std::string bytes = whole;
            const std::size_t changes = 1 + random() % 30;
            for (std::size_t i = 0; i < changes; ++i) {
                // Half of the changes go to the head, where the structure is.
                const std::size_t range =
                    i % 2 == 0 ? std::min<std::size_t>(bytes.size(), 600) : bytes.size();
                bytes[random() % range] = static_cast<char>(random() % 256);
            }
            if (round % 3 == 0) bytes.resize(1 + random() % bytes.size());
            test::write_file(path, bytes);
            auto source = open_source(path.string(), {.decoder_threads = 2});
            if (!source) {
                EXPECT_THAT(source.error().message, StartsWith(path.string())) << round;
                continue;
            }
            const Reading all = read_all(**source);
            EXPECT_LE(all.frames.size(), 1000U);
            for (const Frame& frame : all.frames) {
                ASSERT_GT(frame.width, 0);
                ASSERT_NE(frame.planes[0].data, nullptr);
                // Touch the last sample: the planes are as large as they say.
                const auto layout = layout_of(frame.format);
                for (int p = 0; p < layout.planes; ++p) {
                    const int x =
                        p == 0 ? frame.width - 1 : (frame.width - 1) >> layout.chroma_shift_x;
                    const int y =
                        p == 0 ? frame.height - 1 : (frame.height - 1) >> layout.chroma_shift_y;
                    EXPECT_GE(test::sample(frame, static_cast<std::size_t>(p), x, y), 0);
                }
            }
        }
    }
}

}  // namespace
}  // namespace saccade::media
