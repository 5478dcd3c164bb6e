#include "eval/coco_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "core/text_file.h"

namespace saccade::eval {
namespace {

using nlohmann::json;

// One list of the file ("images", ...) and the entry in it that is being read, for messages.
class Entry {
  public:
    Entry(std::string_view file, std::string_view list, std::size_t index, const json& value)
        : file_(file), list_(list), index_(index), value_(value) {}

    [[nodiscard]] tl::unexpected<Error> bad(std::string_view what) const {
        return fail(ErrorCode::corrupt, fmt::format("{}: {}[{}]: {}", file_, list_, index_, what),
                    "give annotations in the COCO instances format");
    }
    [[nodiscard]] const json& value() const { return value_; }
    [[nodiscard]] bool has(const char* key) const { return value_.contains(key); }

    [[nodiscard]] Result<std::int64_t> integer(const char* key) const {
        const auto found = value_.find(key);
        if (found == value_.end() || !found->is_number_integer()) {
            return bad(fmt::format("\"{}\" must be an integer", key));
        }
        return found->get<std::int64_t>();
    }
    [[nodiscard]] Result<std::string> string(const char* key) const {
        const auto found = value_.find(key);
        if (found == value_.end() || !found->is_string()) {
            return bad(fmt::format("\"{}\" must be a string", key));
        }
        return found->get<std::string>();
    }
    [[nodiscard]] Result<double> number(const char* key) const {
        const auto found = value_.find(key);
        if (found == value_.end() || !found->is_number()) {
            return bad(fmt::format("\"{}\" must be a number", key));
        }
        return found->get<double>();
    }
    // A picture's side.
    [[nodiscard]] Result<int> size(const char* key) const {
        if (!has(key)) return 0;
        const auto value = integer(key);
        if (!value) return fail(value.error());
        if (*value < 0 || *value > 1'000'000) return bad(fmt::format("\"{}\" is {}", key, *value));
        return static_cast<int>(*value);
    }

