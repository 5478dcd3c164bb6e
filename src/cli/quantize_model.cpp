#include "cli/quantize_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "cli/precision_page.h"
#include "core/atomic_file.h"
#include "engine/model_store.h"
#include "infer/registry.h"
#include "media/locations.h"
#include "settings/network_choices.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

/// Pictures that methods and layers are tried on.
constexpr std::size_t trial_pictures = 20;

/// Evenly spread over the choice.
std::vector<quantize::Pick> some_of(const std::vector<quantize::Pick>& picks, std::size_t wanted) {
    std::vector<quantize::Pick> out;
    const std::size_t count = std::min(wanted, picks.size());
    for (std::size_t i = 0; i < count; ++i) out.push_back(picks[i * picks.size() / count]);
    return out;
}

class Quantizer {
  public:
    Quantizer(const Settings& settings, const QuantizeFlags& flags, std::stop_token stop,
              quantize::Progress progress)
        : settings_(settings),
          flags_(flags),
          stop_(std::move(stop)),
          progress_(std::move(progress)) {}

    Result<QuantizeReport> run(const fs::path& path, const fs::path& output) {
        const Settings& settings = settings_;
        std::optional<quantize::Method> method = quantize::method_from(flags_.method);
        const auto choices = settings::network_choices(settings);
        if (!choices) return fail(choices.error());
        auto network = quantize::open_network(path, choices->overrides,
                                              {settings.image_size, settings.image_size});
        if (!network) return fail(network.error());
        const auto locations = media::expand_locations(flags_.calib);
        if (!locations) return fail(locations.error());
        const auto choice =
            quantize::choose_frames(*locations, flags_.images, flags_.held_out, stop_, progress_);
        if (!choice) return fail(choice.error());
        const auto table =
            quantize::calibrate(*network, *locations, *choice,
                                engine::cache_dir(settings) / "calibration", stop_, progress_);
        if (!table) return fail(table.error());

        const auto trial =
            trial_of(*network, *locations, some_of(choice->calibration, trial_pictures));
        if (!trial) return fail(trial.error());
        const auto held_out = trial_of(*network, *locations, choice->held_out);
        if (!held_out) return fail(held_out.error());
        if (flags_.gate.labels.empty()) {
            if (auto ok = check_enough(*held_out); !ok) return fail(ok.error());
        }
        const auto reference = [&](const detect::Thresholds& thresholds) {
            return quantize::detector_of(*network, network->model, thresholds);
        };
        std::optional<LabelledSet> labels;
        if (!flags_.gate.labels.empty()) {
            auto set = labelled_set(flags_.gate.labels, reference, stop_);
            if (!set) return fail(set.error());
            labels = std::move(*set);
        }
        // (Of a network for GPUs the arithmetic is simulated: any GPU will do.)
        using Kind = infer::DeviceChoice::Kind;
        const bool gpu =
            choices->device.kind == Kind::all_gpus ||
            (choices->device.kind == Kind::named && !choices->device.named.front().is_host());
        const auto shape = infer::int8_shape(gpu ? infer::Device{0} : infer::Device{});
        QuantizeReport report{.model = path.filename().string(),
                              .output = output.string(),
                              .device = gpu ? "cuda" : "cpu",
                              .calibrated = choice->calibration.size(),
                              .held_out = choice->held_out.size(),
                              .max_drop = limit_};
        const auto gate = [&](const model::Int8Plan& plan) -> Result<quantize::Judgement> {
            const auto changed = [&](const detect::Thresholds& thresholds) {
                return quantize::quantised_detector(*network, plan, shape, thresholds);
            };
            auto judged = judge(changed, *held_out, labels ? &*labels : nullptr, limit_, stop_);
            if (!judged) return fail(judged.error());
            report.gate = *judged;
            return quantize::Judgement{judged->drop, judged->good};
        };
        auto found =
            quantize::search(*network, *table, method, shape, *trial, gate, stop_, progress_);
        if (!found) return fail(found.error());
        report.found = std::move(*found);
        if (!gpu) {
            auto plain = reference({});
            if (!plain) return fail(plain.error());
            auto quantised = quantize::quantised_detector(*network, report.found.plan, shape, {});
            if (!quantised) return fail(quantised.error());
            Settings as_found = settings;
            as_found.model = path.string();
            const auto usual = usual_detector(as_found);
            if (!usual) return fail(usual.error());
            auto speed = compare_speed(**plain, **quantised, usual->get(), *held_out, stop_);
            if (!speed) return fail(speed.error());
            report.speed = *speed;
        }
        if (!flags_.gate.page.empty()) {
            const bool judged_here = report.speed.reference > 0;
            const PrecisionPage page{
                .model = report.model,
                .precision = "INT8",
                .device = judged_here ? report.device : report.device + " (simulated)",
                .max_drop = limit_,
                .gate = report.gate,
                .held_out = *held_out,
                .class_names = network->spec.class_names,
                .speed = judged_here ? std::optional(report.speed) : std::nullopt,
                .found = &report.found};
            if (auto ok = write_page(flags_.gate.page, page); !ok) return fail(ok.error());
        }
        if (report.gate.good) {
            const auto written =
                model::write_int8(network->file, report.found.plan, {.shape = shape});
            if (!written) return fail(written.error());
            const auto bytes = written->to_bytes();
            if (!bytes) return fail(bytes.error());
            if (auto ok = write_whole(output, *bytes); !ok) return fail(ok.error());
        }
        return report;
    }

  private:
    Result<quantize::Trial> trial_of(const quantize::Network& network,
                                     const std::vector<std::string>& locations,
                                     const std::vector<quantize::Pick>& picks) {
        auto frames = quantize::load_frames(locations, picks, stop_);
        if (!frames) return fail(frames.error());
        return quantize::make_trial(network, std::move(*frames), stop_);
    }

    const Settings& settings_;
    const QuantizeFlags& flags_;
    std::stop_token stop_;
    quantize::Progress progress_;
    const double limit_ = allowed_drop(flags_.gate.max_drop, !flags_.gate.labels.empty());
};

}  // namespace

Result<QuantizeReport> quantize_model(const Settings& settings, const QuantizeFlags& flags,
                                      const fs::path& model, const fs::path& output,
                                      std::stop_token stop, quantize::Progress progress) {
    return Quantizer(settings, flags, std::move(stop), std::move(progress)).run(model, output);
}

Error lost_too_much(const QuantizeReport& report) {
    std::string worst;
    for (std::size_t i = 0; i < report.found.scan.parts.size() && i < 3; ++i) {
        worst += (worst.empty() ? "" : ", ") + report.found.scan.parts[i].layers.front();
    }
    return {ErrorCode::unsupported,
            fmt::format("{}: {} in INT8, even with {} of {} layers kept in floating point; most is "
                        "lost at {}",
                        report.model, loss_in_words(report.gate, report.max_drop),
                        report.found.plan.kept.size(), report.found.layers, worst),
            "use --precision fp32, more pictures (--images), or allow more (--max-drop)"};
}

}  // namespace saccade::cli
