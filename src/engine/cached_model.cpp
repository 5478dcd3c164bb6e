#include "engine/cached_model.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "core/digest.h"
#include "core/file_lock.h"
#include "core/log.h"
#include "core/private_folder.h"
#include "core/sealed_file.h"
#include "engine/xz.h"
#include "model/synthetic_detector.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_model = std::size_t{2} << 30U;

/// Another folder for the outputs would not help, which is what an unwritable file advises.
tl::unexpected<Error> unusable(Error error) {
    if (error.code == ErrorCode::unwritable) {
        error.remedy = "free disk space, or name another folder with --cache-dir";
    }
    return fail(std::move(error));
}

/// The cache's folder of models, or one of the temporary folder's where that can't be used.
Result<fs::path> models_folder(const fs::path& cache) {
    fs::path wanted = cache / "models";
    const auto ok = make_private_folder(wanted);
    if (ok) return wanted;
    const fs::path own = fs::temp_directory_path() / fmt::format("saccade-{}", ::geteuid());
    for (const fs::path& each : {own, own / "models"}) {
        if (!make_private_folder(each)) return fail(ok.error());
    }
    static std::once_flag told;
    std::call_once(
        told, [&] { log::warning("models are kept in {}: {}", own.string(), ok.error().line()); });
    return own / "models";
}

/// Beside the model: sealed, the digest of its bytes.
fs::path seal_of(const fs::path& model) {
    return model.string() + ".sha256";
}

bool is_as_written(const fs::path& model, const std::string& key) {
    const auto noted = read_sealed(seal_of(model), key);
    if (!noted) return false;
    const auto there = sha256_of_file(model);
    if (there && *there == *noted) return true;
    log::warning("{}: is not as it was written, will be made again", model.string());
    return false;
}

/// Notes what was written, so that nothing else is ever taken for it.
Result<void> note(const fs::path& model, const std::string& key) {
    const auto written = sha256_of_file(model);
    if (!written) return fail(written.error());
    if (auto noted = write_sealed(seal_of(model), key, *written); !noted)
        return unusable(noted.error());
    return {};
}

}  // namespace

Result<fs::path> unpacked_model(const fs::path& packed, const fs::path& cache) {
    const auto digest = sha256_of_file(packed);
    if (!digest) return fail(digest.error());
    const auto models = models_folder(cache);
    if (!models) return fail(models.error());
    const fs::path folder = *models / digest->substr(0, 16);
    if (auto ok = make_private_folder(folder); !ok) return unusable(ok.error());
    fs::path to = folder / packed.stem();
    const std::string key = "unpacked from " + *digest;
    if (is_as_written(to, key)) return to;
    if (auto done = unpack_xz(packed, to, largest_model); !done) return unusable(done.error());
    if (auto noted = note(to, key); !noted) return fail(noted.error());
    return to;
}

Result<fs::path> kept_model(const fs::path& cache, const std::string& name, const std::string& key,
                            const std::stop_token& stop,
                            const std::function<Result<void>(const fs::path& to)>& make) {
    const auto models = models_folder(cache);
    if (!models) return fail(models.error());
    const fs::path folder = *models / sha256(key).substr(0, 16);
    if (auto ok = make_private_folder(folder); !ok) return unusable(ok.error());
    fs::path to = folder / name;
    if (is_as_written(to, key)) return to;
    const auto lock = FileLock::take(folder / "lock", stop);
    if (!lock) return unusable(lock.error());
    if (is_as_written(to, key)) return to;  // by whoever held the lock
    if (auto made = make(to); !made) return fail(made.error());
    if (auto noted = note(to, key); !noted) return fail(noted.error());
    return to;
}

Result<fs::path> synthetic_model(const fs::path& cache) {
    const auto models = models_folder(cache);
    if (!models) return fail(models.error());
    auto path = model::write_synthetic_detector(*models);
    if (!path) return unusable(path.error());
    return path;
}

}  // namespace saccade::engine
