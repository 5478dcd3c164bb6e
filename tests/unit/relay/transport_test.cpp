#include "relay/transport.h"

#include <gtest/gtest.h>

namespace saccade::relay {
namespace {

TEST(ChooseTransport, TakesTheFirstThatItHas) {
    const auto tcp = choose_transport("RTP/AVP/TCP;unicast;interleaved=4-5");
    ASSERT_TRUE(tcp);
    EXPECT_FALSE(tcp->udp);
    EXPECT_EQ(tcp->channel, 4);
    const auto udp =
        choose_transport("RTP/AVP;multicast, RTP/AVP/UDP;unicast;client_port=5000-5001");
    ASSERT_TRUE(udp);
    EXPECT_TRUE(udp->udp);
    EXPECT_EQ(udp->rtp_port, 5000);
    EXPECT_EQ(udp->rtcp_port, 5001);
    EXPECT_TRUE(choose_transport("RTP/AVP/TCP"));
}

TEST(ChooseTransport, SendsToNobodyElse) {
    // (An address that is not the player's own would make the relay a weapon.)
    const auto other =
        choose_transport("RTP/AVP;unicast;destination=10.0.0.1;client_port=5000-5001");
    ASSERT_TRUE(other);
    EXPECT_FALSE(choose_transport("RTP/AVP;unicast;client_port=53-54"));
}

TEST(ChooseTransport, RefusesWhatItCantRead) {
    for (const char* text :
         {"", ",", ";", "RTP/SAVP;unicast;client_port=5000-5001", "RTP/AVP",
          "RTP/AVP;client_port=5000-", "RTP/AVP;client_port=a-b", "RTP/AVP;client_port=70000-70001",
          "RTP/AVP/TCP;interleaved=255-256", "RTP/AVP/TCP;interleaved=3-9", "RTP/AVP;multicast"}) {
        EXPECT_FALSE(choose_transport(text)) << text;
    }
}

}  // namespace
}  // namespace saccade::relay
