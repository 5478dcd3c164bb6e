// Thousands of damaged networks, each refused or sound. In child processes: a crash is a failure of
// this test and not its end.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <random>

#include "model/inspect.h"
#include "model/make_dynamic.h"
#include "model/onnx_access.h"
#include "model/synthetic_detector.h"
#include "support/files.h"

namespace saccade::model {
namespace {

using Random = std::mt19937;

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Bytes changed, cut out, doubled.
std::string damaged_bytes(const std::string& good, Random& random) {
    std::string bytes = good;
    for (unsigned i = 0; i <= random() % 4; ++i) {
        const std::size_t at = random() % bytes.size();
        const std::size_t count = std::min<std::size_t>(random() % 64, bytes.size() - at);
        switch (random() % 4) {
            case 0: bytes[at] = static_cast<char>(random()); break;
            case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1U << (random() % 8))); break;
            case 2: bytes.erase(at, count); break;
            default: bytes.insert(at, bytes.substr(random() % bytes.size(), count));
        }
        if (bytes.empty()) bytes = "x";
    }
    return bytes;
}

std::int64_t odd_number(Random& random) {
    static constexpr std::int64_t odd[] = {0, -1, 1, 2, -2, 7, 1 << 16, 1 << 30, -(1 << 30)};
    switch (random() % 4) {
        case 0: return std::int64_t{1} << (random() % 63);
        case 1: return -(std::int64_t{1} << (random() % 63));
        default: return odd[random() % std::size(odd)];
    }
}

/// Whole as protobuf, wrong as a network: numbers, names, shapes, types, order.
std::string damaged_meaning(const onnx::ModelProto& good, Random& random) {
    onnx::ModelProto proto = good;
    auto& graph = *proto.mutable_graph();
    const auto any = [&](auto* list) {
        return list->Mutable(static_cast<int>(random() % static_cast<unsigned>(list->size())));
    };
    for (unsigned i = 0; i <= random() % 3; ++i) {
        auto* node = any(graph.mutable_node());
        auto* tensor = any(graph.mutable_initializer());
        switch (random() % 8) {
            case 0:
                if (node->attribute_size() == 0) break;
                if (auto* attribute = any(node->mutable_attribute()); attribute->ints_size() > 0) {
                    const auto which = random() % static_cast<unsigned>(attribute->ints_size());
                    attribute->set_ints(static_cast<int>(which), odd_number(random));
                } else {
                    attribute->set_i(odd_number(random));
                }
                break;
            case 1:
                if (tensor->dims_size() > 0) tensor->set_dims(0, odd_number(random));
                break;
            case 2: tensor->set_data_type(static_cast<std::int32_t>(random() % 26)); break;
            case 3:
                if (tensor->data_type() == onnx::TensorProto::INT64 &&
                    tensor->raw_data().size() >= 8) {
                    const std::int64_t value = odd_number(random);
                    tensor->mutable_raw_data()->replace(0, 8, reinterpret_cast<const char*>(&value),
                                                        8);
                }
                break;
            case 4:
                if (node->input_size() > 0)
                    node->set_input(0, any(graph.mutable_node())->output(0));
                break;
            case 5: node->Swap(any(graph.mutable_node())); break;
            case 6: node->set_op_type(any(graph.mutable_node())->op_type()); break;
            default: node->add_attribute()->mutable_g()->add_node()->add_input(node->output(0));
        }
    }
    return proto.SerializeAsString();
}

/// 0, or what is wrong.
int verdict(const std::string& bytes) {
    constexpr double longest = 2;  // CPU seconds, under sanitizers too
    const double start = cpu_seconds();
    const auto model = OnnxModel::parse(bytes, "m.onnx");
    if (!model) return model.error().message.empty() ? 1 : cpu_seconds() - start > longest ? 2 : 0;
    const auto again = OnnxModel::parse(model->to_bytes().value(), "m.onnx");
    if (!again || again->to_bytes().value() != model->to_bytes().value()) return 3;
    if (const auto spec = inspect(*model)) static_cast<void>(make_dynamic(*model, *spec));
    return cpu_seconds() - start > longest ? 2 : 0;
}

/// Runs the rounds in children of 250; a failure names the seed that shows it.
void survive(unsigned rounds, const std::function<std::string(Random&)>& damaged) {
    constexpr unsigned batch = 250;
    for (unsigned first = 0; first < rounds; first += batch) {
        int at[2];
        ASSERT_EQ(::pipe(at), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            for (unsigned seed = first; seed < std::min(rounds, first + batch); ++seed) {
                static_cast<void>(!::write(at[1], &seed, sizeof(seed)));
                Random random(seed);
                if (const int wrong = verdict(damaged(random)); wrong != 0) ::_exit(wrong);
            }
            ::_exit(0);
        }
        ::close(at[1]);
        unsigned seed = first;
        while (::read(at[0], &seed, sizeof(seed)) == sizeof(seed)) continue;
        ::close(at[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_EQ(status, 0) << "seed " << seed
                             << ": 256: no message, 512: too slow, 768: not sound, else a crash";
    }
}

TEST(OnnxFuzz, DamagedBytesOfAGeneratedNetwork) {
    const std::string good = make_synthetic_detector().to_bytes().value();
    survive(3000, [&](Random& random) { return damaged_bytes(good, random); });
}

TEST(OnnxFuzz, SenselessVariantsOfAGeneratedNetwork) {
    const auto good = OnnxModel::Access::proto(make_synthetic_detector());
    survive(3000, [&](Random& random) { return damaged_meaning(good, random); });
}

TEST(OnnxFuzz, DamagedBytesOfARealNetwork) {
    SACCADE_NEEDS_SHARED("models/yolox_nano.onnx");
    const std::string good = test::read_file(test::shared_dir() / "models/yolox_nano.onnx");
    survive(500, [&](Random& random) { return damaged_bytes(good, random); });
}

TEST(OnnxFuzz, SenselessVariantsOfARealNetwork) {
    SACCADE_NEEDS_SHARED("models/yolox_nano.onnx");
    const auto good = OnnxModel::load(test::shared_dir() / "models/yolox_nano.onnx").value();
    survive(500, [&](Random& random) {
        return damaged_meaning(OnnxModel::Access::proto(good), random);
    });
}

}  // namespace
}  // namespace saccade::model
