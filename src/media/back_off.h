// When a camera that is gone is tried again: later and later, and not all of a host at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <utility>

namespace saccade::media {

/// Pauses grow by half from `shortest` to `longest`, so that a camera that was away for ten seconds
/// is not waited for much longer, and each is cut by chance to between half of it and
/// all of it, so that the streams of a host that comes back don't meet there. A stream that ran for
/// a good minute starts from the beginning. While no stream of a host runs, all of it share the
/// longest pause that they have come to: a new one does not begin to hammer at what is known to be
/// gone. Any thread.
class BackOff {
  public:
    static constexpr std::chrono::milliseconds shortest{500};
    static constexpr std::chrono::seconds good{60};

    explicit BackOff(std::uint64_t seed = std::random_device{}()) : chance_(seed) {}

    /// A stream of a host, as long as it lives.
    class Member {
      public:
        Member(BackOff& all, std::string host) : all_(all), host_(std::move(host)) {
            all_.join(host_);
        }
        ~Member() { all_.leave(*this); }
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;

        /// It has a picture.
        void runs() { all_.runs(*this); }
        /// It broke off after it ran for so long (0: it never got a picture) and is not to be tried
        /// for the time returned, `longest` at most. `refused`: the host answers, and wants another
        /// password: cameras lock accounts after a few tries, so that it starts from `longest`.
        std::chrono::nanoseconds failed(std::chrono::nanoseconds ran,
                                        std::chrono::nanoseconds longest, bool refused = false) {
            return all_.failed(*this, ran, longest, refused);
        }

      private:
        friend class BackOff;
        BackOff& all_;
        const std::string host_;
        unsigned failures_ = 0;  ///< in a row
        bool running_ = false;
    };

  private:
    struct Host {
        std::size_t members = 0, running = 0;
        unsigned failures = 0;  ///< as far as the host itself may be gone
    };
    void join(const std::string& host);
    void leave(Member& member);
    void runs(Member& member);
    std::chrono::nanoseconds failed(Member& member, std::chrono::nanoseconds ran,
                                    std::chrono::nanoseconds longest, bool refused);

    std::mutex mutex_;
    std::mt19937_64 chance_;
    std::map<std::string, Host> hosts_;  ///< that have members
};

}  // namespace saccade::media
