// Pictures: planes without a copy by numpy and DLPack, and converted ones.
#include "frame.h"

#include <string>

#include "bind/parts.h"
#include "glue.h"

namespace saccade::python {
namespace {

const char* name_of(PixelFormat format) {
    switch (format) {
        case PixelFormat::i420: return "i420";
        case PixelFormat::i422: return "i422";
        case PixelFormat::i444: return "i444";
        case PixelFormat::nv12: return "nv12";
        case PixelFormat::i420p10: return "i420p10";
        case PixelFormat::i422p10: return "i422p10";
        case PixelFormat::i444p10: return "i444p10";
        case PixelFormat::p010: return "p010";
        case PixelFormat::gray8: return "gray8";
        case PixelFormat::rgb24: return "rgb24";
    }
    return "";
}

/// Rows, columns and channels of a plane, in samples.
struct Shape {
    std::size_t rows = 0, columns = 0, channels = 1;
};

Shape shape_of(const Frame& frame, std::size_t plane) {
    const PixelLayout layout = layout_of(frame.format);
    Shape shape{static_cast<std::size_t>(frame.height), static_cast<std::size_t>(frame.width)};
    if (frame.format == PixelFormat::rgb24) shape.channels = 3;
    if (plane == 0) return shape;
    const auto halved = [](std::size_t n, int shift) {
        return (n + (std::size_t{1} << shift) - 1) >> shift;
    };
    shape.rows = halved(shape.rows, layout.chroma_shift_y);
    shape.columns = halved(shape.columns, layout.chroma_shift_x);
    if (layout.planes == 2) shape.channels = 2;
    return shape;
}

template <typename T, typename Framework>
nb::object view(const Frame& frame, std::size_t plane) {
    const Shape shape = shape_of(frame, plane);
    const std::size_t dims = shape.channels == 1 ? 2 : 3;
    const std::size_t sizes[3] = {shape.rows, shape.columns, shape.channels};
    const std::int64_t strides[3] = {
        static_cast<std::int64_t>(frame.planes[plane].stride / std::ptrdiff_t{sizeof(T)}),
        static_cast<std::int64_t>(shape.channels), 1};
    auto held = std::make_unique<Frame>(frame);
    nb::capsule owner(held.get(), [](void* p) noexcept { delete static_cast<Frame*>(p); });
    static_cast<void>(held.release());
    const bool cuda = frame.memory == MemoryKind::cuda;
    nb::ndarray<const T, Framework> array(
        frame.planes[plane].data, dims, sizes, owner, strides, nb::dtype<T>(),
        cuda ? nb::device::cuda::value : nb::device::cpu::value, cuda ? frame.device : 0);
    return nb::cast(array, nb::rv_policy::reference);
}

template <typename Framework>
nb::object plane(const Picture& picture, std::size_t number) {
    const Frame& frame = picture.frame;
    const PixelLayout layout = layout_of(frame.format);
    if (number >= static_cast<std::size_t>(layout.planes)) throw nb::index_error("no such plane");
    if (layout.bytes_per_sample == 2) return view<std::uint16_t, Framework>(frame, number);
    return view<std::uint8_t, Framework>(frame, number);
}

nb::list planes(const Picture& picture) {
    if (picture.frame.memory != MemoryKind::host) {
        throw Failure{{ErrorCode::unsupported,
                       "the picture is on cuda:" + std::to_string(picture.frame.device) +
                           ", where numpy can't look",
                       "take Frame.plane(i) by DLPack (torch, cupy, jax)"}};
    }
    nb::list all;
    for (int i = 0; i < layout_of(picture.frame.format).planes; ++i) {
        all.append(plane<nb::numpy>(picture, static_cast<std::size_t>(i)));
    }
    return all;
}

nb::object converted(const Picture& picture, bool bgr) {
    const auto height = static_cast<std::size_t>(picture.frame.height);
    const auto width = static_cast<std::size_t>(picture.frame.width);
    std::unique_ptr<std::uint8_t[]> pixels(new std::uint8_t[height * width * 3]);
    Result<void> done;
    {
        const nb::gil_scoped_release released;
        done = bind::to_rgb(picture.frame, bgr, pixels.get());
    }
    take(std::move(done));
    return array_of<std::uint8_t>(std::move(pixels), {height, width, 3});
}

}  // namespace

void bind_frames(nb::module_& m) {
    nb::class_<Picture>(m, "Picture", "A picture of the engine's own: views of its planes.")
        .def_prop_ro(
            "width", [](const Picture& p) { return p.frame.width; }, "px")
        .def_prop_ro(
            "height", [](const Picture& p) { return p.frame.height; }, "px")
        .def_prop_ro("format",
                     [](const Picture& p) { return std::string(name_of(p.frame.format)); })
        .def_prop_ro("device",
                     [](const Picture& p) {
                         return p.frame.memory == MemoryKind::cuda
                                    ? "cuda:" + std::to_string(p.frame.device)
                                    : std::string("cpu");
                     })
        .def("planes", &planes,
             nb::sig("def planes(self) -> list[numpy.typing.NDArray[typing.Any]]"),
             "Read-only numpy views of all planes, without a copy.")
        .def("plane", &plane<nb::array_api>, "number"_a,
             nb::sig("def plane(self, number: int) -> typing.Any"),
             "A view of one plane by DLPack, in host or device memory, without a copy.")
        .def("converted", &converted, "bgr"_a,
             nb::sig("def converted(self, bgr: bool) -> numpy.typing.NDArray[numpy.uint8]"),
             "A copy as uint8 [height, width, 3], RGB or BGR.");
}

}  // namespace saccade::python
