#include "model/onnx_scope.h"

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

bool is_short(const onnx::TensorProto& tensor, std::size_t most) {
    std::size_t elements = 1;
    for (const std::int64_t dim : tensor.dims()) {
        elements *= static_cast<std::size_t>(dim);  // of a checked tensor: under 2^32
    }
    return elements <= most;
}

}  // namespace

bool Scope::add(std::string_view name, const KnownValue& value) {
    if (!values_.emplace(name, value).second) return false;
    added_.push_back(name);
    return true;
}

int Scope::rank(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? -1 : found->second.rank;
}

std::optional<std::vector<std::int64_t>> Scope::integers(std::string_view name,
                                                         std::size_t most) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    std::vector<std::int64_t> values;
    if (const auto* tensor = found->second.tensor; tensor != nullptr) {
        if (!is_short(*tensor, most) || !read_integers(*tensor, values)) return std::nullopt;
        return values;
    }
    const auto* list = found->second.numbers;
    if (list == nullptr) return std::nullopt;
    if (list->name() == "value_int") return std::vector<std::int64_t>{list->i()};
    if (list->name() != "value_ints" || static_cast<std::size_t>(list->ints_size()) > most) {
        return std::nullopt;
    }
    values.assign(list->ints().begin(), list->ints().end());
    return values;
}

std::optional<std::vector<double>> Scope::numbers(std::string_view name, std::size_t most) const {
    if (const auto whole = integers(name, most))
        return std::vector<double>(whole->begin(), whole->end());
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    std::vector<float> values;
    if (const auto* tensor = found->second.tensor; tensor != nullptr) {
        if (!is_short(*tensor, most) || !read_floats(*tensor, values)) return std::nullopt;
        return std::vector<double>(values.begin(), values.end());
    }
    const auto* list = found->second.numbers;
    if (list == nullptr) return std::nullopt;
    if (list->name() == "value_float") return std::vector<double>{list->f()};
    if (list->name() != "value_floats" || static_cast<std::size_t>(list->floats_size()) > most) {
        return std::nullopt;
    }
    return std::vector<double>(list->floats().begin(), list->floats().end());
}

const onnx::TensorProto* Scope::tensor(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : found->second.tensor;
}

void Scope::leave(std::size_t mark) {
    while (added_.size() > mark) {
        values_.erase(added_.back());
        added_.pop_back();
    }
}

}  // namespace saccade::model
