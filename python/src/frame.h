// A picture as Python holds it.
#pragma once

#include "saccade/frame.h"

namespace saccade::python {

/// A view of the engine's own pixels; planes of it are views too, and keep them alive.
struct Picture {
    Frame frame;
};

}  // namespace saccade::python
