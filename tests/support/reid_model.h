// Networks that tell what a crop's colours are, written to files. Needs LIBS saccade_onnx_proto.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "support/files.h"

namespace saccade::test {

/// Averages of the (normalised) input: an embedding that a test can compute by itself.
struct ReidModel {
    enum class Output {
        quadrants,  ///< [N, 12]: R of the four quadrants by row, then G, B
        mean,       ///< [N, 3, 1, 1]
        map,        ///< [N, 3, 2, 2], which is none
        tied,       ///< as quadrants, by a constant that allows for one batch size only
        infinite,   ///< as mean, far too large for a float
    };
    Output output = Output::quadrants;
    std::int64_t batch = -1, height = 32, width = 16;
    std::vector<std::pair<std::string, std::string>> metadata = {};
};

inline std::filesystem::path write_reid_model(const std::filesystem::path& path,
                                              const ReidModel& reid) {
    using Output = ReidModel::Output;
    model::OnnxWriter writer(17);
    writer.input("crops", {reid.batch, 3, reid.height, reid.width});
    const std::vector<std::int64_t> half{reid.height / 2, reid.width / 2};
    switch (reid.output) {
        case Output::quadrants:
        case Output::tied: {
            const std::string map =
                writer.node("AveragePool", {"crops"}, {{"kernel_shape", half}, {"strides", half}});
            const bool tied = reid.output == Output::tied;
            const std::string flat =
                writer.node("Flatten", {map}, {}, {{"axis", 1}}, tied ? "" : "embeddings");
            if (tied) {
                const std::vector<float> zeros(static_cast<std::size_t>(reid.batch) * 12);
                writer.node("Add", {flat, writer.floats(zeros, {reid.batch, 12})}, {}, {},
                            "embeddings");
            }
            writer.output("embeddings", {reid.batch, 12});
            break;
        }
        case Output::mean:
            writer.node("GlobalAveragePool", {"crops"}, {}, {}, "embeddings");
            writer.output("embeddings", {reid.batch, 3, 1, 1});
            break;
        case Output::map:
            writer.node("AveragePool", {"crops"}, {{"kernel_shape", half}, {"strides", half}}, {},
                        "embeddings");
            writer.output("embeddings", {reid.batch, 3, 2, 2});
            break;
        case Output::infinite: {
            const std::string mean = writer.node("GlobalAveragePool", {"crops"});
            const std::string large = writer.node("Mul", {mean, writer.scalar(3e38F)});
            writer.node("Mul", {large, writer.scalar(3e38F)}, {}, {}, "embeddings");
            writer.output("embeddings", {reid.batch, 3, 1, 1});
            break;
        }
    }
    for (const auto& [key, value] : reid.metadata) writer.metadata(key, value);
    const auto model = model::OnnxModel::Access::adopt(writer.take(), path.filename().string());
    write_file(path, model.value().to_bytes().value());
    return path;
}

}  // namespace saccade::test
