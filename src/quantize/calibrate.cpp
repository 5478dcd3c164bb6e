#include "quantize/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "core/digest.h"
#include "detect/fit.h"
#include "infer/registry.h"
#include "model/quantize/write_int8.h"
#include "vision/preprocess.h"

namespace saccade::quantize {
namespace {

constexpr std::size_t stored_every = 25;

/// The network with its tensors as further outputs, and pictures into it, one at a time.
class Observer {
  public:
    static Result<Observer> open(const Network& network, const std::vector<std::string>& tensors) {
        std::vector<std::string> inside;
        for (const auto& tensor : tensors) {
            if (tensor != network.spec.input_name) inside.push_back(tensor);
        }
        auto observed = model::with_outputs(network.model, inside);
        if (!observed) return fail(observed.error());
        infer::BackendOptions options;
        options.width = network.input.width;
        options.height = network.input.height;
        options.goal = infer::Goal::latency;  // one picture by all threads: its tensors are large
        options.slots = 1;
        auto backend = infer::make_backend({*observed, network.spec, network.kept}, options);
        if (!backend) return fail(backend.error());
        auto fitted = detect::fit((*backend)->info(), network.spec, network.file.name(), {});
        if (!fitted) return fail(fitted.error());
        return Observer(std::move(*backend), fitted->layout, network.spec.input_name,
                        {inside.begin(), inside.end()});
    }

    Result<void> observe(const Frame& frame, std::map<std::string, Histogram>& tensors,
                         bool input) {
        auto view = backend_->input(0);
        if (auto ok = preprocessor_.run(frame, view.data, held_); !ok) return ok;
        if (input) {
            tensors[input_].add({static_cast<const float*>(view.data),
                                 preprocessor_.image_bytes() / sizeof(float)});
        }
        if (auto ok = backend_->submit(0, 1); !ok) return ok;
        const auto outputs = backend_->wait(0);
        if (!outputs) return fail(outputs.error());
        const auto& infos = backend_->info().outputs;
        for (std::size_t i = 0; i < infos.size(); ++i) {
            if (!wanted_.contains(infos[i].name)) continue;
            const auto count = static_cast<std::size_t>(infer::element_count((*outputs)[i].shape));
            tensors[infos[i].name].add({static_cast<const float*>((*outputs)[i].data), count});
        }
        return {};
    }

  private:
    Observer(std::unique_ptr<infer::Backend> backend, const vision::InputLayout& layout,
             std::string input, std::set<std::string> wanted)
        : backend_(std::move(backend)),
          preprocessor_(layout),
          input_(std::move(input)),
          wanted_(std::move(wanted)) {}

    std::unique_ptr<infer::Backend> backend_;
    vision::Preprocessor preprocessor_;
    vision::Letterbox held_;
    std::string input_;
    std::set<std::string> wanted_;
};

std::string key_of(const Network& network, const Choice& choice) {
    Digest digest(Digest::Algorithm::sha256);
    digest.update(fmt::format("{} {} {}x{}", network.digest, choice.digest, network.input.width,
                              network.input.height));
    return digest.hex();
}

}  // namespace

Result<Table> calibrate(const Network& network, std::span<const std::string> locations,
                        const Choice& choice, const std::filesystem::path& folder,
                        const std::stop_token& stop, const Progress& progress) {
    const auto tensors = model::int8_tensors(network.model);
    if (!tensors) return fail(tensors.error());
    const std::string key = key_of(network, choice);
    const auto path = folder / (key.substr(0, 32) + ".json");
    Table table =
        folder.empty() ? Table{.key = key, .images = 0, .tensors = {}} : restore(path, key);
    const std::size_t all = choice.calibration.size();
    if (table.images >= all) return table;

    auto observer = Observer::open(network, *tensors);
    if (!observer) return fail(observer.error());
    const bool input =
        std::find(tensors->begin(), tensors->end(), network.spec.input_name) != tensors->end();
    const auto keep = [&]() -> Result<void> {
        return folder.empty() ? Result<void>{} : store(table, path);
    };
    const auto seen =
        read_frames(locations, std::span(choice.calibration).subspan(table.images), stop,
                    [&](const Frame& frame) -> Result<void> {
                        if (auto ok = observer->observe(frame, table.tensors, input); !ok)
                            return ok;
                        ++table.images;
                        if (progress) progress("calibrating", table.images, all);
                        return table.images % stored_every == 0 ? keep() : Result<void>{};
                    });
    if (auto kept = keep(); !kept) return fail(kept.error());
    if (!seen) return fail(seen.error());
    for (const auto& [name, histogram] : table.tensors) {
        if (histogram.not_finite() == 0) continue;
        return fail(
            ErrorCode::corrupt,
            fmt::format("{}: '{}' holds values that are not finite", network.file.name(), name),
            "check the network in FP32: saccade val");
    }
    return table;
}

model::Int8Plan plan_of(const Table& table, const Network& network, Method method) {
    model::Int8Plan plan{.ranges = {},
                         .kept = {},
                         .method = std::string(to_string(method)),
                         .source = network.digest};
    for (const auto& [tensor, histogram] : table.tensors) {
        plan.ranges[tensor] = choose_range(histogram, method);
    }
    return plan;
}

}  // namespace saccade::quantize
