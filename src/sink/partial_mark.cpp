#include "sink/partial_mark.h"

#include <fmt/format.h>

#include "core/atomic_file.h"
#include "core/file_claims.h"

namespace saccade::sink {
namespace {

Result<void> write_mark(const std::filesystem::path& mark, Outcome outcome, std::uint64_t frames) {
    auto file = AtomicFile::create(mark);
    if (!file) return fail(file.error());
    const std::string_view reason =
        outcome == Outcome::interrupted ? "stopped on request" : "the source broke off";
    auto written = file->write(fmt::format("{}: {}; frames written before that, each whole: {}\n",
                                           to_string(outcome), reason, frames));
    if (!written) return written;
    return file->commit();
}

Result<void> remove_mark(const std::filesystem::path& mark) {
    if (auto free = FileClaims::may_replace(mark, mark, "choose another folder with --out");
        !free) {
        return free;
    }
    std::error_code error;
    std::filesystem::remove(mark, error);
    if (!error) return {};
    return fail(ErrorCode::unwritable,
                fmt::format("{}: the mark of an earlier run can't be removed: {}", mark.string(),
                            error.message()),
                "remove it by hand: the output beside it is complete");
}

}  // namespace

std::filesystem::path partial_mark_of(const std::filesystem::path& output) {
    std::filesystem::path mark = output;
    mark += ".partial";
    return mark;
}

Result<void> commit_marked(const std::filesystem::path& output, Outcome outcome,
                           std::uint64_t frames, const std::function<Result<void>()>& commit) {
    const std::filesystem::path mark = partial_mark_of(output);
    const bool partial = outcome != Outcome::complete;
    std::error_code ignored;
    const bool marked_before = std::filesystem::exists(mark, ignored);
    if (partial) {
        if (auto written = write_mark(mark, outcome, frames); !written) return written;
    }
    if (Result<void> done = commit(); !done) {
        if (partial && !marked_before) std::filesystem::remove(mark, ignored);
        return done;
    }
    return marked_before && !partial ? remove_mark(mark) : Result<void>();
}

}  // namespace saccade::sink
