// Pictures that a program hands in: numpy, DLPack, and the CUDA array interface.
#pragma once

#include <string>

#include "glue.h"

namespace saccade::python {

/// A picture as somebody else has it: one of its planes.
struct TheirPlane {
    const std::uint8_t* data = nullptr;
    std::size_t rows = 0, columns = 0, channels = 1;
    std::ptrdiff_t stride = 0;  ///< bytes
    int bytes = 1;              ///< a sample
    int device = -1;
    nb::object object;          ///< keeps the memory
    nb::ndarray<nb::ro> array;  ///< likewise, where DLPack or the buffer protocol gave it
};

/// Throws invalid_argument.
[[noreturn]] void no_picture(const std::string& what);

/// The plane that an object is; `device` is the one of those that don't tell theirs.
[[nodiscard]] TheirPlane plane_of(const nb::object& object, int device);

}  // namespace saccade::python
