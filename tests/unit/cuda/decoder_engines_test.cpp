#include "cuda/decoder_engines.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace saccade::cuda {
namespace {

TEST(DecoderEngines, AreCountedByTheDriver) {
    for (const int engines : {1, 7}) {
        ::setenv("FAKE_NVCUVID_ENGINES", std::to_string(engines).c_str(), 1);
        EXPECT_EQ(decoder_engines(FAKE_NVCUVID), engines);
    }
    ::unsetenv("FAKE_NVCUVID_ENGINES");
}

TEST(DecoderEngines, AreUnknownWithoutTheLibraryItsCallOrAContext) {
    EXPECT_FALSE(decoder_engines("libnvcuvid-that-is-not-there.so.1"));
    EXPECT_FALSE(decoder_engines("libc.so.6"));
    ::setenv("FAKE_NVCUVID_ENGINES", "refused", 1);
    EXPECT_FALSE(decoder_engines(FAKE_NVCUVID));
    ::unsetenv("FAKE_NVCUVID_ENGINES");
}

}  // namespace
}  // namespace saccade::cuda
