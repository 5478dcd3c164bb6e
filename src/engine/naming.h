// Names of outputs from names of sources.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace saccade::engine {

/// A stem for each source, all different and fit for a file name: "dir/street.mp4" gives "street",
/// "-" gives "stdin", a pattern or URL its letters and digits. Sources with equal stems get "-2",
/// "-3" ... in their order, so that names don't depend on timing. Stems differ such that no two
/// outputs of any formats meet, nor one the journal, even where a file system takes A and a for
/// one: "x" and "x.counts" would both write x.counts.csv.
std::vector<std::string> output_stems(std::span<const std::string> sources);

}  // namespace saccade::engine
