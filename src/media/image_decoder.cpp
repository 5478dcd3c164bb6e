#include "media/image_decoder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "core/remedy.h"
#include "media/exif.h"

namespace saccade::media {
namespace {

constexpr std::int64_t max_file_bytes = std::int64_t{1} << 29;

using namespace std::string_view_literals;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    AVCodecID codec;
};

constexpr Signature signatures[] = {
    {0, "\xff\xd8\xff\xf7"sv, AV_CODEC_ID_JPEGLS},
    {0, "\xff\xd8\xff"sv, AV_CODEC_ID_MJPEG},
    {0, "\x89PNG\r\n\x1a\n"sv, AV_CODEC_ID_PNG},
    {8, "WEBP"sv, AV_CODEC_ID_WEBP},
    {0, "GIF8"sv, AV_CODEC_ID_GIF},
    {0, "BM"sv, AV_CODEC_ID_BMP},
    {0, "II*\0"sv, AV_CODEC_ID_TIFF},
    {0, "MM\0*"sv, AV_CODEC_ID_TIFF},
    {0, "P1"sv, AV_CODEC_ID_PBM},
    {0, "P2"sv, AV_CODEC_ID_PGM},
    {0, "P3"sv, AV_CODEC_ID_PPM},
    {0, "P4"sv, AV_CODEC_ID_PBM},
    {0, "P5"sv, AV_CODEC_ID_PGM},
    {0, "P6"sv, AV_CODEC_ID_PPM},
    {0, "P7"sv, AV_CODEC_ID_PAM},
    {4, "jP  \r\n"sv, AV_CODEC_ID_JPEG2000},
    {0, "\xff\x4f\xff\x51"sv, AV_CODEC_ID_JPEG2000},
    {0, "\x76\x2f\x31\x01"sv, AV_CODEC_ID_EXR},
    {0, "SDPX"sv, AV_CODEC_ID_DPX},
    {0, "XPDS"sv, AV_CODEC_ID_DPX},
};

AVCodecID codec_of(std::string_view bytes, const std::string& path) {
    for (const Signature& s : signatures) {
        if (bytes.size() >= s.offset && bytes.substr(s.offset).starts_with(s.bytes)) {
            return s.codec;
        }
    }
    const auto extension = std::filesystem::path(path).extension().string();
    const bool targa = extension == ".tga" || extension == ".TGA";  // it has no signature
    return targa ? AV_CODEC_ID_TARGA : AV_CODEC_ID_NONE;
}

/// In coded JPEG data an FF byte is always escaped, so a marker pair is a marker: a picture whose
/// last scan (SOS) is followed by no end (EOI) was cut.
bool cut_jpeg(std::string_view bytes) {
    const auto scan = bytes.rfind("\xff\xda"sv);
    const auto end = bytes.rfind("\xff\xd9"sv);
    return scan != std::string_view::npos && (end == std::string_view::npos || end < scan);
}

class Descriptor {
  public:
    // Non-blocking: a FIFO among the images must not hang the run.
    explicit Descriptor(const std::string& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

tl::unexpected<Error> unreadable(const std::string& path, int error) {
    if (error == ENOENT) {
        return fail(ErrorCode::not_found, path + ": no such file", look_beside(path));
    }
    return fail(ErrorCode::unreadable, path + ": can't be read: " + std::strerror(error),
                look_who_may(path));
}

/// For a file that holds several pictures.
std::string way_out(std::string_view bytes) {
    if (bytes.starts_with("GIF8")) return "name it .gif, and it is read as a video";
    if (bytes.starts_with("\x89PNG")) return "name it by itself, and it is read as a video";
    if (bytes.starts_with("RIFF"))
        return "turn it into a video, with ImageMagick: magick in.webp out.mp4";
    return "split it into a file a page, with ImageMagick: magick in.tif page-%04d.tif";
}

tl::unexpected<Error> corrupt(const std::string& path, const char* what) {
    return fail(ErrorCode::corrupt, path + ": " + what, "copy it again or leave it out");
}

}  // namespace

Result<AvPacket> ImageDecoder::load(const std::string& path) const {
    const Descriptor file(path);
    struct stat status{};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return unreadable(path, errno);
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorCode::unreadable, path + ": not a plain file");
    }
    if (status.st_size == 0) return corrupt(path, "empty file");
    if (status.st_size > max_file_bytes) return corrupt(path, "too large for an image");
    AvPacket packet(av_packet_alloc());
    if (!packet || av_new_packet(packet.get(), static_cast<int>(status.st_size)) < 0) {
        return fail(ErrorCode::out_of_memory, path + ": no memory to read it into");
    }
    std::size_t filled = 0;
    while (filled < static_cast<std::size_t>(packet->size)) {
        const ssize_t got = ::read(file.get(), packet->data + filled,
                                   static_cast<std::size_t>(packet->size) - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(path, errno);
        if (got == 0) break;  // it shrank meanwhile
        filled += static_cast<std::size_t>(got);
    }
    av_shrink_packet(packet.get(), static_cast<int>(filled));
    packet->flags |= AV_PKT_FLAG_KEY;
    return packet;
}

Result<Decoder*> ImageDecoder::decoder_for(AVCodecID codec, const std::string& path) {
    if (const auto found = decoders_.find(codec); found != decoders_.end()) return &found->second;
    const AVCodec* implementation = avcodec_find_decoder(codec);
    if (implementation == nullptr) {
        return fail(ErrorCode::unsupported,
                    path + ": this FFmpeg has no decoder for " + avcodec_get_name(codec),
                    "convert it to PNG or JPEG");
    }
    auto opened = Decoder::open(*implementation, nullptr, path, {.threads = 1, .careful = true});
    if (!opened) return fail(opened.error());
    return &decoders_.emplace(codec, std::move(*opened)).first->second;
}

Result<Image> ImageDecoder::decode(const std::string& path) {
    auto packet = load(path);
    if (!packet) return fail(packet.error());
    const std::string_view bytes(reinterpret_cast<const char*>((*packet)->data),
                                 static_cast<std::size_t>((*packet)->size));
    const AVCodecID codec = codec_of(bytes, path);
    if (codec == AV_CODEC_ID_NONE) return corrupt(path, "not an image");
    if (const std::string several = several_pictures(bytes); !several.empty()) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: is {}, of which only the first would be read", path, several),
                    way_out(bytes));
    }
    pictures_.set_orientation(exif_orientation(bytes));
    auto decoder = decoder_for(codec, path);
    if (!decoder) return fail(decoder.error());

    const AvFrame decoded(av_frame_alloc());
    DecodeStep step = (*decoder)->send(packet->get());
    if (step == DecodeStep::more_input) step = (*decoder)->receive(*decoded);
    if (step == DecodeStep::more_input) {  // it waits for a next picture: there is none
        (*decoder)->send(nullptr);
        step = (*decoder)->receive(*decoded);
    }
    (*decoder)->reset();
    if (step == DecodeStep::no_memory) {
        return fail(ErrorCode::out_of_memory, path + ": no memory to decode into");
    }
    if (step != DecodeStep::frame) return corrupt(path, "damaged: can't be decoded");
    Image image;
    image.codec = avcodec_get_name(codec);
    const bool partial = (*decoder)->take_damage() || decoded->decode_error_flags != 0 ||
                         (decoded->flags & AV_FRAME_FLAG_CORRUPT) != 0 ||
                         (codec == AV_CODEC_ID_MJPEG && cut_jpeg(bytes));
    if (partial) image.damage = path + ": damaged or cut short";
    auto frame = pictures_.make(*decoded, codec);
    if (!frame) return fail(frame.error().code, path + ": " + frame.error().message);
    image.frame = std::move(*frame);
    return image;
}

}  // namespace saccade::media
