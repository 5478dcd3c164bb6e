#include "media/demuxer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "core/log.h"
#include "core/mask_secrets.h"
#include "core/shared_library.h"
#include "media/input_settings.h"
#include "media/mp4_tables.h"
#include "media/names.h"

namespace saccade::media {
namespace {

// Demuxers that take plain text and raw bytes for pictures (ANSI art and the like).
constexpr std::array text_art = {"tty", "bin", "xbin", "adf", "idf"};

template <typename List>
bool contains(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// (AVI has empty entries where the picture before is shown again.)
std::int64_t pictures_in_index(AVStream& stream) {
    std::int64_t count = 0;
    for (int i = 0; i < avformat_index_get_entries_count(&stream); ++i) {
        if (avformat_index_get_entry(&stream, i)->size > 0) ++count;
    }
    return count;
}

/// Options of the decoders that probing opens, one dictionary a stream.
class ProbeOptions {
  public:
    explicit ProbeOptions(unsigned streams) : entries_(streams, nullptr) {
        for (auto& entry : entries_) {
            av_dict_set_int(&entry, "max_pixels", max_pixels, 0);
            av_dict_set(&entry, "threads", "1", 0);
        }
    }
    ~ProbeOptions() {
        for (auto& entry : entries_) av_dict_free(&entry);
    }
    ProbeOptions(const ProbeOptions&) = delete;
    ProbeOptions& operator=(const ProbeOptions&) = delete;
    [[nodiscard]] AVDictionary** data() { return entries_.data(); }

  private:
    std::vector<AVDictionary*> entries_;
};

}  // namespace

PixelAspect pixel_aspect_of(AVRational ratio) noexcept {
    constexpr int most = 20;  // beyond anything that was ever filmed
    if (ratio.num <= 0 || ratio.den <= 0) return {};
    if (ratio.num / ratio.den > most || ratio.den / ratio.num > most) return {};
    PixelAspect aspect;
    av_reduce(&aspect.width, &aspect.height, ratio.num, ratio.den, 1 << 16);
    return aspect;
}

Demuxer::Demuxer(std::string location, std::function<bool()> stopped,
                 std::shared_ptr<const LiveInput> input)
    : location_(std::move(location)),
      name_(mask_url(location_)),
      stopped_(std::move(stopped)),
      input_(std::move(input)) {}

Demuxer::~Demuxer() {
    avformat_close_input(&format_);
}

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& location,
                                               std::function<bool()> stopped,
                                               std::shared_ptr<const LiveInput> live) {
    init_libav();
    std::unique_ptr<Demuxer> demuxer(new Demuxer(location, std::move(stopped), std::move(live)));
    if (auto done = demuxer->open_container(); !done) return fail(done.error());
    if (auto done = demuxer->choose_stream(); !done) return fail(done.error());
    return demuxer;
}

Result<void> Demuxer::open_container() {
    const std::string scheme = url_scheme(location_);
    live_ = is_camera_scheme(scheme);
    format_ = avformat_alloc_context();
    if (format_ == nullptr) return fail(ErrorCode::out_of_memory, name_ + ": no memory");
    watch_ = std::make_unique<DamageWatch>(*format_);
    format_->interrupt_callback = {
        [](void* self) { return static_cast<Demuxer*>(self)->stopped_() ? 1 : 0; }, this};
    std::string path = location_;
    if (scheme == "file") path = path.substr(7);
    if (scheme.empty() || scheme == "file") {
        auto reader = ByteReader::open(path, stopped_);
        if (!reader) return fail(reader.error());
        reader_ = std::move(*reader);
        size_ = reader_->size().value_or(0);
        format_->pb = reader_->io();
        // A local playlist may name local files, but must not reach out to the network.
        format_->protocol_whitelist = av_strdup("file,crypto,data");
    }
    const AVInputFormat* kind = nullptr;
    if (scheme == "v4l2") {
        const auto device = device_format();
        if (!device) return fail(device.error());
        kind = *device;
        path = path.substr(7);
    }
    clear_libav_error();
    InputSettings settings = input_ ? input_settings(scheme, *input_) : InputSettings{};
    if (input_) path = with_login(path, input_->login);
    const int code = avformat_open_input(&format_, path.c_str(), kind, settings.data());
    if (code < 0) return not_media(code);
    for (const std::string& name : settings.left()) {
        log::warning("{}: FFmpeg's {} does not know the option {}", name_, format_->iformat->name,
                     name);
    }
    if (input_ && is_endless()) live_ = true;
    if (contains(text_art, format_->iformat->name)) return not_media(AVERROR_INVALIDDATA);
    if (is_past_pictures()) return index_at_end();
    if (auto probed = probe(); !probed || !live_) return probed;
    // RTSP as a rule tells all in its SDP, so that nothing is waited for. Where it does not:
    const int video = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (video < 0 || format_->streams[video]->codecpar->width > 0) return {};
    format_->probesize = usual_probe_bytes;
    format_->max_analyze_duration = usual_probe_time;
    return probe();
}

Result<void> Demuxer::probe() {
    ProbeOptions options(format_->nb_streams);
    const int code = avformat_find_stream_info(format_, options.data());
    if (stopped_()) return fail(ErrorCode::interrupted, name_ + ": interrupted");
    if (code < 0) return not_media(code);
    return {};
}

/// What a web server sends without ever coming to an end.
bool Demuxer::is_endless() const {
    const std::string_view kind = format_->iformat->name;
    return kind == "mpjpeg" || (kind == "hls" && format_->duration == AV_NOPTS_VALUE);
}

/// libavdevice brings a window system's libraries with it, so that it is looked for only here.
Result<const AVInputFormat*> Demuxer::device_format() const {
    static const SharedLibrary library =
        SharedLibrary::open("libavdevice.so." + std::to_string(LIBAVFORMAT_VERSION_MAJOR));
    using Register = void (*)();
    const auto add = library.symbol<Register>("avdevice_register_all");
    if (add == nullptr) {
        return fail(ErrorCode::unavailable, name_ + ": FFmpeg's libavdevice is not installed",
                    "sudo apt-get install libavdevice" + std::to_string(LIBAVFORMAT_VERSION_MAJOR));
    }
    add();
    const AVInputFormat* kind = av_find_input_format("v4l2");
    if (kind == nullptr) {
        return fail(ErrorCode::unsupported, name_ + ": this FFmpeg knows no video4linux");
    }
    return kind;
}

tl::unexpected<Error> Demuxer::not_media(int code) const {
    if (code == AVERROR_EXIT || stopped_()) {
        return fail(ErrorCode::interrupted, name_ + ": interrupted");
    }
    if (reader_ && !reader_->failure().empty()) {
        return fail(ErrorCode::unreadable,
                    fmt::format("{}: can't be read: {}", name_, reader_->failure()),
                    "check the disk or the mount");
    }
    if (code == AVERROR_PROTOCOL_NOT_FOUND) {
        return fail(ErrorCode::unsupported, fmt::format("{}: this FFmpeg knows no protocol '{}'",
                                                        name_, url_scheme(location_)));
    }
    if (code == AVERROR_HTTP_UNAUTHORIZED || code == AVERROR_HTTP_FORBIDDEN) {
        return fail(ErrorCode::unreadable,
                    fmt::format("{}: can't be opened: {}", name_, libav_message(code)),
                    std::string(refused_remedy));
    }
    if (code == AVERROR_HTTP_OTHER_4XX && url_scheme(location_).starts_with("rtsp")) {
        return fail(ErrorCode::unreadable,
                    name_ + ": can't be opened: the camera has no video, or no such stream",
                    "check the address, and that its video is on");
    }
    if (!reader_ && (code != AVERROR_INVALIDDATA || live_)) {
        return fail(code == AVERROR(ENOENT) || code == AVERROR_HTTP_NOT_FOUND
                        ? ErrorCode::not_found
                        : ErrorCode::unreadable,
                    fmt::format("{}: can't be opened: {}", name_, libav_message(code)),
                    "check the address and that the host answers");
    }
    if (code == AVERROR(ENOMEM)) return fail(ErrorCode::out_of_memory, name_ + ": no memory");
    const std::string detail = last_libav_error();
    const bool no_index = detail.find("moov atom not found") != std::string::npos;
    if (no_index && reader_ && !reader_->size()) return index_at_end();
    // (A text named .mp4 has no index either.)
    if ((no_index && reader_ && looks_like_mp4(read_at())) || !truncation().empty()) {
        return fail(ErrorCode::corrupt,
                    name_ + ": truncated: the file ends before the index of its frames",
                    "copy or record it again; recovery tools such as untrunc may help");
    }
    return fail(ErrorCode::corrupt, name_ + ": not a media file",
                "give a video, an image or a folder of images");
}

tl::unexpected<Error> Demuxer::index_at_end() const {
    return fail(
        ErrorCode::unsupported,
        fmt::format("{}: this MP4 has its index at the end, behind pictures that a {} can't go "
                    "back to",
                    name_, reader_ ? "pipe" : "server of this kind"),
        "give the file's own path; or remux it: ffmpeg -i in.mp4 -c copy -movflags +faststart "
        "out.mp4; or pipe MPEG-TS: ffmpeg -i in.mp4 -c copy -f mpegts - | saccade track -");
}

/// Whether the index was found behind what it points to, and there is no way back.
bool Demuxer::is_past_pictures() const {
    if (format_->pb == nullptr || (format_->pb->seekable & AVIO_SEEKABLE_NORMAL) != 0) return false;
    if (!std::string_view(format_->iformat->name).starts_with("mov,")) return false;
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        const AVIndexEntry* first = avformat_index_get_entry(format_->streams[i], 0);
        if (first != nullptr && first->pos < avio_tell(format_->pb)) return true;
    }
    return false;
}

