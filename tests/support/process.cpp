#include "support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::test {
namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, const ProcessOptions& options,
                         const std::string& out, const std::string& err) {
    const auto lead = [](const char* path, int flags, int to) {
        const int file = ::open(path, flags, 0600);
        if (file < 0 || ::dup2(file, to) < 0) _exit(126);
    };
    lead(options.stdin_file.c_str(), O_RDONLY, STDIN_FILENO);
    const std::string& to = options.stdout_file.empty() ? out : options.stdout_file.string();
    lead(to.c_str(), O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO);
    lead(err.c_str(), O_WRONLY | O_CREAT, STDERR_FILENO);
    for (const int stream : options.closed) ::close(stream);
    if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) _exit(126);
    for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (options.largest_file) {
        ::signal(SIGXFSZ, SIG_IGN);  // write(2) then fails, as on a full disk
        const rlimit limit{*options.largest_file, *options.largest_file};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    _exit(127);
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessOptions& options) {
    const TempDir dir;
    const std::string out = (dir / "out").string(), err = (dir / "err").string();
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("fork failed");
    if (child == 0) become(arguments, options, out, err);

    int status = 0;
    std::optional<std::chrono::steady_clock::time_point> interrupted;
    std::size_t repeated = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        const auto elapsed = std::chrono::steady_clock::now() - start;
        if (options.interrupt_when && !interrupted && options.interrupt_when()) {
            ::kill(child, options.signal);
            interrupted = std::chrono::steady_clock::now();
        }
        while (interrupted && repeated < options.again.size() &&
               std::chrono::steady_clock::now() - *interrupted >= options.again[repeated]) {
            ::kill(child, options.signal);
            ++repeated;
        }
        if (elapsed > options.time_limit) ::kill(child, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
            .out = read_file(out),
            .err = read_file(err)};
}

}  // namespace saccade::test
