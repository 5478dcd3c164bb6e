// Models in the cache: unpacked ones, and the generated one. Where the cache's folder can't be made
// or trusted they are kept in saccade-UID of the temporary folder, which is told once.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "saccade/error.h"

namespace saccade::engine {

/// The model of an .xz file, unpacked into `cache`/models under its digest. Used again only where
/// its bytes are those that were unpacked (SHA-256), else unpacked anew. Errors: not_found,
/// unreadable, corrupt (of the .xz); unwritable; unsupported (the folder belongs to another user,
/// or others may write to it).
Result<std::filesystem::path> unpacked_model(const std::filesystem::path& packed,
                                             const std::filesystem::path& cache);

/// The generated network for the synthetic scene, likewise: written again unless its very bytes are
/// there. Errors: unwritable, unsupported.
Result<std::filesystem::path> synthetic_model(const std::filesystem::path& cache);

/// A model made from what `key` tells, kept as `name` under the key's digest: `make` writes it
/// where it is not there, by one process at a time. Errors: those of `make`, and as unpacked_model;
/// interrupted.
Result<std::filesystem::path> kept_model(
    const std::filesystem::path& cache, const std::string& name, const std::string& key,
    const std::stop_token& stop,
    const std::function<Result<void>(const std::filesystem::path& to)>& make);

}  // namespace saccade::engine