Result<void> Demuxer::choose_stream() {
    const int index = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (index < 0 || (format_->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
        if (format_->nb_streams == 0 && !live_) return not_media(AVERROR_INVALIDDATA);
        // (A camera may get its picture back.)
        return fail(live_ ? ErrorCode::unreadable : ErrorCode::unsupported,
                    name_ + ": no video stream",
                    "give a file that holds video, not only sound or text");
    }
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        if (static_cast<int>(i) != index) format_->streams[i]->discard = AVDISCARD_ALL;
    }
    stream_ = format_->streams[index];
    const std::string_view kind = format_->iformat->name;
    if (kind == "mov,mp4,m4a,3gp,3g2,mj2") promised_ = stream_->nb_frames;
    if (kind == "avi") promised_ = pictures_in_index(*format_->streams[index]);
    const AVCodecParameters& codec = *stream_->codecpar;
    decoder_ = avcodec_find_decoder(codec.codec_id);
    if (decoder_ == nullptr) {
        return fail(
            ErrorCode::unsupported,
            fmt::format("{}: this FFmpeg has no decoder for {}", name_,
                        avcodec_get_name(codec.codec_id)),
            "install a full FFmpeg: `sudo apt-get install libavcodec-extra`; or convert the "
            "file to H.264");
    }
    if (static_cast<std::int64_t>(codec.width) * codec.height > max_pixels) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: {}x{} px is beyond the limit of {} megapixels", name_,
                                codec.width, codec.height, max_pixels / 1'000'000),
                    "the file is damaged, or must be scaled down first");
    }
    return {};
}

