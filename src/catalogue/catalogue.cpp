#include "catalogue/catalogue.h"

#include <fmt/format.h>

namespace saccade::catalogue {
namespace {

/// Release 0.1.1rc0. The digests are those of the files as many projects have pinned them.
Model yolox(const char* name, int input, std::uint64_t bytes, const char* sha256, double map) {
    const std::string home = "https://github.com/Megvii-BaseDetection/YOLOX";
    return {.name = name,
            .family = "yolox",
            .input = input,
            .licence = "Apache-2.0",
            .homepage = home,
            .url = fmt::format("{}/releases/download/0.1.1rc0/{}.onnx", home, name),
            .bytes = bytes,
            .sha256 = sha256,
            .published_map = map,
            .published_in = home + "#benchmark"};
}

Model ultralytics(const char* name, const char* family, const char* page, double map) {
    return {
        .name = name,
        .family = family,
        .licence = "AGPL-3.0",
        .homepage = "https://github.com/ultralytics/ultralytics",
        .published_map = map,
        .published_in = fmt::format("https://docs.ultralytics.com/models/{}/", page),
        .export_commands = {"pip install ultralytics",
                            fmt::format("yolo export model={}.pt format=onnx dynamic=True", name)}};
}

Model rf_detr(const char* name, const char* type, int input, double map) {
    return {.name = name,
            .family = "rf-detr",
            .input = input,
            .licence = "Apache-2.0",
            .homepage = "https://github.com/roboflow/rf-detr",
            .published_map = map,
            .published_in = "https://github.com/roboflow/rf-detr#results",
            .export_commands = {
                "pip install 'rfdetr[onnx]'",
                fmt::format("python3 -c 'from rfdetr import {0} as M; M().export()'", type),
                fmt::format("mv output/inference_model.onnx {}.onnx", name)}};
}

Model d_fine(const char* name, const char* letter, double map) {
    const std::string weights = fmt::format("dfine_{}_coco.pth", letter);
    return {.name = name,
            .family = "rt-detr",
            .licence = "Apache-2.0",
            .homepage = "https://github.com/Peterande/D-FINE",
            .published_map = map,
            .published_in = "https://github.com/Peterande/D-FINE#model-zoo",
            .export_commands = {
                "git clone https://github.com/Peterande/D-FINE && cd D-FINE",
                "pip install -r requirements.txt onnx onnxsim",
                fmt::format(
                    "curl -LO https://github.com/Peterande/storage/releases/download/dfinev1.0/{}",
                    weights),
                fmt::format("python3 tools/deployment/export_onnx.py --check -c "
                            "configs/dfine/dfine_hgnetv2_{}_coco.yml -r {}",
                            letter, weights),
                fmt::format("mv {} ../{}.onnx", fmt::format("dfine_{}_coco.onnx", letter), name)}};
}

std::vector<Model> make_models() {
    std::vector<Model> all;
    all.push_back(yolox("yolox_nano", 416, 3'659'407,
                        "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d", 25.8));
    all.back().measured_map = 29.0;
    all.back().cpu_fps = 112;
    all.push_back(yolox("yolox_tiny", 416, 20'219'662,
                        "427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7", 32.8));
    all.push_back(yolox("yolox_s", 640, 35'858'002,
                        "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063", 40.5));
    all.push_back(ultralytics("yolo11n", "yolov8", "yolo11", 39.5));
    all.back().measured_map = 41.3;
    all.back().cpu_fps = 26.8;
    all.back().h100_fps = 9938;
    all.push_back(ultralytics("yolo11s", "yolov8", "yolo11", 47.0));
    all.push_back(ultralytics("yolo11m", "yolov8", "yolo11", 51.5));
    all.push_back(ultralytics("yolo11l", "yolov8", "yolo11", 53.4));
    all.push_back(ultralytics("yolo26n", "e2e", "yolo26", 40.9));
    all.back().measured_map = 38.6;
    all.back().cpu_fps = 30.5;
    all.push_back(ultralytics("yolo26s", "e2e", "yolo26", 48.6));
    all.push_back(rf_detr("rfdetr_nano", "RFDETRNano", 384, 48.4));
    all.push_back(rf_detr("rfdetr_small", "RFDETRSmall", 512, 53.0));
    all.push_back(d_fine("dfine_s", "s", 48.5));
    all.push_back(d_fine("dfine_m", "m", 52.3));
    return all;
}

}  // namespace

const std::vector<Model>& models() {
    static const std::vector<Model> all = make_models();
    return all;
}

const Model* find(std::string_view name) {
    for (const Model& model : models()) {
        if (model.name == name) return &model;
    }
    return nullptr;
}

const Model& first_model() {
    return models().front();
}

}  // namespace saccade::catalogue
