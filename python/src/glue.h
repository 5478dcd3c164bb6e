// What the files of the binding share. Nothing here blocks with the GIL held, and no thread of the
// engine's ever takes it.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <utility>
#include <vector>

#include "bind/words.h"
#include "saccade/error.h"
#include "saccade/frame.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace saccade::python {

/// An Error on its way to Python, where it is one of saccade.Error's classes.
struct Failure {
    Error error;
};

template <typename T>
T take(Result<T> result) {
    if (!result) throw Failure{std::move(result.error())};
    return std::move(*result);
}
inline void take(Result<void> result) {
    if (!result) throw Failure{std::move(result.error())};
}

/// Throws where this process was forked from one whose engine had threads: they are not here.
void refuse_fork();
/// From now on a fork's child is refused.
void engine_used();
[[nodiscard]] bool forked();

/// Runs Python's signal handlers; throws what they raise (KeyboardInterrupt).
void check_signals();

/// Lets go of what threads of the engine gave back (bind/...): they never take the GIL, so objects
/// wait until a call comes by that has it.
void release_given_back();
/// An owner that keeps `object` alive; may be let go of on any thread.
[[nodiscard]] std::shared_ptr<const void> kept(nb::object object);

/// [(key, text | list of texts)], as saccade._words makes them.
[[nodiscard]] std::vector<bind::Given> given(const nb::list& words);

template <typename T, std::size_t N>
nb::object array_of(std::unique_ptr<T[]> values, const std::size_t (&shape)[N]) {
    T* const data = values.get();
    nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    static_cast<void>(values.release());
    return nb::cast(nb::ndarray<nb::numpy, T>(data, N, shape, owner), nb::rv_policy::reference);
}

void bind_errors(nb::module_& m);
void bind_frames(nb::module_& m);
void bind_measures(nb::module_& m);
void bind_session(nb::module_& m);
void bind_trackers(nb::module_& m);

}  // namespace saccade::python
