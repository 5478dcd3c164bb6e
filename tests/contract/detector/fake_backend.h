// A network simple enough to foretell: it finds cells of the input that are red, green or blue.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "infer/backend.h"
#include "model/spec.h"

namespace saccade::test {

/// Reads the input as late as an asynchronous backend may (in wait) and spoils the outputs of a
/// slot as soon as it may (in submit). Output [N, 4 + 3, cells] of the yolov8 family: each 32x32
/// cell is an anchor with a 48x48 box around its centre; a class's score is how far the mean of its
/// channel is above the mean of the two others.
class FakeBackend final : public infer::Backend {
  public:
    static constexpr int classes = 3, cell = 32, box = 48;

    FakeBackend(int width, int height, int max_batch, int slots)
        : width_(width), height_(height), cells_((width / cell) * (height / cell)) {
        info_.name = "fake";
        info_.device = "none";
        info_.max_batch = max_batch;
        info_.slots = slots;
        info_.input = {"images", infer::ElementType::f32, {max_batch, 3, height, width}};
        info_.outputs = {{"output0", infer::ElementType::f32, {max_batch, 4 + classes, cells_}}};
        slots_.resize(static_cast<std::size_t>(slots));
        for (Slot& slot : slots_) {
            slot.input.resize(static_cast<std::size_t>(max_batch * 3 * height * width));
            slot.output.resize(static_cast<std::size_t>(max_batch * (4 + classes) * cells_));
        }
    }

    [[nodiscard]] const infer::BackendInfo& info() const noexcept override { return info_; }

    infer::TensorView input(int slot) override {
        return {at(slot).input.data(), infer::ElementType::f32, info_.input.shape};
    }

    Result<void> submit(int slot, int batch) override {
        if (next_failure) return fail(*std::exchange(next_failure, std::nullopt));
        std::fill(at(slot).output.begin(), at(slot).output.end(),
                  std::numeric_limits<float>::quiet_NaN());
        at(slot).batch = batch;
        if (told_) told_();
        return {};
    }

    Result<std::span<const infer::TensorView>> wait(int slot) override {
        if (next_wait_failure) return fail(*std::exchange(next_wait_failure, std::nullopt));
        for (int image = 0; image < at(slot).batch; ++image) look(at(slot), image);
        at(slot).view = {
            at(slot).output.data(), infer::ElementType::f32, {at(slot).batch, 4 + classes, cells_}};
        return std::span<const infer::TensorView>(&at(slot).view, 1);
    }

    void on_done(std::function<void()> told) override { told_ = std::move(told); }
    [[nodiscard]] infer::MemoryUse memory() const override { return {1000, 10}; }

    /// Given by the next submit (wait) instead of doing it.
    std::optional<Error> next_failure, next_wait_failure;

    static model::ModelSpec spec() {
        model::ModelSpec spec;
        spec.class_names = {"red", "green", "blue"};
        spec.input_name = "images";
        spec.output_name = "output0";
        return spec;
    }

  private:
    struct Slot {
        std::vector<float> input, output;
        int batch = 0;
        infer::TensorView view;
    };

    Slot& at(int slot) { return slots_[static_cast<std::size_t>(slot)]; }

    void look(Slot& slot, int image) const {
        const float* const planes = slot.input.data() + image * 3 * height_ * width_;
        float* const rows = slot.output.data() + image * (4 + classes) * cells_;
        for (int i = 0; i < cells_; ++i) {
            const int x0 = i % (width_ / cell) * cell, y0 = i / (width_ / cell) * cell;
            float mean[3] = {};
            for (int c = 0; c < 3; ++c) {
                for (int k = 0; k < cell * cell; ++k) {
                    mean[c] += planes[(c * height_ + y0 + k / cell) * width_ + x0 + k % cell];
                }
                mean[c] /= cell * cell;
            }
            rows[i] = static_cast<float>(x0) + cell / 2;
            rows[cells_ + i] = static_cast<float>(y0) + cell / 2;
            rows[2 * cells_ + i] = rows[3 * cells_ + i] = box;
            for (int c = 0; c < 3; ++c) {
                const float others = (mean[(c + 1) % 3] + mean[(c + 2) % 3]) / 2;
                rows[(4 + c) * cells_ + i] = std::max(0.0F, mean[c] - others);
            }
        }
    }

    int width_, height_, cells_;
    infer::BackendInfo info_;
    std::vector<Slot> slots_;
    std::function<void()> told_;
};

}  // namespace saccade::test
