#include "core/digest.h"

#include <gtest/gtest.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

// RFC 1321 A.5 and FIPS 180-2 B.1.
TEST(Digest, MatchesTheStandardsVectors) {
    Digest md5(Digest::Algorithm::md5);
    md5.update("a");
    md5.update("bc");
    EXPECT_EQ(md5.hex(), "900150983cd24fb0d6963f7d28e17f72");
    Digest sha(Digest::Algorithm::sha256);
    sha.update("abc");
    EXPECT_EQ(sha.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, OfAFile) {
    test::TempDir dir;
    test::write_file(dir / "f", "abc");
    EXPECT_EQ(sha256_of_file(dir / "f").value(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_of_file(dir / "none").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace saccade
