#include "cli/fetch_model.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/step_progress.h"
#include "engine/model_store.h"

namespace saccade::cli {

Result<catalogue::Obtained> fetch_model(const catalogue::Model& model,
                                        const std::filesystem::path& folder, bool quiet,
                                        const std::stop_token& stop) {
    const auto origin = catalogue::origin_of(model, catalogue::mirror_of_environment());
    if (!origin) return fail(origin.error());
    std::filesystem::path to = folder;
    if (to.empty()) {
        auto own = engine::user_model_folder();
        if (!own) return fail(own.error());
        to = *own;
    }
    if (!quiet && model.fetched()) {
        fmt::print(stderr, "{} ({:.1f} MB, {}) from {} into {}\n", model.name,
                   1e-6 * static_cast<double>(model.bytes), model.licence, origin->text(),
                   to.string());
    }
    StepProgress progress(quiet);
    auto got = catalogue::obtain(
        model, to, *origin, {.stop = stop, .progress = [&](std::uint64_t done, std::uint64_t of) {
                                 progress("fetching", static_cast<std::size_t>(done),
                                          static_cast<std::size_t>(of));
                             }});
    progress.end();
    return got;
}

}  // namespace saccade::cli
