// Digests of bytes: SHA-256 for cache keys and integrity, SHA-1 where a file format has it, MD5 for
// golden output only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "saccade/error.h"

namespace saccade {

/// An incremental digest (OpenSSL's EVP). One thread at a time.
class Digest {
  public:
    enum class Algorithm { md5, sha1, sha256 };
    explicit Digest(Algorithm algorithm);
    ~Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
    /// Lower-case hex of all so far; the digest is then used up.
    [[nodiscard]] std::string hex();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-256 of bytes in memory, hex.
std::string sha256(std::string_view bytes);

/// SHA-256 of a whole file, hex. Errors: not_found, unreadable.
Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace saccade
