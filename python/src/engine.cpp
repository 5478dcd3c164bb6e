// The module saccade._engine. What people call is Python over it (python/saccade).
#include "bind/parts.h"
#include "glue.h"
#include "saccade/version.h"

NB_MODULE(_engine, m) {
    using namespace saccade::python;
    m.doc() = "The engine, bare: saccade's own modules are what to call.";
    m.def("version", [] { return SACCADE_VERSION; });
    nb::set_leak_warnings(false);  // (what a program keeps to its end is no leak of ours)
    bind_errors(m);
    bind_frames(m);
    bind_measures(m);
    bind_trackers(m);
    bind_session(m);
}
