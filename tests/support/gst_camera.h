// gst-rtsp-server as a process of its own: see gst_camera.py.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace saccade::test {

/// Runs as long as this lives. port() is 0 where it could not be started: its packages are missing
/// (scripts/setup.sh).
class GstCamera {
  public:
    explicit GstCamera(const std::string& login = "") {
        int in[2], out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            const std::string script = std::string(SACCADE_TESTS_DIR) + "/support/gst_camera.py";
            // Debian's own: its packages are for no other.
            ::execl("/usr/bin/python3", "python3", script.c_str(), "--login", login.c_str(),
                    nullptr);
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        in_ = in[1];
        FILE* const told = ::fdopen(out[0], "r");
        if (std::fscanf(told, "%d", &port_) != 1) port_ = 0;
        ::fclose(told);
    }
    ~GstCamera() {
        if (process_ <= 0) return;
        ::close(in_);
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
    }
    GstCamera(const GstCamera&) = delete;
    GstCamera& operator=(const GstCamera&) = delete;

    [[nodiscard]] int port() const noexcept { return port_; }
    [[nodiscard]] std::string url(const std::string& path, const std::string& login = "") const {
        return "rtsp://" + (login.empty() ? "" : login + "@") +
               "127.0.0.1:" + std::to_string(port_) + "/" + path;
    }
    /// As if somebody had pulled its plug: no connection is closed in order.
    void kill() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
        ::close(in_);
    }

  private:
    pid_t process_ = 0;
    int in_ = -1, port_ = 0;
};

}  // namespace saccade::test
