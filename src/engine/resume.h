// A run's files against the journal of its folder: which are done, and noting those that end.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/journal.h"
#include "engine/run_networks.h"
#include "pipeline/report.h"

namespace saccade::engine {

class Resume {
  public:
    /// A journal is kept of runs over several files, and of those that resume. Errors: those of
    /// OnnxModel::digest.
    static Result<Resume> plan(Mode mode, const Settings& settings, const RunNetworks& networks,
                               std::span<const std::string> locations,
                               std::span<const std::string> stems);

    /// What an earlier run said of this location, if it need not run again.
    [[nodiscard]] std::optional<StreamSummary> done(std::size_t location) const;

    /// Any thread. A journal that can't be written is warned of: the run goes on.
    void ended(std::size_t location, const pipeline::StreamReport& report);

    /// After the last stream. Likewise.
    void finish();

  private:
    struct File {
        std::optional<SourceFile> source;
        std::string name, stem;
    };

    std::vector<File> files_;
    std::string settings_;              ///< digest
    std::unique_ptr<Journal> journal_;  ///< none where none is kept
    bool skips_ = false;
};

}  // namespace saccade::engine
