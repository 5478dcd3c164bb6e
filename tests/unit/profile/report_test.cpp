#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "profile/html/charts.h"
#include "profile/html/page.h"
#include "profile/profile_report.h"
#include "run_fake.h"

namespace saccade::profile {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Profile sample_profile() {
    Profile p;
    p.title = "Profile of <b>evil</b> & 'co'.mp4";
    p.setup = "yolo";
    p.version = "0.1.0";
    p.machine = describe_machine();
    p.measurement = test::run_and_measure({.frames = 60, .streams = 2, .at_once = 2});
    p.verdict = judge(p.measurement);
    p.layers = {{"conv<1>", "jit", 2.5}, {"pool", "ref", 0.5}};
    p.peak_memory = 100'000'000;
    return p;
}

/// Every tag that is opened is closed, in order.
void expect_well_formed(const std::string& page) {
    static const std::regex tag("<(/?)([a-zA-Z0-9]+)((?:[^>\"]|\"[^\"]*\")*)>");
    std::vector<std::string> open;
    for (std::sregex_iterator it(page.begin(), page.end(), tag), end; it != end; ++it) {
        const std::string name = (*it)[2], rest = (*it)[3];
        if (name == "meta" || (!rest.empty() && rest.back() == '/')) continue;
        if ((*it)[1].length() == 0) {
            open.push_back(name);
        } else {
            ASSERT_FALSE(open.empty()) << "</" << name << ">";
            ASSERT_EQ(open.back(), name);
            open.pop_back();
        }
    }
    EXPECT_TRUE(open.empty());
    EXPECT_THAT(page, Not(HasSubstr("nan")));
    EXPECT_THAT(page, Not(HasSubstr("=\"inf")));
}

TEST(Html, TextIsEscaped) {
    EXPECT_EQ(html::escape("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
    EXPECT_EQ(html::escape(std::string("x\0y\n\x1B", 5)), "x y  ");
    EXPECT_EQ(html::escape("Straße"), "Straße");
}

TEST(Html, NumbersHaveTheDigitsThatMatter) {
    EXPECT_EQ(html::number(0), "0");
    EXPECT_EQ(html::number(0.0421), "0.042");
    EXPECT_EQ(html::number(3.14159), "3.14");
    EXPECT_EQ(html::number(31.4159), "31.4");
    EXPECT_EQ(html::number(314.159), "314");
    EXPECT_EQ(html::number(12400), "12,400");
    EXPECT_EQ(html::number(1234567.8), "1,234,568");
    EXPECT_EQ(html::number(-12400), "-12,400");
    EXPECT_EQ(html::number(1.0 / 0.0), "-");
}

TEST(Charts, TicksAreRoundAndReachTheTop) {
    EXPECT_EQ(html::ticks(10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
    EXPECT_EQ(html::ticks(0, 5), (std::vector<double>{0, 1}));
    for (const double most : {0.003, 0.7, 1.0, 33.0, 97.3, 12345.0, 1e9}) {
        const auto ticks = html::ticks(most, 5);
        EXPECT_GE(ticks.back(), most * (1 - 1e-6));
        EXPECT_LE(ticks.size(), 8U);
        EXPECT_GE(ticks.size(), 3U);
    }
}

TEST(Charts, DrawNothingOfNothing) {
    expect_well_formed(html::line_chart({}, {}));
    expect_well_formed(html::histogram({}, {}, {}));
    expect_well_formed(html::share_bar({}, "ms"));
    expect_well_formed(html::timeline({}, 0, 0));
    expect_well_formed(html::line_chart({{.name = "one", .x = {1}, .y = {0}, .points = true}}, {}));
    expect_well_formed(html::histogram({0, 0, 0}, {{"p50", 0}}, {}));
}

TEST(ProfileReport, HtmlIsWellFormedAndEscaped) {
    const std::string page = profile_html(sample_profile());
    expect_well_formed(page);
    EXPECT_THAT(page, Not(HasSubstr("<b>evil")));
    EXPECT_THAT(page, HasSubstr("&lt;b&gt;evil&lt;/b&gt; &amp; &#39;co&#39;.mp4"));
    EXPECT_THAT(page, HasSubstr("conv&lt;1&gt;"));
    EXPECT_THAT(page, HasSubstr("prefers-color-scheme:dark"));
    // One file: nothing is fetched.
    EXPECT_THAT(page, Not(HasSubstr("http")));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(ProfileReport, JsonHoldsEverythingThatWasMeasured) {
    const Profile p = sample_profile();
    const json out = json::parse(profile_json(p));
    EXPECT_EQ(out["schema"], "saccade.profile/1");
    EXPECT_EQ(out["frames"], 120);
    ASSERT_EQ(out["stages"].size(), stage_count);
    for (const json& stage : out["stages"]) {
        EXPECT_EQ(stage["time"]["count"], 120) << stage;
        for (const char* key : {"mean_ms", "p50_ms", "p95_ms", "p99_ms"}) {
            EXPECT_GE(stage["time"][key].get<double>(), 0);
        }
    }
    EXPECT_EQ(out["queues"].size(), 3U);
    EXPECT_EQ(out["verdict"]["bottleneck"], p.verdict.bottleneck);
    EXPECT_EQ(out["layers"].size(), 2U);
    EXPECT_EQ(out["samples"]["time_s"].size(), out["samples"]["memory_mb"].size());
}

TEST(ProfileReport, TextNamesStagesQueuesAndVerdict) {
    const std::string text = profile_text(sample_profile());
    for (const char* part : {"decode", "preprocess", "network", "postprocess", "track", "sink",
                             "before the device", "VERDICT", "conv<1>"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
}

TEST(ProfileReport, OfARunWithoutFramesIsStillAReport) {
    Profile p;
    p.verdict = judge(p.measurement);
    expect_well_formed(profile_html(p));
    EXPECT_TRUE(json::accept(profile_json(p)));
    EXPECT_FALSE(profile_text(p).empty());
}

}  // namespace
}  // namespace saccade::profile
