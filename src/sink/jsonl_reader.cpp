#include "sink/jsonl_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "sink/jsonl_parse.h"

namespace saccade::sink {

JsonlReader::JsonlReader(const std::filesystem::path& path)
    : name_(path.string()), file_(path, std::ios::binary) {}

Result<JsonlReader> JsonlReader::open(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        return fail(ErrorCode::not_found, fmt::format("{}: no such file", path.string()));
    }
    if (std::filesystem::is_directory(path, ignored)) {
        return fail(ErrorCode::unreadable, fmt::format("{}: is a folder", path.string()));
    }
    JsonlReader reader(path);
    if (!reader.file_) {
        return fail(ErrorCode::unreadable,
                    fmt::format("{}: {}", path.string(), std::strerror(errno)));
    }
    if (auto good = reader.read_header(); !good) return fail(good.error());
    return reader;
}

tl::unexpected<Error> JsonlReader::corrupt(std::string_view what) const {
    return fail(ErrorCode::corrupt, fmt::format("{}:{}: {}", name_, line_number_, what));
}

/// False at the end of the file. A last line without its break is a torn one.
Result<bool> JsonlReader::read_line() {
    ++line_number_;
    std::getline(file_, line_);
    if (file_.bad()) {
        return fail(ErrorCode::unreadable, fmt::format("{}: read error", name_));
    }
    if (!file_.eof()) return true;
    if (line_.empty()) return false;
    return corrupt("the file breaks off in this line");
}

Result<void> JsonlReader::read_header() {
    auto more = read_line();
    if (!more) return fail(more.error());
    if (!*more) return corrupt("the file is empty");
    auto header = parse_jsonl_header(line_);
    if (!header) {
        return fail(header.error().code, fmt::format("{}:1: {}", name_, header.error().message),
                    header.error().remedy);
    }
    header_ = std::move(*header);
    return {};
}

Result<std::optional<FrameResult>> JsonlReader::next() {
    if (done_) return std::nullopt;
    auto more = read_line();
    if (!more) return fail(more.error());
    if (!*more) return corrupt("the file ends without its footer");
    auto line = parse_jsonl_line(line_);
    if (!line) return corrupt(line.error().message);
    if (auto* frame = std::get_if<FrameResult>(&*line)) {
        ++frames_;
        return std::move(*frame);
    }
    const auto& footer = std::get<JsonlFooter>(*line);
    if (footer.frames != frames_) {
        return corrupt(
            fmt::format("the footer tells of {} frames, there are {}", footer.frames, frames_));
    }
    outcome_ = footer.outcome;
    done_ = true;
    more = read_line();
    if (!more) return fail(more.error());
    if (*more) return corrupt("something follows the footer");
    return std::nullopt;
}

Result<JsonlFile> read_jsonl(const std::filesystem::path& path) {
    auto reader = JsonlReader::open(path);
    if (!reader) return fail(reader.error());
    JsonlFile file;
    file.header = reader->header();
    for (;;) {
        auto frame = reader->next();
        if (!frame) return fail(frame.error());
        if (!*frame) break;
        file.frames.push_back(std::move(**frame));
    }
    file.outcome = reader->outcome();
    return file;
}

}  // namespace saccade::sink
