// OpenVINO's exceptions as Results.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "saccade/error.h"

namespace saccade::infer {

/// The sentences of an OpenVINO message without its source paths, failed checks and line breaks,
/// cut to a length that fits on a line.
std::string plain_message(std::string_view text);

/// Runs `call`; what it throws becomes an error: out_of_memory for a failed allocation, else `code`
/// with "what: the library's words".
template <typename Call>
auto guarded(ErrorCode code, const std::string& what, Call&& call)
    -> Result<decltype(std::forward<Call>(call)())> {
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            std::forward<Call>(call)();
            return {};
        } else {
            return std::forward<Call>(call)();
        }
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::out_of_memory, what + ": out of memory");
    } catch (const std::exception& error) {
        return fail(code, what + ": " + plain_message(error.what()));
    }
}

}  // namespace saccade::infer
