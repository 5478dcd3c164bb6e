// A model's file, fetched and known to be the one that was published.
#pragma once

#include <filesystem>

#include "catalogue/catalogue.h"
#include "catalogue/download.h"
#include "catalogue/origin.h"

namespace saccade::catalogue {

struct Obtained {
    std::filesystem::path path;
    bool was_there = false;  ///< nothing was fetched
};

/// Puts NAME.onnx into `folder`, which is made. Size and SHA-256 are checked before the file gets
/// its name: nothing else of this program ever sees another one. One that is there is checked
/// likewise, and left as it is.
///
/// Errors: unsupported for a model that is not published as ONNX; invalid_argument where another
/// file has the name; corrupt where bytes are not those that were published (they are thrown away);
/// not_found, unreadable of a mirror's folder; those of download().
Result<Obtained> obtain(const Model& model, const std::filesystem::path& folder,
                        const Origin& origin, const DownloadOptions& options = {});

}  // namespace saccade::catalogue
