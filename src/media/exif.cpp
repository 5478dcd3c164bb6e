#include "media/exif.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

namespace saccade::media {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n"sv;

/// Unsigned integers of a file; nothing beyond its end.
class ByteView {
  public:
    ByteView(std::string_view data, bool big_endian) : data_(data), big_(big_endian) {}

    [[nodiscard]] std::optional<std::uint32_t> at(std::size_t offset, std::size_t size) const {
        if (offset > data_.size() || data_.size() - offset < size) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = big_ ? offset + i : offset + size - 1 - i;
            value = value << 8U | static_cast<unsigned char>(data_[place]);
        }
        return value;
    }

  private:
    std::string_view data_;
    bool big_;
};

/// The eight values of the Exif tag: where the first row and column of the file are to be seen.
Orientation from_tag(std::uint32_t value) noexcept {
    switch (value) {
        case 2: return {false, true, false};
        case 3: return {false, true, true};
        case 4: return {false, false, true};
        case 5: return {true, false, false};
        case 6: return {true, true, false};
        case 7: return {true, true, true};
        case 8: return {true, false, true};
        default: return {};
    }
}

constexpr std::uint32_t subfile_type = 254, orientation_tag = 274;

/// One directory of a TIFF structure.
struct Directory {
    std::uint32_t kind = 0;  ///< NewSubfileType: bit 0 a smaller version, bit 2 a mask
    std::uint32_t orientation = 1;
    std::uint32_t next = 0;  ///< offset of the directory behind it; 0: none
};

/// A TIFF's bytes, or an Exif block, which is built alike.
class TiffDirectories {
  public:
    explicit TiffDirectories(std::string_view data)
        : bytes_(data, data.starts_with("MM")),
          valid_(data.starts_with("II*\0"sv) || data.starts_with("MM\0*"sv)) {}

    [[nodiscard]] std::uint32_t first() const { return valid_ ? bytes_.at(4, 4).value_or(0) : 0; }

    [[nodiscard]] std::optional<Directory> read(std::uint32_t offset) const {
        const auto entries = bytes_.at(offset, 2);
        if (offset == 0 || !entries) return std::nullopt;
        Directory directory;
        for (std::uint32_t i = 0; i < *entries; ++i) {
            const std::size_t entry = std::size_t{offset} + 2 + std::size_t{12} * i;
            const auto tag = bytes_.at(entry, 2), type = bytes_.at(entry + 2, 2);
            if (!tag || !type) return std::nullopt;
            // SHORT (3) or LONG (4), in the entry itself.
            const auto value = bytes_.at(entry + 8, *type == 3 ? 2 : 4);
            if (*tag == orientation_tag) directory.orientation = value.value_or(1);
            if (*tag == subfile_type) directory.kind = value.value_or(0);
        }
        const std::size_t end = std::size_t{offset} + 2 + std::size_t{12} * *entries;
        directory.next = bytes_.at(end, 4).value_or(0);
        return directory;
    }

  private:
    ByteView bytes_;
    bool valid_;
};

Orientation tiff_orientation(std::string_view data) {
    if (data.starts_with("Exif\0\0"sv)) data.remove_prefix(6);
    const TiffDirectories tiff(data);
    const auto directory = tiff.read(tiff.first());
    return directory ? from_tag(directory->orientation) : Orientation{};
}

/// The data of the first chunk called `name`; nothing where there is none.
std::optional<std::string_view> png_chunk(std::string_view file, std::string_view name) {
    const ByteView bytes(file, true);
    for (std::size_t at = png_signature.size();;) {
        const auto size = bytes.at(at, 4);
        if (!size || !bytes.at(at + 4, 4)) return std::nullopt;
        if (file.substr(at + 4, 4) == name) return file.substr(at + 8, *size);
        at += std::size_t{12} + *size;
    }
}

bool is_webp(std::string_view file) {
    return file.starts_with("RIFF") && file.size() > 12 && file.substr(8, 4) == "WEBP";
}

/// Likewise.
std::optional<std::string_view> webp_chunk(std::string_view file, std::string_view name) {
    const ByteView bytes(file, false);
    for (std::size_t at = 12;;) {
        const auto size = bytes.at(at + 4, 4);
        if (!size) return std::nullopt;
        if (file.substr(at, 4) == name) return file.substr(at + 8, *size);
        at += std::size_t{8} + *size + (*size & 1U);
    }
}

/// Image blocks of a GIF, up to two.
int gif_pictures(std::string_view file) {
    const auto byte = [&](std::size_t at) {
        return at < file.size() ? static_cast<unsigned char>(file[at]) : 0x3bU;  // the trailer
    };
    const auto colors = [](unsigned packed) {
        return (packed & 0x80U) != 0 ? std::size_t{3} << ((packed & 7U) + 1) : 0;
    };
    std::size_t at = 13 + colors(byte(10));
    int pictures = 0;
    while (at < file.size() && pictures < 2) {
        const unsigned kind = byte(at);
        if (kind == 0x2c) {
            ++pictures;
            at += 11 + colors(byte(at + 9));
        } else if (kind == 0x21) {
            at += 2;
        } else {
            break;
        }
        while (at < file.size() && byte(at) != 0) at += std::size_t{1} + byte(at);  // sub-blocks
        ++at;
    }
    return pictures;
}

/// Pages of a TIFF, up to two.
int tiff_pictures(std::string_view file) {
    const TiffDirectories tiff(file);
    int pictures = 0;
    constexpr int most = 64;  // directories may point round in circles
    std::uint32_t offset = tiff.first();
    for (int i = 0; i < most && pictures < 2; ++i) {
        const auto directory = tiff.read(offset);
        if (!directory) break;
        if ((directory->kind & 5U) == 0) ++pictures;
        offset = directory->next;
    }
    return pictures;
}

}  // namespace

Orientation exif_orientation(std::string_view file) noexcept {
    if (file.starts_with(png_signature)) {
        const auto exif = png_chunk(file, "eXIf");
        return exif ? tiff_orientation(*exif) : Orientation{};
    }
    if (is_webp(file)) {
        const auto exif = webp_chunk(file, "EXIF");
        return exif ? tiff_orientation(*exif) : Orientation{};
    }
    return tiff_orientation(file);
}

std::string several_pictures(std::string_view file) {
    if (file.starts_with(png_signature)) {
        const auto control = png_chunk(file, "acTL");
        const auto frames = control ? ByteView(*control, true).at(0, 4).value_or(1) : 1;
        return frames > 1 ? fmt::format("an animated PNG of {} pictures", frames) : "";
    }
    if (is_webp(file)) return webp_chunk(file, "ANIM") ? "an animated WebP" : "";
    if (file.starts_with("GIF8")) return gif_pictures(file) > 1 ? "an animated GIF" : "";
    return tiff_pictures(file) > 1 ? "a TIFF of several pages" : "";
}

}  // namespace saccade::media
