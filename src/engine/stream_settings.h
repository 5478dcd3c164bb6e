// A stream's own settings over those of its session.
#pragma once

#include <string>
#include <vector>

#include "pipeline/controls.h"
#include "saccade/error.h"
#include "saccade/session.h"
#include "saccade/settings.h"
#include "track/ground.h"

namespace saccade::engine {

/// `base`, which are the session's settings or those that the stream has had, with what `stream`
/// says otherwise, checked. `ground`: what shapes in metres lie on; may be none. Errors:
/// invalid_argument, naming the setting that is wrong or that the session has no room for.
Result<Settings> merged(const Settings& session, const Settings& base, const StreamSettings& stream,
                        const track::GroundPlane* ground);

/// The name of a setting that `change` sets and that can't be changed while a stream runs; "" for
/// none.
[[nodiscard]] std::string unchangeable(const StreamSettings& change);

/// What stages read of a stream's settings while it runs. `stream` as merged from `session`.
/// Errors: invalid_argument for an unknown class, or one that the session does not find.
Result<pipeline::Controls::Values> controls_of(const Settings& session, const Settings& stream,
                                               const std::vector<std::string>& class_names,
                                               const std::string& model);

}  // namespace saccade::engine
