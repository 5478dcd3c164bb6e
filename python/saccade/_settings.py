"""The settings as keyword arguments, for type checkers. Made by scripts/python_settings.py: not to be edited."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal, TypedDict, Union


class StreamSettings(TypedDict, total=False):
    conf: float
    """least score of a detection [0.25]"""
    classes: Union[str, int, Sequence[Union[str, int]]]
    """only these classes; "a name, with commas" in double quotes"""
    tracker: Literal['saccade', 'bytetrack', 'botsort', 'ocsort', 'sort']
    """how identities are kept [saccade]"""
    interpolate: int
    """fill gaps in tracks of up to so many frames [0]"""
    line: Union[str, Sequence[Union[str, Sequence[float]]]]
    """count objects that cross this line (px); may be repeated"""
    zone: Union[str, Sequence[Union[str, Sequence[float]]]]
    """count objects in this polygon and how long they stay; may be repeated"""
    camera_motion: Literal['auto', 'on', 'off']
    """make up for a moving camera before matching [auto]"""
    stride: int
    """look at every N-th frame only [1]"""
    max_fps: float
    """look at N frames a second at most, by their times; 0: all [0]"""
    live: bool
    """read files at their own pace; drop frames rather than fall behind [false]"""
    reconnect: float
    """a camera that is gone is tried again, every N s at most; 0: not [30]"""
    silent_after: float
    """s without a picture after which a camera is silent; twice: tried again [5]"""
    frozen_after: float
    """s of the same picture after which a camera is frozen; 0: never [60]"""
    rtsp_transport: Literal['tcp', 'udp']
    """how RTSP brings pictures [tcp]"""
    out: Union[str, os.PathLike[str]]
    """folder of the outputs [out]"""
    save: Union[str, int, Sequence[Union[str, int]]]
    """formats to write"""
    rotate: str
    """split outputs: 15m, 1h, 100MB ...; pieces are numbered"""
    encoder: str
    """of drawn video, as FFmpeg names it: libx264, libx265, h264_nvenc ... [auto]"""
    crf: Union[float, Literal['auto']]
    """quality of drawn video by the encoder's own scale, 0 the best [auto: 21] [auto]"""
    bitrate: str
    """bit/s of drawn video in place of --crf: 4M, 800k"""
    preset: str
    """how much work the encoder puts in, as it names it: veryfast, p4 ..."""
    redact: Union[str, int, Sequence[Union[str, int]]]
    """make these classes unrecognisable in every picture that is given out"""
    redact_style: Literal['pixelate', 'blur', 'fill']
    """how --redact covers [pixelate]"""
    redact_margin: float
    """covered around a box, of its width and height [0.1]"""
    vid_stride: int
    """Ultralytics' name of stride."""


