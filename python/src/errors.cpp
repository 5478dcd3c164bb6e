// Failures as exceptions, forks, signals, and objects that threads without the GIL let go of.
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "glue.h"

namespace saccade::python {
namespace {

std::atomic<bool> used{false};
std::atomic<bool> in_fork{false};

/// Never destroyed: threads may give objects back while the process ends.
struct GivenBack {
    std::mutex mutex;
    std::vector<PyObject*> objects;
};
GivenBack& given_back() {
    static auto* const all = new GivenBack;
    return *all;
}

}  // namespace

void engine_used() {
    if (used.exchange(true)) return;
    ::pthread_atfork(nullptr, nullptr, [] { in_fork = true; });
}

bool forked() {
    return in_fork;
}

void refuse_fork() {
    if (!in_fork) return;
    throw Failure{{ErrorCode::unavailable,
                   "this process was forked from one in which the engine ran: its threads are not "
                   "here",
                   "start workers with multiprocessing.get_context(\"spawn\")"}};
}

void check_signals() {
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

void release_given_back() {
    if (in_fork) return;
    std::vector<PyObject*> objects;
    {
        const std::lock_guard lock(given_back().mutex);
        objects.swap(given_back().objects);
    }
    for (PyObject* object : objects) Py_DECREF(object);
}

std::shared_ptr<const void> kept(nb::object object) {
    PyObject* const held = object.release().ptr();
    return {static_cast<const void*>(held), [](const void* given) {
                const std::lock_guard lock(given_back().mutex);
                given_back().objects.push_back(static_cast<PyObject*>(const_cast<void*>(given)));
            }};
}

std::vector<bind::Given> given(const nb::list& words) {
    std::vector<bind::Given> all;
    for (const nb::handle one : words) {
        const auto word = nb::cast<nb::tuple>(one);
        bind::Given& g = all.emplace_back();
        g.key = nb::cast<std::string>(word[0]);
        g.list = nb::isinstance<nb::list>(word[1]);
        if (g.list) {
            g.values = nb::cast<std::vector<std::string>>(word[1]);
        } else {
            g.values = {nb::cast<std::string>(word[1])};
        }
    }
    return all;
}

void bind_errors(nb::module_& m) {
    nb::register_exception_translator(
        [](const std::exception_ptr& p, void*) {
            try {
                std::rethrow_exception(p);
            } catch (const Failure& failure) {
                const Error& e = failure.error;
                // (Line breaks of a message are replaced by line(), as on the command line.)
                const nb::object made = nb::module_::import_("saccade._errors")
                                            .attr("_made")(std::string(to_string(e.code)),
                                                           e.message, e.remedy, e.line());
                PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
            }
        },
        nullptr);
    m.def("refuse_fork", &refuse_fork,
          "Raises Unavailable in a fork of a process that used the engine.");
}

}  // namespace saccade::python
