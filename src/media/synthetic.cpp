#include "media/synthetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "media/stop_flag.h"

namespace saccade::media {
namespace {

// Lengths of the scene are in units of 1/640 of the picture's larger side: px of a 640 px network.
constexpr double lane_height = 44, side_room = 70, gap = 8;
constexpr double smallest_length = 24, largest_length = 56, smallest_depth = 20, largest_depth = 34;
constexpr double wobble = 3, smallest_visible = largest_length / 5;

constexpr std::array<std::array<int, 3>, 3> class_rgb{
    {{200, 40, 40}, {40, 200, 40}, {40, 40, 200}}};

/// SplitMix64 (Steele, Lea, Flood 2014): a well-mixed value for each counter.
std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// Numbers that belong to one thing of the scene and don't depend on any other's.
class Dice {
  public:
    Dice(std::uint32_t seed, std::uint64_t what) : state_(mix(mix(seed) ^ what)) {}
    std::uint64_t next() { return state_ = mix(state_); }
    double uniform(double low, double high) {
        return low + (high - low) * static_cast<double>(next() >> 11) * 0x1p-53;
    }

  private:
    std::uint64_t state_;
};

/// -1 .. 1 .. -1 in a period of 1.
double triangle(double t) {
    const double phase = t - std::floor(t);
    return 1 - 4 * std::abs(phase - 0.5);
}

/// A way along one axis (lanes: x, columns: y) on which boxes follow each other at one speed.
struct Way {
    double length;  ///< of the picture along the way, px
    double center;  ///< across the way, px
    int slots;      ///< boxes on it at once
};

double unit(const SyntheticOptions& o) {
    return std::max(o.width, o.height) / 640.0;
}

int ways_across(double extent, double u) {
    return static_cast<int>(extent / (lane_height * u));
}

int most_in_a_way(double length, double u) {
    return static_cast<int>((length + 2 * side_room * u) / ((largest_length + gap) * u));
}

/// Boxes that come down across the others.
int crossers(const SyntheticOptions& o) {
    return o.crossings ? o.objects / 4 + 1 : 0;
}

/// One box of a way at a time in seconds; nothing where too little of it is in the picture.
std::optional<SyntheticObject> place(const SyntheticOptions& o, const Way& way, int way_number,
                                     int slot, int global_slot, int all_slots, bool down,
                                     double time) {
    const double u = unit(o);
    Dice lane(o.seed, 1'000'000 + static_cast<std::uint64_t>(way_number) + (down ? 1000 : 0));
    const double speed = lane.uniform(40, 120) * u;  // px/s
    const bool backwards = lane.next() % 2 == 1;
    const double start = lane.uniform(0, 1);
    const double period = lane.uniform(2, 5);  // s

    const double loop = way.length + 2 * side_room * u;
    const double along = (start + static_cast<double>(slot) / way.slots) * loop + speed * time;
    const auto lap = static_cast<std::int64_t>(std::floor(along / loop));
    Dice look(o.seed,
              static_cast<std::uint64_t>(lap) * 4096 + static_cast<std::uint64_t>(global_slot));
    const double length = std::round(look.uniform(smallest_length, largest_length) * u);
    const double depth = std::round(look.uniform(smallest_depth, largest_depth) * u);
    const int class_id = static_cast<int>(look.next() % synthetic_classes.size());

    double low = std::round(along - static_cast<double>(lap) * loop - side_room * u);
    if (backwards) low = way.length - low - length;
    const double sway = wobble * u * triangle(time / period + start);
    const double side = std::round(way.center + sway - depth / 2);
    const Box whole{static_cast<float>(down ? side : low), static_cast<float>(down ? low : side),
                    static_cast<float>(down ? side + depth : low + length),
                    static_cast<float>(down ? low + length : side + depth)};
    const Box box = whole.clipped(static_cast<float>(o.width), static_cast<float>(o.height));
    const auto least = static_cast<float>(smallest_visible * u);
    if (box.width() < least || box.height() < least) return std::nullopt;
    return SyntheticObject{1 + global_slot + lap * all_slots, box, class_id, 1};
}

void cover(SyntheticObject& below, const SyntheticObject& above) {
    const Box& a = below.box;
    const Box& b = above.box;
    const Box shared{std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2),
                     std::min(a.y2, b.y2)};
    if (shared.x2 > shared.x1 && shared.y2 > shared.y1) {
        below.visible -= static_cast<double>(shared.area()) / static_cast<double>(a.area());
    }
}

/// In drawing order: what comes later lies on top.
std::vector<SyntheticObject> scene(const SyntheticOptions& o, std::uint64_t frame) {
    const double u = unit(o), time = static_cast<double>(frame) / o.fps;
    const int down = crossers(o), all = o.objects + down;
    std::vector<SyntheticObject> objects;
    const auto fill = [&](bool columns, int count, int first) {
        const double extent = columns ? o.width : o.height, length = columns ? o.height : o.width;
        const int ways = std::min(count, ways_across(extent, u));
        for (int i = 0; i < count; ++i) {
            const int way = i % ways;
            const int slots = (count - way + ways - 1) / ways;
            const Way path{length, (way + 0.5) * extent / ways, slots};
            if (auto object = place(o, path, way, i / ways, first + i, all, columns, time)) {
                objects.push_back(*object);
            }
        }
    };
    fill(false, o.objects, 0);
    const std::size_t below = objects.size();
    fill(true, down, o.objects);
    // Boxes of one direction never overlap, so the covers of one box add up.
    for (std::size_t i = 0; i < below; ++i) {
        for (std::size_t j = below; j < objects.size(); ++j) cover(objects[i], objects[j]);
    }
    return objects;
}

struct Color {
    int y, u, v;
};

/// BT.709, limited range, 8 bits (ITU-R BT.709-6, items 3.2 to 3.5).
Color to_yuv(const std::array<int, 3>& rgb) {
    const double luma = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    const auto code = [](double offset, double x) { return static_cast<int>(offset + x + 0.5); };
    return {code(16, luma * 219 / 255), code(128, (rgb[2] - luma) / 1.8556 * 224 / 255),
            code(128, (rgb[0] - luma) / 1.5748 * 224 / 255)};
}

/// An i420 picture in one block.
class Picture {
  public:
    Picture(int width, int height)
        : width_(width),
          height_(height),
          bytes_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3 / 2) {}

