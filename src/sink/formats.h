// The maker of each format; for registry.cpp.
#pragma once

#include <memory>

#include "sink/registry.h"

namespace saccade::sink {

std::unique_ptr<Sink> make_mot(const SinkOptions& options);
std::unique_ptr<Sink> make_jsonl(const SinkOptions& options);
std::unique_ptr<Sink> make_coco(const SinkOptions& options);
std::unique_ptr<Sink> make_yolo(const SinkOptions& options);
std::unique_ptr<Sink> make_csv(const SinkOptions& options);
std::unique_ptr<Sink> make_frames(const SinkOptions& options);
std::unique_ptr<Sink> make_counts_json(const SinkOptions& options);
std::unique_ptr<Sink> make_counts_table(const SinkOptions& options);
std::unique_ptr<Sink> make_md5(const SinkOptions& options);
std::unique_ptr<Sink> make_video(const SinkOptions& options);
std::unique_ptr<Sink> make_crops(const SinkOptions& options);

}  // namespace saccade::sink
