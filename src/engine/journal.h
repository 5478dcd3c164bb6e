// What of a run over many files is done, so that a stopped one can go on with the others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// A source file as it was when the run began.
struct SourceFile {
    std::string path;  ///< absolute
    std::uint64_t size = 0;
    std::int64_t mtime = 0;  ///< of the file system's clock, its own unit
    friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

/// Nothing for what is no regular file: those are never skipped.
std::optional<SourceFile> identify(const std::string& location);

/// SHA-256 over everything that changes results: the program's version, the mode, the digests of
/// the networks and the bytes of the ground file ("" for what is not used) and all settings that
/// the table says change them (settings/table.h).
std::string settings_digest(Mode mode, const Settings& settings, const std::string& network,
                            const std::string& reid, const std::string& ground);

/// A stream that ended.
struct JournalEntry {
    SourceFile source;
    std::string stem;      ///< of its outputs
    std::string settings;  ///< digest
    Status status = Status::complete;
    std::uint64_t frames = 0;
    std::vector<std::string> outputs;
};

/// The file saccade-journal.jsonl in the folder of the outputs: an entry a line (journal_line.h),
/// the latest one of a file counts. Lines are only added, each synced, under a lock (flock), so
/// several runs may keep it at the same time; one that a crash or a full disk has torn counts as
/// none. Where most lines are out of date compact() writes it anew. Any thread.
class Journal {
  public:
    static constexpr const char* file_name = "saccade-journal.jsonl";

    /// Reads what is there; a missing file is an empty journal.
    explicit Journal(const std::filesystem::path& folder);

    /// The entry of a file that was completed under these settings and whose outputs are all there.
    [[nodiscard]] std::optional<JournalEntry> done(const SourceFile& source,
                                                   const std::string& stem,
                                                   const std::string& settings) const;

    /// Puts the entry in place of the file's earlier one, and of those whose outputs it replaced.
    /// Error: unwritable.
    Result<void> note(const JournalEntry& entry);

    /// Leaves out what no longer counts, where that is more than half. Error: unwritable.
    Result<void> compact();

  private:
    class File;
    using Key = std::pair<std::string, std::string>;  ///< source and stem

    void read(const std::string& text);
    void take(JournalEntry entry);

    std::filesystem::path file_;
    mutable std::mutex mutex_;
    std::map<Key, JournalEntry> entries_;
    std::map<std::string, Key> writers_;  ///< by output: whose it is
    std::size_t lines_ = 0;               ///< in the file
};

}  // namespace saccade::engine