    [[nodiscard]] std::uint8_t* plane(int i) {
        const auto luma = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
        return bytes_.data() + (i == 0 ? 0 : i == 1 ? luma : luma + luma / 4);
    }

    void background(std::uint32_t seed) {
        std::memset(plane(1), 128, bytes_.size() / 3);
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const auto at = [&](int step) {
                    return mix(seed ^ (static_cast<std::uint64_t>(y / step) << 32) ^
                               static_cast<std::uint64_t>(x / step) ^
                               (static_cast<std::uint64_t>(step) << 56));
                };
                plane(0)[y * width_ + x] =
                    static_cast<std::uint8_t>(45 + at(32) % 16 + at(8) % 12 + at(1) % 6);
            }
        }
    }

    void draw(const Box& box, const Color& color) {
        const int x1 = static_cast<int>(box.x1), y1 = static_cast<int>(box.y1);
        const int x2 = static_cast<int>(box.x2), y2 = static_cast<int>(box.y2);
        for (int y = y1; y < y2; ++y) {
            std::memset(plane(0) + y * width_ + x1, color.y, static_cast<std::size_t>(x2 - x1));
        }
        // A chroma sample stands for 2x2 pixels; on an edge the box has its share of them.
        const auto inside = [](int low, int high, int i) {
            return std::min(high, 2 * i + 2) - std::max(low, 2 * i);
        };
        for (int y = y1 / 2; y < (y2 + 1) / 2; ++y) {
            for (int x = x1 / 2; x < (x2 + 1) / 2; ++x) {
                const int share = inside(x1, x2, x) * inside(y1, y2, y);
                for (const auto& [i, value] : {std::pair(1, color.u), std::pair(2, color.v)}) {
                    std::uint8_t& sample = plane(i)[y * (width_ / 2) + x];
                    sample =
                        static_cast<std::uint8_t>((sample * (4 - share) + value * share + 2) / 4);
                }
            }
        }
    }

  private:
    int width_, height_;
    std::vector<std::uint8_t> bytes_;
};

