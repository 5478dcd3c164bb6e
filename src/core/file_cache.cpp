#include "core/file_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "core/file_lock.h"
#include "core/log.h"
#include "core/private_folder.h"
#include "core/sealed_file.h"

namespace saccade {

namespace fs = std::filesystem;

Result<FileCache> FileCache::open(const fs::path& folder, std::uint64_t limit) {
    if (auto ok = make_private_folder(folder); !ok) return fail(ok.error());
    return FileCache(folder, limit);
}

std::optional<std::string> FileCache::find(const std::string& name, const std::string& key) const {
    const fs::path path = path_of(name);
    auto content = read_sealed(path, key);
    if (content) {
        ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used now; make_room() goes by it
        return std::move(*content);
    }
    if (content.error().code != ErrorCode::not_found) {
        log::warning("{}: not used, will be made again", content.error().message);
    }
    return std::nullopt;
}

void FileCache::store(const std::string& name, const std::string& key, std::string_view content) {
    const fs::path path = path_of(name);
    if (const auto stored = write_sealed(path, key, content); !stored) {
        log::warning(
            "not kept for the next run: {}; free disk space, or name another folder with "
            "--cache-dir",
            stored.error().message);
        return;
    }
    make_room(path);
}

void FileCache::make_room(const fs::path& newest) const {
    struct Entry {
        fs::file_time_type used;
        std::uint64_t size;
        fs::path path;
    };
    std::vector<Entry> entries;
    std::uint64_t total = 0;
    std::error_code error;
    for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
        std::error_code gone;
        if (!it->is_regular_file(gone) || it->is_symlink(gone)) continue;
        const Entry entry{it->last_write_time(gone), it->file_size(gone), it->path()};
        if (gone) continue;  // another process removed it
        total += entry.size;
        if (entry.path != newest && entry.path.extension() != ".lock") entries.push_back(entry);
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.used < b.used; });
    for (const Entry& entry : entries) {
        if (total <= limit_) return;
        std::error_code gone;
        if (fs::remove(entry.path, gone))
            log::debug("{}: removed, to make room", entry.path.string());
        total -= entry.size;
    }
}

Result<std::string> FileCache::get(const std::string& name, const std::string& key,
                                   const Make& make, const std::stop_token& stop) {
    if (auto content = find(name, key)) return std::move(*content);
    const auto held = FileLock::take(path_of(name + ".lock"), stop);
    if (!held) {
        if (held.error().code == ErrorCode::interrupted) return fail(held.error());
        log::warning("not kept for the next run: {}", held.error().line());
        return make();
    }
    // Whoever held the lock before may have made it.
    if (auto content = find(name, key)) return std::move(*content);
    auto made = make();
    if (made) store(name, key, *made);
    return made;
}

std::optional<FileCache> usable_cache(const fs::path& folder) {
    if (folder.empty()) return std::nullopt;
    auto cache = FileCache::open(folder);
    if (cache) return std::move(*cache);
    static std::mutex mutex;
    static std::set<fs::path> told;
    const std::lock_guard lock(mutex);
    if (told.insert(folder).second) log::warning("nothing is cached: {}", cache.error().line());
    return std::nullopt;
}

}  // namespace saccade