void Demuxer::set_taps(std::vector<std::shared_ptr<PacketTap>> taps) {
    taps_ = std::move(taps);
    for (const auto& tap : taps_) tap->begin(*stream_, frame_rate(), live_);
}

int Demuxer::read(AVPacket& packet) {
    for (;;) {
        if (stopped_()) return AVERROR_EXIT;
        av_packet_unref(&packet);
        const int code = av_read_frame(format_, &packet);
        if (code == AVERROR(EAGAIN)) continue;
        if (code == AVERROR(ENOMEM) && !short_of_memory()) return AVERROR_INVALIDDATA;
        if (code < 0) return code;
        if (packet.stream_index != stream_->index) continue;
        note(packet);
        for (const auto& tap : taps_) tap->packet(packet);
        return code;
    }
}

void Demuxer::note(const AVPacket& packet) {
    ++packets_;
    if (packet.pts == AV_NOPTS_VALUE || (packet.flags & AV_PKT_FLAG_DISCARD) != 0) return;
    begin_ = std::min(begin_.value_or(packet.pts), packet.pts);
    end_ = std::max(end_.value_or(packet.pts), packet.pts + packet.duration);
}

/// libavformat has no memory for packets of a damaged size either. Those of a file fit into it.
bool Demuxer::short_of_memory() const {
    if (!reader_ || !reader_->size()) return true;
    void* const block =
        av_malloc(std::min(static_cast<std::size_t>(*reader_->size()), max_allocation / 2));
    av_free(block);
    return block == nullptr;
}

