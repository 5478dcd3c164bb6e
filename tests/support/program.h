// The saccade program as a test runs it: the synthetic model, folders of its own.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace saccade::test {

class Program {
  public:
    /// `saccade VERB ARGUMENTS... --model synthetic --out DIR/out`, unless the arguments name
    /// others.
    ProcessResult run(std::vector<std::string> arguments, ProcessOptions options = {}) {
        arguments.insert(arguments.begin(), SACCADE_BINARY);
        const auto add = [&](const std::string& flag, const std::string& value) {
            for (const std::string& a : arguments) {
                if (a == flag) return;
            }
            arguments.insert(arguments.end(), {flag, value});
        };
        add("--model", "synthetic");
        add("--out", out().string());
        options.environment.emplace("SACCADE_CACHE_DIR", (dir_ / "cache").string());
        options.environment.emplace("XDG_CONFIG_HOME", (dir_ / "config").string());
        options.environment.emplace("HOME", dir_.path().string());
        return run_process(arguments, options);
    }

    [[nodiscard]] std::filesystem::path out() const { return dir_ / "out"; }
    [[nodiscard]] const TempDir& dir() const { return dir_; }

    /// Names of what is in out(), temporary files too.
    [[nodiscard]] std::vector<std::string> outputs() const {
        std::vector<std::string> names;
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator(out(), ignored)) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }

  private:
    TempDir dir_;
};

}  // namespace saccade::test
