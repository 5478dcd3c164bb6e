// Random sequences in MOTChallenge's text form with tracks that miss, move, swap and invent boxes.
// The same on every machine: only raw words of a fixed generator are used, and two decimals.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "eval/mot_sequence.h"

namespace saccade::eval::test {

struct MotCase {
    std::string truth, tracks;  // the files' text
    int frames = 0;
};

class MotCaseMaker {
  public:
    explicit MotCaseMaker(std::uint32_t seed) : words_(seed) {}

    MotCase make(MotBenchmark benchmark) {
        MotCase c;
        c.frames = 50;
        std::vector<Object> objects;
        for (int id = 1; id <= 14; ++id) {
            Object o;
            o.x = between(0, 700);
            o.y = between(0, 400);
            o.dx = between(-6, 6);
            o.dy = between(-3, 3);
            o.width = between(30, 80);
            o.height = o.width * between(2, 3);
            o.from = 1 + static_cast<int>(below(25));
            o.to = o.from + 5 + static_cast<int>(below(40));
            o.class_id = below(2) == 0 ? 1 : 1 + static_cast<int>(below(13));
            o.judged = below(6) != 0;
            o.track = id;
            objects.push_back(o);
        }
        int next_track = 100;
        for (int f = 1; f <= c.frames; ++f) {
            if (below(12) == 0) continue;  // a frame with nothing in it
            const bool seen = below(12) != 0, labelled = below(12) != 0;
            for (Object& o : objects) {
                if (below(25) == 0) o.track = next_track++;
                if (below(25) == 0) std::swap(o.track, objects[below(14)].track);
            }
            for (std::size_t i = 0; i < objects.size(); ++i) {
                const Object& o = objects[i];
                if (f < o.from || f > o.to) continue;
                const double x = o.x + o.dx * (f - o.from), y = o.y + o.dy * (f - o.from);
                if (labelled) {
                    c.truth += fmt::format("{},{},{:.2f},{:.2f},{:.2f},{:.2f},{},{}\n", f, i + 1, x,
                                           y, o.width, o.height, o.judged ? 1 : 0,
                                           benchmark == MotBenchmark::mot15 ? -1 : o.class_id);
                }
                if (!seen || below(6) == 0) continue;
                const double off = below(3) == 0 ? 0.0 : below(4) == 0 ? 0.3 : 0.08;
                c.tracks += row(
                    f, o.track,
                    {x + off * o.width * between(-1, 1), y + off * o.height * between(-1, 1),
                     o.width * between(1 - off, 1 + off), o.height * between(1 - off, 1 + off)});
            }
            if (seen && below(3) == 0) {
                c.tracks += row(f, next_track++, {between(0, 700), between(0, 400), 50, 120});
            }
        }
        return c;
    }

  private:
    struct Object {
        double x, y, dx, dy, width, height;
        int from, to, class_id, track;
        bool judged;
    };

    // The box is one list, because lists are evaluated in order and arguments are not.
    static std::string row(int f, int id, const std::array<double, 4>& box) {
        return fmt::format("{},{},{:.2f},{:.2f},{:.2f},{:.2f},0.9,-1,-1,-1\n", f, id, box[0],
                           box[1], box[2], box[3]);
    }
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(words_() % n); }
    double between(double a, double b) {
        return a + (b - a) * static_cast<double>(words_()) / 4294967296.0;
    }

    std::mt19937 words_;
};

}  // namespace saccade::eval::test
