// What `saccade bench` and `saccade bench mission` share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/verb.h"
#include "saccade/error.h"

namespace saccade::cli {

/// A folder under the system's temporary one, removed at the end.
class Scratch {
  public:
    static Result<Scratch> make();
    Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    Scratch() = default;
    std::filesystem::path path_;
};

/// What is measured: model, precision and clip, by their names; secrets in a URL are masked.
[[nodiscard]] std::string setup_text(const Settings& settings, const std::string& clip);

/// Where the user wants reports; "": nowhere.
struct ReportFiles {
    std::string json, markdown, html;
};
/// Claimed before minutes of measuring.
Result<void> claim_reports(const ReportFiles& files);
/// Errors: those of write_whole.
Result<void> write_reports(const ReportFiles& files, const std::string& json,
                           const std::string& markdown, const std::string& html);

/// Networks, data set and clip that are measured with. Those that are not there are told later, by
/// what needs them.
Result<void> claim_inputs(const Settings& settings, const std::vector<std::string>& models,
                          const std::string& coco, const std::string& clip);

/// " --flag value" of each setting that was given. Folders are this machine's and don't change a
/// result.
[[nodiscard]] std::string settings_words(const SettingFlags& flags);

/// "2026-11-27 19:00 UTC".
[[nodiscard]] std::string now_utc();

}  // namespace saccade::cli
