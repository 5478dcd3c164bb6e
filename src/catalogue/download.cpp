#include "catalogue/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "core/mask_secrets.h"
#include "saccade/version.h"

namespace saccade::catalogue {
namespace {

constexpr const char* try_again = "run the same command again: it goes on where this stopped";
constexpr const char* no_way =
    "check the network and its proxy (https_proxy), or name a mirror with SACCADE_MODEL_MIRROR";
/// Of one file, whatever they bring: a server that drips ends some day.
constexpr int most_attempts = 200;

/// One request, from its headers to its last byte.
class Request {
  public:
    Request(const std::string& url, PartFile& into, std::uint64_t bytes,
            const DownloadOptions& options)
        : url_(mask_url(url)),
          into_(into),
          bytes_(bytes),
          options_(options),
          curl_(curl_easy_init(), curl_easy_cleanup),
          https_(url.starts_with("https://") || url.starts_with("HTTPS://")) {
        if (curl_ == nullptr) return;
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_REDIR_PROTOCOLS_STR, https_ ? "https" : "http,https");
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, 5L);
        set(CURLOPT_FAILONERROR, 1L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_USERAGENT, "saccade/" SACCADE_VERSION);
        const auto stall = std::max<long>(static_cast<long>(options.stall.count()), 1);
        set(CURLOPT_CONNECTTIMEOUT, stall);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, stall);
        if (const char* roots = std::getenv("SSL_CERT_FILE"); roots != nullptr && *roots != '\0') {
            set(CURLOPT_CAINFO, roots);
        }
        set(CURLOPT_ERRORBUFFER, said_);
        set(CURLOPT_WRITEFUNCTION, &Request::on_bytes);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &Request::on_progress);
        set(CURLOPT_XFERINFODATA, this);
        from_ = into.size();
        if (from_ > 0) {
            range_ = fmt::format("{}-", from_);
            set(CURLOPT_RANGE, range_.c_str());
        }
    }

    /// Whether all is there now; false where it broke off and may be tried again. Errors: those
    /// that another attempt would meet again.
    Result<bool> perform() {
        if (curl_ == nullptr) return fail(ErrorCode::out_of_memory, "no memory for a connection");
        const CURLcode code = curl_easy_perform(curl_.get());
        if (error_) return fail(std::move(*error_));
        if (options_.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        if (code == CURLE_OK && !begun_) {
            if (auto fits = begin(); !fits) return fail(fits.error());
        }
        if (into_.size() == bytes_) return true;
        reason_ = said_[0] != '\0' ? mask_secrets(said_) : curl_easy_strerror(code);
        if (code == CURLE_OK) reason_ = "the connection ended early";
        switch (code) {
            case CURLE_HTTP_RETURNED_ERROR: return refused();
            case CURLE_UNSUPPORTED_PROTOCOL:
            case CURLE_TOO_MANY_REDIRECTS: return bad_redirect();
            case CURLE_URL_MALFORMAT:
                return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", url_, reason_),
                            "check SACCADE_MODEL_MIRROR");
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
                return fail(ErrorCode::unavailable, fmt::format("{}: {}", url_, reason_),
                            "name the certificates to trust with SSL_CERT_FILE");
            default: return false;
        }
    }

    /// Why it broke off.
    [[nodiscard]] const std::string& reason() const { return reason_; }

  private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(curl_.get(), option, value);
    }
    [[nodiscard]] long status() const {
        long status = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
        return status;
    }

    /// The headers are there: whether what follows is the file, and from where on.
    Result<void> begin() {
        begun_ = true;
        if (status() != 206 && from_ > 0) {
            if (auto cleared = into_.clear(); !cleared) return cleared;
            from_ = 0;
        }
        curl_off_t length = -1;
        curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        if (length >= 0 && from_ + static_cast<std::uint64_t>(length) != bytes_) {
            return other_size(from_ + static_cast<std::uint64_t>(length));
        }
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> other_size(std::uint64_t size) const {
        return fail(
            ErrorCode::corrupt,
            fmt::format("{}: is not the file: {} bytes where it has {}", url_, size, bytes_),
            "name a mirror that has it with SACCADE_MODEL_MIRROR");
    }

    Result<bool> refused() {
        const long got = status();
        if (got == 416 && from_ > 0) {  // what is here is no beginning of what it has
            if (auto cleared = into_.clear(); !cleared) return fail(cleared.error());
            return false;
        }
        if (got >= 500 || got == 429 || got == 408) {
            reason_ = fmt::format("the server answers {}", got);
            return false;
        }
        return fail(got == 404 || got == 410 ? ErrorCode::not_found : ErrorCode::unreadable,
                    fmt::format("{}: the server answers {}", url_, got),
                    "name a mirror that has it with SACCADE_MODEL_MIRROR");
    }

    [[nodiscard]] tl::unexpected<Error> bad_redirect() const {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: the server sends on to where {} is not followed: {}", url_,
                                https_ ? "HTTPS" : "HTTP", reason_),
                    "name a mirror that has it with SACCADE_MODEL_MIRROR");
    }

    /// libcurl's: anything but `count` ends the transfer.
    static std::size_t on_bytes(char* data, std::size_t, std::size_t count, void* self) {
        return static_cast<Request*>(self)->take({data, count}) ? count : 0;
    }
    bool take(std::string_view data) {
        const auto stop_with = [&](Error error) {
            error_ = std::move(error);
            return false;
        };
        if (!begun_) {
            if (auto fits = begin(); !fits) return stop_with(fits.error());
        }
        if (into_.size() + data.size() > bytes_) {
            const auto more = other_size(into_.size() + data.size());
            if (auto cleared = into_.clear(); !cleared) return stop_with(cleared.error());
            return stop_with(more.value());
        }
        if (auto written = into_.append(std::as_bytes(std::span(data))); !written) {
            return stop_with(written.error());
        }
        return true;
    }

    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        const auto& request = *static_cast<Request*>(self);
        if (request.options_.progress) {
            request.options_.progress(request.into_.size(), request.bytes_);
        }
        return request.options_.stop.stop_requested() ? 1 : 0;
    }

    const std::string url_;  ///< to be told
    PartFile& into_;
    const std::uint64_t bytes_;
    const DownloadOptions& options_;
    const std::unique_ptr<CURL, void (*)(CURL*)> curl_;
    const bool https_;
    std::uint64_t from_ = 0;
    std::string range_, reason_;
    bool begun_ = false;
    std::optional<Error> error_;
    char said_[CURL_ERROR_SIZE] = {};
};

/// Sleeps in small steps, so that a stop is heard.
void rest(const DownloadOptions& options) {
    const auto until = std::chrono::steady_clock::now() + options.pause;
    while (!options.stop.stop_requested() && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

}  // namespace

Result<void> download(const std::string& url, PartFile& into, std::uint64_t bytes,
                      const DownloadOptions& options) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    if (into.size() > bytes) {
        if (auto cleared = into.clear(); !cleared) return cleared;
    }
    std::string reason;
    std::uint64_t most = into.size();
    for (int all = 0, idle = 0; into.size() < bytes; ++all) {
        if (options.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        if (idle >= options.attempts || all >= most_attempts) {
            return fail(ErrorCode::unavailable,
                        fmt::format("{}: can't be fetched: {}", mask_url(url), reason),
                        into.size() > 0 ? try_again : no_way);
        }
        if (idle > 0) rest(options);
        Request request(url, into, bytes, options);
        const auto done = request.perform();
        if (!done) return fail(done.error());
        reason = request.reason();
        idle = into.size() > most ? 0 : idle + 1;
        most = std::max(most, into.size());
    }
    return {};
}

}  // namespace saccade::catalogue
