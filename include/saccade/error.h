// Failures that input can cause are values: every fallible call returns Result<T>.
//
// Exceptions are kept for broken construction and CUDA calls, asserts for our own bugs.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace saccade {

/// What went wrong, in kinds that a caller can act on.
enum class ErrorCode {
    invalid_argument,  ///< the caller's words are off: wrong flag, impossible option
    not_found,         ///< a named file, model, device or library does not exist
    unreadable,        ///< exists but can't be opened or read (permission, I/O error)
    corrupt,           ///< bytes are not what their format promises
    unsupported,       ///< well-formed, but of a kind this build or machine can't handle
    unwritable,        ///< an output could not be created or written (permission, full disk)
    out_of_memory,     ///< host or device memory is exhausted; the call may be tried smaller
    unavailable,       ///< a library or device that is needed is missing
    interrupted,       ///< stopped on request (SIGINT, Source::interrupt)
    internal,          ///< a bug of ours or of a library: please report
};

/// Stable lower-case name ("not_found"), as used in logs and JSON.
std::string_view to_string(ErrorCode code) noexcept;

/// One failure: a code, one line naming the thing, and the way out ("" where there is none).
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::string remedy;

    /// "message; remedy", always one line: line breaks and control bytes are replaced.
    [[nodiscard]] std::string line() const;
};

template <typename T = void>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::not_found, "no such file: x", "check the path");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string remedy = {}) {
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(remedy)});
}

/// Hands on the error of another Result: `if (!r) return fail(r.error());`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace saccade
