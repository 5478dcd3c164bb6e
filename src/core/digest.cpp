#include "core/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace saccade {

struct Digest::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    EVP_MD_CTX_free};
};

Digest::Digest(Algorithm algorithm) : state_(std::make_unique<State>()) {
    const EVP_MD* kind = algorithm == Algorithm::md5    ? EVP_md5()
                         : algorithm == Algorithm::sha1 ? EVP_sha1()
                                                        : EVP_sha256();
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), kind, nullptr) != 1) {
        throw std::runtime_error("OpenSSL refuses the digest (FIPS mode?)");
    }
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string Digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(state_->context.get(), raw.data(), &size);
    std::string text;
    text.reserve(2 * size);
    for (unsigned int i = 0; i < size; ++i)
        fmt::format_to(std::back_inserter(text), "{:02x}", raw[i]);
    return text;
}

std::string sha256(std::string_view bytes) {
    Digest digest(Digest::Algorithm::sha256);
    digest.update(bytes);
    return digest.hex();
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::error_code ignored;
        const bool exists = std::filesystem::exists(path, ignored);
        return fail(
            exists ? ErrorCode::unreadable : ErrorCode::not_found,
            fmt::format("{}: {}", path.string(), exists ? "can't be opened" : "no such file"));
    }
    Digest digest(Digest::Algorithm::sha256);
    std::array<char, 1 << 16> buffer{};
    while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
        digest.update(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
    }
    if (file.bad())
        return fail(ErrorCode::unreadable, fmt::format("{}: read error", path.string()));
    return digest.hex();
}

}  // namespace saccade
