#include "cli/child_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

extern char** environ;

namespace saccade::cli {
namespace {

/// A pipe; both ends are closed at the end.
class Pipe {
  public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_end(ends_[0]);
        close_end(ends_[1]);
    }
    bool open() { return ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
    void close_writer() { close_end(ends_[1]); }
    void close_reader() { close_end(ends_[0]); }
    [[nodiscard]] int reader() const { return ends_[0]; }
    [[nodiscard]] int writer() const { return ends_[1]; }

  private:
    static void close_end(int& fd) {
        if (fd >= 0) ::close(std::exchange(fd, -1));
    }
    std::array<int, 2> ends_{-1, -1};
};

/// Reads what is there; false at the end.
bool take(int fd, std::string& text) {
    std::array<char, 65536> bytes;
    ssize_t n = 0;
    do {
        n = ::read(fd, bytes.data(), bytes.size());
    } while (n < 0 && errno == EINTR);
    if (n <= 0) return false;
    text.append(bytes.data(), static_cast<std::size_t>(n));
    return true;
}

/// Until both are closed. A stop is handed on once.
void read_all(pid_t child, Pipe& out, Pipe& err, ChildRun& run, const std::stop_token& stop) {
    constexpr int poll_ms = 100;
    bool told = false;
    std::array<pollfd, 2> ends{{{out.reader(), POLLIN, 0}, {err.reader(), POLLIN, 0}}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (stop.stop_requested() && !std::exchange(told, true)) ::kill(child, SIGTERM);
        if (::poll(ends.data(), ends.size(), poll_ms) <= 0) continue;
        if (ends[0].revents != 0 && !take(ends[0].fd, run.out)) ends[0].fd = -1;
        if (ends[1].revents != 0 && !take(ends[1].fd, run.err)) ends[1].fd = -1;
    }
}

tl::unexpected<Error> no_process(int code) {
    return fail(ErrorCode::internal, fmt::format("no process can be started: {}", strerror(code)));
}

}  // namespace

Result<ChildRun> run_child(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    Pipe out, err;
    if (!out.open() || !err.open()) return no_process(errno);
    std::string name = "saccade";
    std::vector<std::string> words = arguments;
    std::vector<char*> argv{name.data()};
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, out.writer(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, err.writer(), STDERR_FILENO);
    // (SignalStop blocks signals in all threads; the child shall hear them.)
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = -1;
    const int code =
        ::posix_spawn(&child, "/proc/self/exe", &files, &attributes, argv.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (code != 0) return no_process(code);
    out.close_writer();
    err.close_writer();

    ChildRun run;
    read_all(child, out, err, run, stop);
    int status = 0;
    rusage used{};
    while (::wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
    }
    run.memory = static_cast<std::size_t>(used.ru_maxrss) * 1024;
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    if (!WIFEXITED(status)) {
        return fail(ErrorCode::internal,
                    fmt::format("the run ended by signal {}", WTERMSIG(status)));
    }
    run.exit_code = WEXITSTATUS(status);
    return run;
}

}  // namespace saccade::cli