  private:
    std::string_view file_, list_;
    std::size_t index_;
    const json& value_;
};

// Data sets come from anywhere: what they name stays inside the folder that the user named.
bool leads_out(const std::string& file_name) {
    const std::filesystem::path path = file_name;
    if (path.is_absolute() || !path.has_filename() || path.filename() == "." ||
        file_name.find('\0') != std::string::npos) {
        return true;
    }
    return std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
}

Result<CocoImage> read_image(const Entry& entry) {
    auto id = entry.integer("id");
    if (!id) return fail(id.error());
    auto file_name = entry.string("file_name");
    if (!file_name) return fail(file_name.error());
    if (leads_out(*file_name)) {
        return entry.bad(
            fmt::format("file_name \"{}\" is no file below the folder of the images", *file_name));
    }
    auto width = entry.size("width"), height = entry.size("height");
    if (!width) return fail(width.error());
    if (!height) return fail(height.error());
    return CocoImage{*id, std::move(*file_name), *width, *height};
}

Result<CocoCategory> read_category(const Entry& entry) {
    auto id = entry.integer("id");
    if (!id) return fail(id.error());
    auto name = entry.string("name");
    if (!name) return fail(name.error());
    return CocoCategory{*id, std::move(*name)};
}

Result<CocoAnnotation> read_annotation(const Entry& entry) {
    const json& value = entry.value();
    CocoAnnotation a;
    auto image = entry.integer("image_id"), category = entry.integer("category_id");
    if (!image) return fail(image.error());
    if (!category) return fail(category.error());
    a.image_id = *image;
    a.category_id = *category;

    const auto box = value.find("bbox");
    const auto is_number = [](const json& v) { return v.is_number(); };
    if (box == value.end() || !box->is_array() || box->size() != 4 ||
        !std::all_of(box->begin(), box->end(), is_number)) {
        return entry.bad("\"bbox\" must be four numbers: x, y, width, height");
    }
    a.x = (*box)[0].get<double>();
    a.y = (*box)[1].get<double>();
    a.width = (*box)[2].get<double>();
    a.height = (*box)[3].get<double>();
    if (a.width < 0 || a.height < 0) return entry.bad("\"bbox\" has a negative size");

    auto area = entry.number("area");
    if (!area) return fail(area.error());
    if (*area < 0) return entry.bad("\"area\" is negative");
    a.area = *area;

    if (entry.has("iscrowd")) {
        const json& crowd = value["iscrowd"];
        const bool truth = crowd.is_boolean();  // as some exporters write it
        if (!truth && crowd != 0 && crowd != 1) return entry.bad("\"iscrowd\" must be 0 or 1");
        a.crowd = truth ? crowd.get<bool>() : crowd == 1;
    }
    return a;
}

/// Calls `read` with each entry of a list. Errors: its own; corrupt.
template <typename Read>
Result<void> for_each_entry(const json& root, const char* list, std::string_view file,
                            const Read& read) {
    const auto found = root.is_object() ? root.find(list) : root.end();
    if (found == root.end() || !found->is_array()) {
        return fail(ErrorCode::corrupt, fmt::format("{}: no list \"{}\"", file, list),
                    "give annotations in the COCO instances format");
    }
    for (std::size_t i = 0; i < found->size(); ++i) {
        const Entry entry(file, list, i, (*found)[i]);
        if (!(*found)[i].is_object()) return entry.bad("not an object");
        if (Result<void> done = read(entry); !done) return done;
    }
    return {};
}

/// Adds what was read of an entry, whose id must be new.
template <typename T>
Result<void> add_once(const Entry& entry, Result<T> read, std::unordered_set<std::int64_t>& ids,
                      std::vector<T>& to) {
    if (!read) return fail(read.error());
    if (!ids.insert(read->id).second) {
        return entry.bad(fmt::format("id {} a second time", read->id));
    }
    to.push_back(std::move(*read));
    return {};
}

std::string small(const std::string& name) {
    std::string text = name;
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

Result<CocoDataset> CocoDataset::load(const std::filesystem::path& path) {
    auto text = read_written_text(path);
    if (!text) return fail(text.error());
    return parse(*text, path.string());
}

Result<CocoDataset> CocoDataset::parse(std::string_view text, std::string_view name) {
    json root;
    try {
        root = json::parse(text);
    } catch (const json::exception& e) {
        return fail(ErrorCode::corrupt, fmt::format("{}: {}", name, e.what()),
                    "give annotations in the COCO instances format");
    }
    CocoDataset data;
    std::unordered_set<std::int64_t> image_ids, category_ids;
    auto done = for_each_entry(root, "images", name, [&](const Entry& entry) {
        return add_once(entry, read_image(entry), image_ids, data.images);
    });
    if (!done) return fail(done.error());
    done = for_each_entry(root, "categories", name, [&](const Entry& entry) {
        return add_once(entry, read_category(entry), category_ids, data.categories);
    });
    if (!done) return fail(done.error());
    done = for_each_entry(root, "annotations", name, [&](const Entry& entry) -> Result<void> {
        auto annotation = read_annotation(entry);
        if (!annotation) return fail(annotation.error());
        if (!image_ids.contains(annotation->image_id)) {
            return entry.bad(fmt::format("no image has the id {}", annotation->image_id));
        }
        if (!category_ids.contains(annotation->category_id)) {
            return entry.bad(fmt::format("no category has the id {}", annotation->category_id));
        }
        data.annotations.push_back(*annotation);
        return {};
    });
    if (!done) return fail(done.error());
    return data;
}

CategoryMatch CocoDataset::match(std::span<const std::string> class_names) const {
    CategoryMatch match;
    match.of_class.resize(class_names.size());
    std::vector<bool> taken(categories.size(), false);
    const auto pair_up = [&](const auto& key) {
        for (std::size_t c = 0; c < class_names.size(); ++c) {
            for (std::size_t i = 0; i < categories.size() && !match.of_class[c]; ++i) {
                if (taken[i] || key(categories[i].name) != key(class_names[c])) continue;
                match.of_class[c] = categories[i].id;
                taken[i] = true;
            }
        }
    };
    pair_up([](const std::string& name) -> const std::string& { return name; });
    pair_up(small);
    for (std::size_t i = 0; i < categories.size(); ++i) {
        if (!taken[i]) match.without_class.push_back(categories[i].name);
    }
    return match;
}

}  // namespace saccade::eval