class SyntheticSource final : public Source {
  public:
    SyntheticSource(const std::string& location, const SyntheticOptions& options,
                    const SourceOptions& source_options)
        : options_(options),
          stream_(source_options.stream),
          stop_(source_options.stop),
          background_(options.width, options.height) {
        background_.background(options.seed);
        info_.name = location;
        info_.codec = "synthetic";
        info_.decoder = "built-in scene";
        info_.width = options.width;
        info_.height = options.height;
        info_.frame_rate = options.fps;
        info_.frame_count = options.frames;
        info_.duration = time_of(options.frames);
    }

    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }

    Result<SourceEvent> read() override {
        if (next_ < options_.frames && stop_()) {
            next_ = options_.frames;  // only End follows
            return fail(ErrorCode::interrupted, info_.name + ": interrupted");
        }
        if (next_ >= options_.frames) return SourceEvent(End{});
        auto picture = std::make_shared<Picture>(background_);
        for (const SyntheticObject& object : scene(options_, next_)) {
            picture->draw(object.box, to_yuv(class_rgb[static_cast<std::size_t>(object.class_id)]));
        }
        Frame frame;
        frame.id = {stream_, next_};
        frame.pts = time_of(next_);
        frame.width = options_.width;
        frame.height = options_.height;
        frame.planes = {Plane{picture->plane(0), options_.width},
                        Plane{picture->plane(1), options_.width / 2},
                        Plane{picture->plane(2), options_.width / 2}};
        frame.owner = std::move(picture);
        ++next_;
        return SourceEvent(std::move(frame));
    }

    void interrupt() noexcept override { stop_.set(); }

  private:
    [[nodiscard]] Timestamp time_of(std::uint64_t frame) const {
        return Timestamp(std::llround(static_cast<double>(frame) * 1e9 / options_.fps));
    }

    SyntheticOptions options_;
    std::uint32_t stream_;
    StopFlag stop_;
    Picture background_;
    StreamInfo info_;
    std::uint64_t next_ = 0;
};

template <typename T>
bool read_number(std::string_view text, T low, T high, T& value) {
    T read{};
    const auto end = std::from_chars(text.data(), text.data() + text.size(), read);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return false;
    if (!(read >= low && read <= high)) return false;
    value = read;
    return true;
}

/// False where the name is unknown or the value is out of its range.
bool set_option(SyntheticOptions& o, std::string_view name, std::string_view text) {
    int flag = 0;
    if (name == "frames") return read_number<std::uint64_t>(text, 0, 100'000'000, o.frames);
    if (name == "width") return read_number(text, 160, 8192, o.width) && o.width % 2 == 0;
    if (name == "height") return read_number(text, 160, 8192, o.height) && o.height % 2 == 0;
    if (name == "objects") return read_number(text, 1, 64, o.objects);
    if (name == "seed") return read_number<std::uint32_t>(text, 0, 0xffffffffU, o.seed);
    if (name == "fps") return read_number(text, 0.1, 1000.0, o.fps);
    if (name != "crossings" || !read_number(text, 0, 1, flag)) return false;
    o.crossings = flag == 1;
    return true;
}

}  // namespace

Result<SyntheticOptions> parse_synthetic(std::string_view location) {
    SyntheticOptions options;
    std::string_view rest = location;
    if (rest.starts_with(synthetic_prefix)) rest.remove_prefix(synthetic_prefix.size());
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos ||
            !set_option(options, item.substr(0, equals), item.substr(equals + 1))) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: '{}' is no option of the scene", location, item),
                        "use frames=N width=160..8192 height=160..8192 (even) objects=1..64 seed=N "
                        "fps=0.1..1000 crossings=0|1, joined by &");
        }
    }
    const double u = unit(options);
    const auto room = [&](int across, int length) {
        return ways_across(across, u) * most_in_a_way(length, u);
    };
    if (options.objects > room(options.height, options.width) ||
        crossers(options) > room(options.width, options.height)) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: {} objects have no room in {}x{}", location, options.objects,
                                options.width, options.height),
                    "ask for fewer");
    }
    return options;
}

std::vector<SyntheticObject> synthetic_truth(const SyntheticOptions& options, std::uint64_t frame) {
    auto objects = scene(options, frame);
    std::sort(objects.begin(), objects.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return objects;
}

Result<std::unique_ptr<Source>> open_synthetic(const std::string& location,
                                               const SourceOptions& options) {
    const auto parsed = parse_synthetic(location);
    if (!parsed) return fail(parsed.error());
    return std::make_unique<SyntheticSource>(location, *parsed, options);
}

}  // namespace saccade::media
