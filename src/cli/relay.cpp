// `saccade relay`: files as cameras, and cameras passed on, by RTSP.
#include <fmt/format.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "core/log.h"
#include "core/mask_secrets.h"
#include "engine/naming.h"
#include "media/locations.h"
#include "media/names.h"
#include "relay/camera.h"
#include "relay/server.h"

namespace saccade::cli {
namespace {

struct RelayFlags {
    std::vector<std::string> sources;
    relay::ServerOptions server;
    relay::CameraOptions camera;
    std::string auth_file;
    bool quiet = false;
    int verbose = 0;
};

/// From a file or the environment: what stands on a command line every user of the machine sees.
Result<void> read_credentials(RelayFlags& flags) {
    const char* const text = std::getenv("SACCADE_RELAY_AUTH");
    if (flags.auth_file.empty() && (text == nullptr || *text == '\0')) return {};
    if (!flags.auth_file.empty()) {
        if (auto claimed = verb_files().reads(flags.auth_file); !claimed) return claimed;
    }
    auto credentials = flags.auth_file.empty() ? relay::Credentials::parse(text)
                                               : relay::Credentials::read(flags.auth_file);
    if (!credentials) return fail(credentials.error());
    flags.server.credentials = std::move(*credentials);
    return {};
}

/// How many streams are still served, and how they ended.
class Ends {
  public:
    void begin() {
        const std::lock_guard lock(mutex_);
        ++open_;
    }
    void end(const Result<void>& how) {
        if (!how) log::error("{}", how.error().line());
        {
            const std::lock_guard lock(mutex_);
            --open_;
            failed_ = failed_ || !how;
        }
        changed_.notify_all();
    }
    /// False if stopped before.
    bool wait(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        return changed_.wait(lock, stop, [this] { return open_ == 0; });
    }
    [[nodiscard]] bool failed() const {
        const std::lock_guard lock(mutex_);
        return failed_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    int open_ = 0;
    bool failed_ = false;
};

int relay_sources(RelayFlags flags) {
    log::set_level(flags.verbose > 1   ? log::Level::debug
                   : flags.verbose > 0 ? log::Level::info
                                       : log::Level::warning);
    if (auto read = read_credentials(flags); !read) return complain(read.error());
    const auto locations = media::expand_locations(flags.sources);
    if (!locations) return complain(locations.error());
    for (const std::string& location : *locations) {
        if (!media::url_scheme(location).empty()) continue;
        if (auto claimed = verb_files().reads(location); !claimed) return complain(claimed.error());
    }
    const SignalStop signals;
    auto server = relay::RtspServer::start(flags.server);
    if (!server) return complain(server.error());
    Ends ends;
    std::vector<std::unique_ptr<relay::Camera>> cameras;
    const auto names = engine::output_stems(*locations);
    for (std::size_t i = 0; i < locations->size(); ++i) {
        ends.begin();
        auto camera =
            relay::Camera::start(**server, names[i], (*locations)[i], flags.camera, signals.token(),
                                 [&](const Result<void>& how) { ends.end(how); });
        if (!camera) return complain(camera.error());
        cameras.push_back(std::move(*camera));
        if (flags.quiet) continue;
        print_formatted("{}  {}\n", (*server)->url(names[i]), mask_url((*locations)[i]));
        std::fflush(stdout);
    }
    if (!ends.wait(signals.token())) return exit_interrupted;
    // Players get what is on its way to them.
    for (const auto& camera : cameras) {
        if (!camera->wait_for_last_player(signals.token())) return exit_interrupted;
    }
    return ends.failed() ? exit_failed : exit_done;
}

}  // namespace

void add_relay(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand(
        "relay", "serve files at their own pace, as cameras would, or pass cameras on, by RTSP");
    auto flags = std::make_shared<RelayFlags>();
    verb->add_option("source", flags->sources, "files, folders of videos, patterns, URLs")
        ->required();
    verb->add_option("--listen", flags->server.listen,
                     "HOST:PORT to serve at; port 0: any that is free. Where other machines reach "
                     "it, a password is needed")
        ->capture_default_str();
    verb->add_option("--auth-file", flags->auth_file,
                     "file with user:password of who may watch; or SACCADE_RELAY_AUTH");
    verb->add_option("--most-clients", flags->server.most_clients, "connections at once")
        ->capture_default_str();
    verb->add_flag("--loop", flags->camera.loop, "begin files anew at their end");
    verb->add_flag("--wait", flags->camera.wait_for_player,
                   "begin a file when its first player does");
    verb->add_flag("-q,--quiet", flags->quiet, "don't print the streams' addresses");
    verb->add_flag("-v,--verbose", flags->verbose, "say more; twice: all");
    verb->callback([=, &job] { job = [=] { return relay_sources(*flags); }; });
}

}  // namespace saccade::cli
