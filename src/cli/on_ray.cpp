#include "cli/on_ray.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/exit_code.h"
#include "cli/verb.h"

namespace saccade::cli {
namespace {

/// `python -m saccade.ray`, but that an interpreter without the package says so in our own way.
constexpr const char* ray_script = R"(import runpy, sys
try:
    import saccade.ray
except ImportError as error:
    sys.exit(f"saccade: error: --ray: {error}, for {sys.executable}; put it there: "
             "`pip install 'saccade[ray]'`, or name the interpreter that has it by SACCADE_PYTHON")
runpy.run_module("saccade.ray", run_name="__main__", alter_sys=True))";

}  // namespace

int run_on_ray(Mode mode, const Config& config, const std::vector<std::string>& sources,
               const RayView& view) {
    const char* named = std::getenv("SACCADE_PYTHON");
    const std::string python = named != nullptr && *named != '\0' ? named : "python3";
    std::vector<std::string> words = {python, "-c", ray_script,
                                      mode == Mode::track ? "track" : "detect"};
    for (const auto& [key, value] : set_values(config)) {
        words.push_back(fmt::format("--{}={}", key, value));
    }
    if (!view.address.empty()) words.push_back("--address=" + view.address);
    if (view.json) words.emplace_back("--json");
    if (view.quiet) words.emplace_back("--quiet");
    words.emplace_back("--");
    words.insert(words.end(), sources.begin(), sources.end());

    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(python.c_str(), arguments.data());
    return complain({ErrorCode::unavailable,
                     fmt::format("--ray: {} can't be run: {}", python, std::strerror(errno)),
                     "install Python 3.10 or later and `pip install 'saccade[ray]'`, or name the "
                     "interpreter that has it by SACCADE_PYTHON"});
}

}  // namespace saccade::cli
