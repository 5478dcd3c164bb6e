// The networks of a run, each read and understood once for all that need them.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "engine/run_files.h"
#include "model/onnx_model.h"
#include "model/prepared_model.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

struct RunNetworks {
    std::shared_ptr<const model::PreparedModel> detector;
    std::optional<model::OnnxModel> reid;  ///< none where none is used

    /// Errors: those of PreparedModel::load and OnnxModel::load; invalid_argument where the
    /// settings contradict the model.
    static Result<RunNetworks> load(const Settings& settings, const ModelFiles& files,
                                    std::stop_token stop = {});
};

}  // namespace saccade::engine