bool Demuxer::joins() const noexcept {
    constexpr std::array kinds = {"mpegts", "mpegtsraw", "mpeg"};
    return live_ || contains(kinds, format_->iformat->name);
}

double Demuxer::frame_rate() const noexcept {
    AVRational rate = stream_->avg_frame_rate;
    if (rate.num <= 0 || rate.den <= 0) rate = stream_->r_frame_rate;
    if (rate.num <= 0 || rate.den <= 0) return 0;
    // Of a camera nobody has waited to see its rate, and then FFmpeg may name its clock's.
    constexpr double fastest_camera = 480;  // Hz
    return live_ && av_q2d(rate) > fastest_camera ? 0 : av_q2d(rate);
}

std::int64_t Demuxer::duration_ns() const noexcept {
    std::int64_t ns = 0;
    if (stream_->duration > 0) {
        ns = av_rescale_q(stream_->duration, stream_->time_base, {1, 1'000'000'000});
    } else if (format_->duration > 0) {
        ns = av_rescale_q(format_->duration, {1, AV_TIME_BASE}, {1, 1'000'000'000});
    }
    return std::max<std::int64_t>(ns, 0);
}

PixelAspect Demuxer::pixel_aspect() const noexcept {
    // The container's word goes first, as with FFmpeg's own tools.
    const PixelAspect container = pixel_aspect_of(stream_->sample_aspect_ratio);
    if (container != PixelAspect{}) return container;
    return pixel_aspect_of(stream_->codecpar->sample_aspect_ratio);
}

Orientation Demuxer::orientation() const noexcept {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
    const AVPacketSideData* side =
        av_packet_side_data_get(stream_->codecpar->coded_side_data,
                                stream_->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    const std::uint8_t* data = side != nullptr ? side->data : nullptr;
    const std::size_t size = side != nullptr ? side->size : 0;
#else
    std::size_t size = 0;
    const std::uint8_t* data = av_stream_get_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX, &size);
#endif
    if (data == nullptr || size < 9 * sizeof(std::int32_t)) return {};
    return orientation_of(reinterpret_cast<const std::int32_t*>(data));
}

ReadAt Demuxer::read_at() const {
    return
        [fd = reader_->descriptor()](std::uint64_t offset, std::uint8_t* data, std::size_t size) {
            const auto got = ::pread(fd, data, size, static_cast<std::int64_t>(offset));
            return got > 0 ? static_cast<std::size_t>(got) : std::size_t{0};
        };
}

std::string Demuxer::truncation() const {
    if (!reader_ || !reader_->size()) return "";
    const std::int64_t extent = reader_->extent();
    if (extent < size_) {
        return fmt::format("the file shrank while it was read: {} bytes are gone", size_ - extent);
    }
    const auto missing = missing_bytes(read_at(), static_cast<std::uint64_t>(extent));
    if (!missing) return "";
    return fmt::format("the file ends early: {} bytes are missing", *missing);
}

std::string Demuxer::nonsense() const {
    return reader_ && watch_->count() > 0 ? "the file's structure is damaged" : "";
}

std::string Demuxer::shortfall() const {
    if (packets_ >= promised_ || !can_read_again()) return "";
    // An edit list may leave samples out; then what it shows must be there.
    const auto size = static_cast<std::uint64_t>(*reader_->size());
    if (const auto edited =
            edited_seconds(read_at(), size, static_cast<std::uint32_t>(stream_->id));
        edited && begin_) {
        const double shown = static_cast<double>(*end_ - *begin_) * av_q2d(stream_->time_base);
        const double picture = packets_ > 0 ? shown / static_cast<double>(packets_) : 0;
        if (shown >= *edited - 2 * picture) return "";
    }
    return fmt::format("the file's table promises {} frames, {} are missing", promised_,
                       promised_ - packets_);
}

std::string Demuxer::io_failure() const {
    return reader_ ? reader_->failure() : "";
}

}  // namespace saccade::media
