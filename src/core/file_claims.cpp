#include "core/file_claims.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "core/output_target.h"

namespace saccade {

// (Members of FileClaims::Claims, so they can't be in the unnamed namespace.)
namespace claims {

struct Claim {
    std::string name;     ///< as the user gave it
    std::string way_out;  ///< of a written one
    bool shared = false;  ///< likewise: added to, not replaced
};
using Table = std::multimap<std::string, Claim>;

}  // namespace claims

namespace {

namespace fs = std::filesystem;
using claims::Claim;
using claims::Table;

/// Of the whole process, by what identifies a file.
struct Register {
    std::mutex mutex;
    Table read;     ///< files and folders
    Table above;    ///< folders that hold a file that is read
    Table written;  ///< what is there now and will be replaced
    Table named;    ///< names that will be written, whether they are there or not
};

Register& all() {
    static Register instance;
    return instance;
}

std::string id_of(const struct stat& status) {
    return fmt::format("{}:{}", status.st_dev, status.st_ino);
}

/// What is there and can be destroyed: a file, folder or disk. Nothing for what only passes bytes
/// on.
enum class Kind { none, lasting, passing };
Kind look(const fs::path& path, std::string& id) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return Kind::none;
    id = id_of(status);
    const bool passing =
        S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    return passing ? Kind::passing : Kind::lasting;
}

/// "device:inode/rest" with the nearest folder that is there.
std::string name_id(const fs::path& path) {
    std::error_code error;
    fs::path folder = fs::weakly_canonical(behind_links(fs::absolute(path, error)), error);
    fs::path rest;
    std::string id;
    do {
        rest = rest.empty() ? folder.filename() : folder.filename() / rest;
        folder = folder.parent_path();
    } while (look(folder, id) == Kind::none && folder.has_relative_path());
    return id + "/" + rest.string();
}

/// On some file systems A.txt and a.txt are one file.
std::string without_case(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

const Claim* first(const Table& table, const std::string& id) {
    const auto found = table.find(id);
    return found == table.end() ? nullptr : &found->second;
}

tl::unexpected<Error> refusal(const std::string& output, const std::string& input,
                              const std::string& way_out) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: this output would replace {}, which is read", output, input),
                way_out);
}

/// With the register's lock held.
Result<void> unread(const std::string& id, const std::string& output, const std::string& way_out) {
    for (const Table* table : {&all().read, &all().above}) {
        if (const Claim* input = first(*table, id)) return refusal(output, input->name, way_out);
    }
    return {};
}

}  // namespace

struct FileClaims::Claims {
    std::vector<std::pair<Table*, Table::iterator>> held;
    std::set<std::string> files;    ///< that are claimed as read, by what identifies them
    std::set<std::string> parents;  ///< of those, as they were spelled
    std::set<std::string> folders;  ///< whose way up is claimed

    void hold(Table& table, const std::string& id, const Claim& claim) {
        held.emplace_back(&table, table.emplace(id, claim));
    }
};

FileClaims::FileClaims() : claims_(std::make_unique<Claims>()) {
    all();  // so that it goes after claims that live to the end of the program
}
FileClaims::FileClaims(FileClaims&&) noexcept = default;

FileClaims::~FileClaims() {
    if (!claims_) return;
    const std::lock_guard lock(all().mutex);
    for (const auto& [table, claim] : claims_->held) table->erase(claim);
}

Result<void> FileClaims::reads(const fs::path& path) {
    std::string id;
    const Kind kind = look(path, id);
    if (kind == Kind::passing) return {};
    if (kind == Kind::none) id = name_id(path);
    const std::lock_guard lock(all().mutex);
    const Claim claim{path.string(), {}, false};
    const auto take = [&](Table& table, const std::string& at) -> Result<void> {
        if (const Claim* output = first(all().written, at)) {
            return refusal(output->name, claim.name, output->way_out);
        }
        claims_->hold(table, at, claim);
        return {};
    };
    if (claims_->files.insert(id).second) {
        if (auto taken = take(all().read, id); !taken) return taken;
    }
    // Both ways up: the folders of the name, and of the file that it leads to.
    std::error_code error;
    const bool known = !claims_->parents.insert(path.parent_path().string()).second;
    if (known && !fs::is_symlink(path, error)) return {};
    for (fs::path folder : {fs::absolute(path, error), fs::weakly_canonical(path, error)}) {
        while (folder.has_relative_path()) {
            folder = folder.parent_path();
            if (!claims_->folders.insert(folder.string()).second) break;
            if (look(folder, id) != Kind::lasting) continue;
            if (auto taken = take(all().above, id); !taken) return taken;
        }
    }
    return {};
}

Result<void> FileClaims::writes(const fs::path& path, const std::string& way_out) {
    return claim_output(path, way_out, own_descriptor(path).has_value());
}

Result<void> FileClaims::adds_to(const fs::path& path, const std::string& way_out) {
    return claim_output(path, way_out, true);
}

Result<void> FileClaims::claim_output(const fs::path& path, const std::string& way_out,
                                      bool shared) {
    std::string id;
    const Kind kind = look(path, id);
    if (kind == Kind::passing) return {};
    const std::string name = name_id(path);
    if (kind == Kind::none) id = name;
    const std::lock_guard lock(all().mutex);
    if (auto free = unread(id, path.string(), way_out); !free) return free;
    const std::string folded = without_case(name);
    const Claim* output = first(all().named, folded);
    if (output != nullptr && !(shared && output->shared)) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("{}: another output is written there too, {}", path.string(), output->name),
            way_out);
    }
    const Claim claim{path.string(), way_out, shared};
    claims_->hold(all().written, id, claim);
    claims_->hold(all().named, folded, claim);
    return {};
}

Result<void> FileClaims::may_replace(const fs::path& place, const fs::path& output,
                                     const std::string& way_out) {
    std::string id;
    const Kind kind = look(place, id);
    if (kind == Kind::passing) return {};
    if (kind == Kind::none) id = name_id(place);
    const std::lock_guard lock(all().mutex);
    return unread(id, output.string(), way_out);
}

}  // namespace saccade
