// Everything a run can be told. Plain values with the defaults of the command line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace saccade {

struct Settings {
    // The network
    std::string model = "yolo11n";  ///< file, name of a model, or "synthetic"
    std::string family;             ///< how to read its output; "": as the file says
    std::string input_order;  ///< of its input's channels: "rgb", "bgr"; "": as its family has it
    std::string input_range;  ///< of its input's values: "1" (0 to 1), "255"; "": likewise
    /// "auto", "cpu", "cuda:0"; several GPUs share the streams: "cuda:0,cuda:1", "cuda:all"
    std::string device = "auto";
    /// "auto": FP16 on GPUs, FP32 on CPUs; "fp32", "fp16"; "mixed": FP16 with an FP32 head (GPUs);
    /// "bf16" (CPUs).
    std::string precision = "auto";
    /// Side of the square input, px. 0: 640 for sources of up to 2,100,000 px, 480 up to 8,300,000,
    /// 320 above, where the model runs at any size; else its own.
    int image_size = 0;
    bool rectangles = false;  ///< inputs as wide as high only where sources are: less padding
    int batch = 0;            ///< images a batch; 0: what suits the device
    int warmup = 3;           ///< batches run before the first frame
    int in_flight = 0;        ///< batches under way at once; 0: what suits the device
    int threads = 0;          ///< CPU threads of the network; 0: all
    /// Memory to hold on the device: "20GB", "2GiB" or a share, "0.8"; "": 20 GB of a GPU, all of a
    /// host. Batches shrink before it is reached.
    std::string vram_limit;

    // What counts as a detection
    float confidence = 0.25F;          ///< least score
    float iou = 0.7F;                  ///< overlap over which non-maximum suppression drops a box
    int max_detections = 300;          ///< a frame
    std::vector<std::string> classes;  ///< names or numbers; empty: all
    bool multi_label = false;  ///< a place may hold several classes, as COCO figures are made

    /// Look again, closer, at what is small or uncertain: in crops of the source's own resolution
    /// that go through the same network, up to so many a frame.
    bool refine = false;
    int refine_budget = 1;

    // Tracking
    std::string tracker = "saccade";
    /// ONNX network that tells what objects look like, a file or a name: for the trackers "saccade"
    /// and "botsort"; "": none.
    std::string reid;
    /// How many seconds who left is known again by looks, after the tracker has ceased to wait; 0:
    /// not at all. Needs `reid`. A thousand at most are remembered a stream.
    double remember = 0;
    int interpolate = 0;  ///< fill gaps of up to so many frames; 0: none. Delays results by as many

    std::string camera_motion = "auto";  ///< "auto": where the tracker makes use of it; "on", "off"
    /// File that tells where the picture shows which metres of the ground (docs/formats.md): tracks
    /// get places and speeds, lines and zones may be in metres; "": none.
    std::string ground;
    /// "x1,y1,x2,y2[:name]", px, or each number with an m behind it: crossings are counted.
    std::vector<std::string> lines;
    /// "x1,y1,x2,y2,x3,y3,...[:name]", likewise: stays are counted.
    std::vector<std::string> zones;

    // Streams
    std::size_t streams = 0;  ///< at once; 0: what suits the machine
    std::size_t queue = 32;   ///< capacity of each queue, frames; 4 at most where live
    int decoder_threads = 0;  ///< of each decoder; 0: what pays
    /// Decoders that share a file, each at work on another part of it, where its codec lets it be
    /// cut and nothing behind detection looks at pictures (drawn video, camera motion, --reid,
    /// --refine). 0: on a GPU as many as keep its NVDEC engines busy with the streams there are, on
    /// a host one.
    int decoders = 0;
    double image_rate = 30;  ///< frames a second of image sequences
    int stride = 1;          ///< every so many-th frame of a stream is detected and tracked; 1: all
    double max_fps = 0;      ///< frames a second of a stream at most, by its own times; 0: all
    bool live = false;       ///< read files at their own pace; drop frames rather than fall behind
    /// Frames of a scene that stands still are not looked at: they carry the results of the frame
    /// before (FrameResult::carried). docs/live.md tells when the scene stands still.
    bool when_moving = false;
    double look_every = 2;  ///< s for which a still scene goes without a look at most

    // Cameras and other live sources (docs/live.md)
    double reconnect = 30;     ///< s between two attempts at most; 0: what ends stays ended
    double silent_after = 5;   ///< s without a picture; after twice as long it is connected anew
    double frozen_after = 60;  ///< s of one and the same picture; 0: never mind
    std::string rtsp_transport = "tcp";  ///< or "udp"
    /// File of users and passwords for hosts; "": those of the environment and the URL.
    std::string credentials;

    double max_wait = 0;    ///< ms a frame may wait for its batch to fill; 0: 5 live, else 100
    double target_p99 = 0;  ///< ms within which 99 of 100 live frames are to be detected; 0: none

    // Outputs
    std::string out = "out";                  ///< folder
    std::vector<std::string> save = {"mot"};  ///< formats; see `saccade track --help`
    /// Outputs are split: "1h" (s, m, h, d of the stream's own time), "100MB" (kB, MB, GB); "":
    /// not.
    std::string rotate;
    double piece_minutes = 10;  ///< of recordings of the source ("source" in `save`)
    // Of drawn video (--save video and the relay's annotated stream), as FFmpeg names it
    std::string encoder = "auto";  ///< "libx264", "h264_nvenc" ...; "auto": x264, else MPEG-4
    double crf = -1;      ///< constant quality, by the encoder's own scale; -1: 21 of x264's
    std::string bitrate;  ///< bit/s, "4M", "800k"; "": constant quality
    std::string preset;   ///< "": the one that costs least at a good quality
    /// Classes (names, numbers, "all") that are made unrecognisable in every picture that is given
    /// out (docs/redaction.md); empty: none.
    std::vector<std::string> redact;
    std::string redact_style = "pixelate";  ///< or "blur", "fill"
    double redact_margin = 0.1;             ///< of a box's width and height, on each side of it
    /// Frames that stay covered before an object is first and after it was last seen. Pictures are
    /// held back by as many.
    int redact_frames = 15;
    /// Where streams are served to players by RTSP while the run goes on, as they are and with
    /// boxes drawn: "127.0.0.1:8554" or "rtsp://127.0.0.1:8554/"; "": nowhere (docs/relay.md).
    std::string relay;
    bool resume = false;  ///< leave out files that an earlier run into `out` completed

    // Places
    std::vector<std::string> model_dirs;  ///< searched first for models given by name
    std::string cache_dir;                ///< "": $XDG_CACHE_HOME/saccade or ~/.cache/saccade
};

}  // namespace saccade
