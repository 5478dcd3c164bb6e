#include "infer/openvino/openvino_error.h"

#include <algorithm>

namespace saccade::infer {
namespace {

constexpr std::size_t longest = 240;

/// Lines that tell where in the library, or which of its checks, and not what.
bool is_noise(std::string_view line) {
    return line.starts_with("Exception from ") || line.starts_with("Check '") ||
           line.find(".cpp:") != std::string_view::npos ||
           line.find(".hpp:") != std::string_view::npos;
}

}  // namespace

std::string plain_message(std::string_view text) {
    std::string plain, noisy;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first == std::string_view::npos) continue;
        line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
        std::string& target = is_noise(line) ? noisy : plain;
        if (!target.empty()) target += ' ';
        target += line;
    }
    std::string message = plain.empty() ? "OpenVINO gave no reason" : plain;
    if (plain.empty() && !noisy.empty()) {
        // Only the failed check is there: better than nothing, without the path behind it.
        message = noisy.substr(0, noisy.find(" failed at "));
    }
    if (message.size() > longest) message = message.substr(0, longest) + " ...";
    return message;
}

}  // namespace saccade::infer