class Settings(TypedDict, total=False):
    model: Union[str, os.PathLike[str]]
    """ONNX model: a file, a name to look for, or 'synthetic' [yolo11n]"""
    family: str
    """how to read the model's output, where it can't be told"""
    input_order: Literal['rgb', 'bgr']
    """order of the model's input channels, where its family has another"""
    input_range: Literal['1', '255']
    """largest value of the model's input, where its family has another"""
    device: Union[str, int, Sequence[int]]
    """where the model runs; several GPUs share the streams [auto]"""
    precision: Literal['auto', 'fp32', 'fp16', 'mixed', 'bf16', 'int8']
    """arithmetic of the model [auto]"""
    imgsz: Union[int, Literal['auto']]
    """square input size of the model, px [auto: by the source's] [auto]"""
    rect: bool
    """inputs of the source's shape: less padding, faster [false]"""
    batch: Union[int, Literal['auto']]
    """images a batch [auto]"""
    warmup: int
    """batches run before the first frame [3]"""
    in_flight: Union[int, Literal['auto']]
    """batches under way at once [auto]"""
    threads: Union[int, Literal['auto']]
    """CPU threads of the model [auto]"""
    vram_limit: str
    """memory to hold on the device: 20GB, 2GiB, 0.8 [20GB of a GPU]"""
    conf: float
    """least score of a detection [0.25]"""
    iou: float
    """overlap over which the weaker box is dropped [0.7]"""
    max_det: int
    """most detections a frame [300]"""
    classes: Union[str, int, Sequence[Union[str, int]]]
    """only these classes; "a name, with commas" in double quotes"""
    multi_label: bool
    """let a place hold several classes, as COCO figures are made [false]"""
    refine: bool
    """look again, closer, at what is small or uncertain [false]"""
    refine_budget: int
    """crops a frame for --refine [1]"""
    tracker: Literal['saccade', 'bytetrack', 'botsort', 'ocsort', 'sort']
    """how identities are kept [saccade]"""
    reid: Union[str, os.PathLike[str]]
    """ONNX network that tells objects apart by appearance (saccade, botsort)"""
    remember: float
    """seconds for which objects that left are recognised by appearance (with --reid) [0]"""
    interpolate: int
    """fill gaps in tracks of up to so many frames [0]"""
    ground: Union[str, os.PathLike[str]]
    """where the picture shows which metres: speeds, lines and zones in metres"""
    line: Union[str, Sequence[Union[str, Sequence[float]]]]
    """count objects that cross this line (px); may be repeated"""
    zone: Union[str, Sequence[Union[str, Sequence[float]]]]
    """count objects in this polygon and how long they stay; may be repeated"""
    camera_motion: Literal['auto', 'on', 'off']
    """make up for a moving camera before matching [auto]"""
    streams: Union[int, Literal['auto']]
    """sources run at once [auto]"""
    queue: int
    """frames each queue holds [32]"""
    decoder_threads: Union[int, Literal['auto']]
    """threads of each decoder [auto]"""
    decoders: Union[int, Literal['auto']]
    """decoders that share a file, each in another part of it [auto: a GPU's engines] [auto]"""
    image_rate: float
    """frames a second of image sequences [30]"""
    stride: int
    """look at every N-th frame only [1]"""
    max_fps: float
    """look at N frames a second at most, by their times; 0: all [0]"""
    live: bool
    """read files at their own pace; drop frames rather than fall behind [false]"""
    when_moving: bool
    """look only where something moves; frames of a still scene carry the results of the one before [false]"""
    look_every: float
    """s that --when-moving goes without a look at most [2]"""
    reconnect: float
    """a camera that is gone is tried again, every N s at most; 0: not [30]"""
    silent_after: float
    """s without a picture after which a camera is silent; twice: tried again [5]"""
    frozen_after: float
    """s of the same picture after which a camera is frozen; 0: never [60]"""
    rtsp_transport: Literal['tcp', 'udp']
    """how RTSP brings pictures [tcp]"""
    credentials: Union[str, os.PathLike[str]]
    """lines of HOST USER PASSWORD for cameras, so that no URL need hold them"""
    max_wait: Union[float, Literal['auto']]
    """ms a frame may wait for its batch [5 live, else 100] [auto]"""
    target_p99: float
    """ms for 99 of 100 live frames to be detected in; 0: none [0]"""
    out: Union[str, os.PathLike[str]]
    """folder of the outputs [out]"""
    save: Union[str, int, Sequence[Union[str, int]]]
    """formats to write"""
    rotate: str
    """split outputs: 15m, 1h, 100MB ...; pieces are numbered"""
    piece_minutes: float
    """length of the pieces of --save source [10]"""
    encoder: str
    """of drawn video, as FFmpeg names it: libx264, libx265, h264_nvenc ... [auto]"""
    crf: Union[float, Literal['auto']]
    """quality of drawn video by the encoder's own scale, 0 the best [auto: 21] [auto]"""
    bitrate: str
    """bit/s of drawn video in place of --crf: 4M, 800k"""
    preset: str
    """how much work the encoder puts in, as it names it: veryfast, p4 ..."""
    redact: Union[str, int, Sequence[Union[str, int]]]
    """make these classes unrecognisable in every picture that is given out"""
    redact_style: Literal['pixelate', 'blur', 'fill']
    """how --redact covers [pixelate]"""
    redact_margin: float
    """covered around a box, of its width and height [0.1]"""
    redact_frames: int
    """frames covered before the first and after the last sighting [15]"""
    relay: str
    """serve the streams by RTSP while they run, plain and with boxes"""
    model_dirs: Union[str, int, Sequence[Union[str, int]]]
    """folders searched first for models"""
    cache_dir: Union[str, os.PathLike[str]]
    """folder of caches"""
    vid_stride: int
    """Ultralytics' name of stride."""
    half: bool
    """Ultralytics' short form of precision="fp16"."""
    stream: bool
    """Of Ultralytics: results always come while it runs."""
