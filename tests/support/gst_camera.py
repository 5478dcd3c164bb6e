#!/usr/bin/python3
"""Cameras by gst-rtsp-server, a peer that nobody here wrote: prints the port that it listens on.

    gst_camera.py [--login USER:PASSWORD]

rtsp://127.0.0.1:PORT/ has: cam (320x240, 15 Hz, H.264), big (640x480), fast (25 Hz), hevc
(H.265), frozen (a picture that never changes), sound (no video). It ends with its standard input.
Needs the Debian packages gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-base,
-good, -bad and -ugly (scripts/setup.sh).
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

H264 = (
    "x264enc tune=zerolatency speed-preset=ultrafast bitrate=500 key-int-max={rate} ! "
    "rtph264pay name=pay0 pt=96 config-interval=1"
)
H265 = (
    "x265enc tune=zerolatency speed-preset=ultrafast bitrate=500 key-int-max={rate} ! "
    "h265parse ! rtph265pay name=pay0 pt=96 config-interval=1"
)


def video(width, height, rate, pattern="ball", coder=H264):
    return (
        f"( videotestsrc is-live=true pattern={pattern} ! "
        f"video/x-raw,format=I420,width={width},height={height},framerate={rate}/1 ! "
        + coder.format(rate=rate)
        + " )"
    )


MOUNTS = {
    "/cam": video(320, 240, 15),
    "/big": video(640, 480, 15),
    "/fast": video(320, 240, 25),
    "/hevc": video(320, 240, 15, coder=H265),
    "/frozen": video(320, 240, 15, pattern="black"),
    "/sound": "( audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 pt=8 )",
}


def require_login(server, login):
    user, password = login.split(":", 1)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(2)  # digest (RFC 7616), as cameras have it
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    return "viewer"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--login", default="")
    options = arguments.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    role = require_login(server, options.login) if options.login else None
    for path, launch in MOUNTS.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch)
        factory.set_shared(True)
        if role:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role(role, "media.factory.access", True)
            permissions.add_permission_for_role(role, "media.factory.construct", True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    # Sessions of clients that went without a word.
    GLib.timeout_add_seconds(5, lambda: server.get_session_pool().cleanup() >= 0)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    print(server.get_bound_port(), flush=True)
    loop.run()


if __name__ == "__main__":
    main()
