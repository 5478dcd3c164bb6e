// Models of tests, prepared as runs prepare them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "model/prepared_model.h"

namespace saccade::test {

/// The test fails where the file is no network that can be read.
inline std::shared_ptr<const model::PreparedModel> prepared(
    const std::filesystem::path& path, const model::SpecOverrides& overrides = {}) {
    auto model = model::PreparedModel::load(path, overrides);
    EXPECT_TRUE(model) << model.error().line();
    if (!model) return nullptr;
    return std::make_shared<const model::PreparedModel>(std::move(*model));
}

}  // namespace saccade::test
