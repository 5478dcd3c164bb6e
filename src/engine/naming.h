// Names of outputs from names of sources.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace saccade::engine {

/// Gives out stems, each once: see output_stems(). One thread at a time.
class StemBook {
  public:
    /// For a source, or for a name that a caller has chosen.
    std::string take(const std::string& source);

  private:
    [[nodiscard]] bool is_free(const std::string& stem) const;

    std::set<std::string> used_;          ///< in lower case
    std::map<std::string, int> numbers_;  ///< the next one to try, by name
};

/// A stem for each source, all different and fit for a file name: "dir/street.mp4" gives "street",
/// "-" gives "stdin", a pattern or URL its letters and digits. Sources with equal stems get "-2",
/// "-3" ... in their order, so that names don't depend on timing. Stems differ such that no two
/// outputs of any formats meet, nor one the journal, even where a file system takes A and a for
/// one: "x" and "x.counts" would both write x.counts.csv.
std::vector<std::string> output_stems(std::span<const std::string> sources);

}  // namespace saccade::engine
