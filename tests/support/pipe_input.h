// Feeds bytes to this process through a pipe: as its standard input, or under a FIFO's name.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <utility>

namespace saccade::test {

/// Writes `bytes` to `fd` and closes it, or keeps it open until the end where `stall`.
class PipeWriter {
  public:
    PipeWriter(int fd, std::string bytes, bool stall)
        : fd_(fd), stall_(stall), thread_([this, bytes = std::move(bytes)] {
              ::signal(SIGPIPE, SIG_IGN);
              for (std::size_t at = 0; at < bytes.size();) {
                  const ssize_t done = ::write(fd_, bytes.data() + at, bytes.size() - at);
                  if (done <= 0) break;  // the reader is gone
                  at += static_cast<std::size_t>(done);
              }
              if (!stall_) ::close(fd_);
          }) {}
    ~PipeWriter() {
        thread_.join();
        if (stall_) ::close(fd_);
    }
    PipeWriter(const PipeWriter&) = delete;
    PipeWriter& operator=(const PipeWriter&) = delete;

  private:
    int fd_;
    bool stall_;
    std::thread thread_;
};

/// Standard input is a pipe of `bytes` while this lives. One at a time.
class StdinPipe {
  public:
    explicit StdinPipe(std::string bytes, bool stall = false) : saved_(::dup(STDIN_FILENO)) {
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0) std::abort();
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
        writer_ = new PipeWriter(ends[1], std::move(bytes), stall);
    }
    ~StdinPipe() {
        ::dup2(saved_, STDIN_FILENO);  // closes the read end: a blocked writer ends
        ::close(saved_);
        delete writer_;
    }
    StdinPipe(const StdinPipe&) = delete;
    StdinPipe& operator=(const StdinPipe&) = delete;

  private:
    int saved_;
    PipeWriter* writer_ = nullptr;
};

}  // namespace saccade::test
