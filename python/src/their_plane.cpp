#include "their_plane.h"

#include <vector>

namespace saccade::python {

void no_picture(const std::string& what) {
    throw Failure{{ErrorCode::invalid_argument, "push: " + what,
                   "give uint8 [height, width, 3] or [height, width], rows in one piece each"}};
}

namespace {

void check_steps(TheirPlane& plane, std::size_t dims, const std::int64_t* shape,
                 const std::int64_t* steps) {  // in bytes
    if (dims != 2 && dims != 3) no_picture("a plane of " + std::to_string(dims) + " dimensions");
    plane.rows = static_cast<std::size_t>(shape[0]);
    plane.columns = static_cast<std::size_t>(shape[1]);
    plane.channels = dims == 3 ? static_cast<std::size_t>(shape[2]) : 1;
    plane.stride = static_cast<std::ptrdiff_t>(steps[0]);
    const auto pixel = static_cast<std::int64_t>(plane.channels) * plane.bytes;
    const bool packed = steps[1] == pixel && (dims == 2 || steps[2] == plane.bytes);
    if (!packed || steps[0] < pixel * shape[1]) no_picture("pixels of a row are apart");
}

/// By NVIDIA's array interface, for those that have no DLPack. The caller's stream has been waited
/// for (synchronize), whichever it was.
TheirPlane by_cuda_interface(const nb::object& object, int device) {
    const auto told = nb::cast<nb::dict>(object.attr("__cuda_array_interface__"));
    TheirPlane plane;
    plane.object = object;
    plane.device = device;
    const auto type = nb::cast<std::string>(told["typestr"]);
    if (type != "|u1" && type != "<u2") no_picture("samples are '" + type + "', not uint8");
    plane.bytes = type == "<u2" ? 2 : 1;
    plane.data = reinterpret_cast<const std::uint8_t*>(
        nb::cast<std::uintptr_t>(nb::cast<nb::tuple>(told["data"])[0]));
    const auto shape = nb::cast<std::vector<std::int64_t>>(told["shape"]);
    std::vector<std::int64_t> steps(shape.size());
    const nb::object given = told.contains("strides") ? nb::object(told["strides"]) : nb::none();
    if (!given.is_none()) {
        steps = nb::cast<std::vector<std::int64_t>>(given);
    } else {
        std::int64_t step = plane.bytes;
        for (std::size_t i = shape.size(); i-- > 0; step *= shape[i]) steps[i] = step;
    }
    if (steps.size() != shape.size()) no_picture("shape and strides don't fit together");
    check_steps(plane, shape.size(), shape.data(), steps.data());
    return plane;
}

}  // namespace

TheirPlane plane_of(const nb::object& object, int device) {
    if (!nb::hasattr(object, "__dlpack__") && nb::hasattr(object, "__cuda_array_interface__")) {
        return by_cuda_interface(object, device < 0 ? 0 : device);
    }
    TheirPlane plane;
    nb::ndarray<nb::ro>& array = plane.array;
    if (!nb::try_cast(object, array)) no_picture("this is no array");
    plane.object = object;
    if (array.device_type() == nb::device::cuda::value) {
        plane.device = array.device_id();
    } else if (array.device_type() != nb::device::cpu::value) {
        no_picture("the array is neither on the host nor on a CUDA device");
    }
    const nb::dlpack::dtype type = array.dtype();
    const bool integers = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::UInt);
    if (!integers || (type.bits != 8 && type.bits != 16)) no_picture("samples are not uint8");
    plane.bytes = type.bits / 8;
    plane.data = static_cast<const std::uint8_t*>(array.data());
    std::vector<std::int64_t> shape, steps;
    for (std::size_t i = 0; i < array.ndim(); ++i) {
        shape.push_back(static_cast<std::int64_t>(array.shape(i)));
        steps.push_back(array.stride(i) * plane.bytes);
    }
    check_steps(plane, array.ndim(), shape.data(), steps.data());
    return plane;
}

}  // namespace saccade::python
