// Random data sets with detections for the COCO tests: crowds, equal scores, empty images, boxes of
// all areas. The same on every machine: only raw words of a fixed generator are used.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "eval/coco_evaluator.h"

namespace saccade::eval::test {

struct CocoCase {
    CocoDataset truth;
    std::map<std::int64_t, std::vector<Detection>> found;  // by image
    std::vector<std::optional<std::int64_t>> category_of_class;
    std::array<int, 3> max_detections{1, 10, 100};
};

class CaseMaker {
  public:
    explicit CaseMaker(std::uint32_t seed) : words_(seed) {}

    CocoCase make() {
        CocoCase c;
        const std::size_t images = 2 + below(12), categories = 1 + below(5);
        if (below(3) == 0) c.max_detections = {1, 3, 7};
        for (std::size_t i = 0; i < images; ++i) {  // ids neither dense nor ascending
            const auto id = static_cast<std::int64_t>((images - i) * 7 + 3);
            c.truth.images.push_back({id, fmt::format("{}.jpg", id), 640, 480});
        }
        for (std::size_t k = 0; k < categories; ++k) {
            const auto id = static_cast<std::int64_t>(k * 3 + 1);
            c.truth.categories.push_back({id, fmt::format("thing {}", k)});
            c.category_of_class.emplace_back(id);
        }
        c.category_of_class.emplace_back();  // a class that the data set lacks
        for (const CocoImage& image : c.truth.images) fill(c, image.id, categories);
        return c;
    }

  private:
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(words_() % n); }
    double part() { return static_cast<double>(words_()) / 4294967296.0; }
    double between(double a, double b) { return a + (b - a) * part(); }

    void fill(CocoCase& c, std::int64_t image, std::size_t categories) {
        const std::size_t objects = below(4) == 0 ? 0 : below(9);
        auto& found = c.found[image];
        for (std::size_t i = 0; i < objects; ++i) {
            CocoAnnotation a;
            a.image_id = image;
            const auto k = below(static_cast<std::uint32_t>(categories));
            a.category_id = *c.category_of_class[k];
            const double side = below(3) == 0 ? 20 : below(2) == 0 ? 60 : 150;
            a.x = between(0, 500);
            a.y = between(0, 350);
            a.width = between(0.5, 1.5) * side;
            a.height = between(0.5, 1.5) * side;
            a.area = a.width * a.height * between(0.6, 1.0);
            a.crowd = below(8) == 0;
            c.truth.annotations.push_back(a);
            for (std::uint32_t n = below(4); n > 0; --n) {  // found, more or less
                const double off = below(4) == 0 ? 0.0 : below(2) == 0 ? 0.05 : 0.25;
                const double x = a.x + a.width * off * between(-1, 1);
                const double y = a.y + a.height * off * between(-1, 1);
                const auto as =
                    below(6) == 0 ? below(static_cast<std::uint32_t>(categories) + 1) : k;
                found.push_back(detection({x, y, a.width * between(1 - off, 1 + off),
                                           a.height * between(1 - off, 1 + off)},
                                          as));
            }
        }
        for (std::uint32_t n = below(6); n > 0; --n) {
            const auto as = below(static_cast<std::uint32_t>(categories) + 1);
            found.push_back(detection(
                {between(0, 600), between(0, 400), between(1, 200), between(1, 200)}, as));
        }
    }

    // The box (x, y, w, h) is one list, because lists are evaluated in order and arguments are not.
    Detection detection(const std::array<double, 4>& box, std::uint32_t k) {
        Detection d;
        d.box = {static_cast<float>(box[0]), static_cast<float>(box[1]),
                 static_cast<float>(box[0] + box[2]), static_cast<float>(box[1] + box[3])};
        d.score = static_cast<float>(below(20)) / 20.0F;  // many equal ones
        d.class_id = static_cast<int>(k);
        return d;
    }

    std::mt19937 words_;
};

}  // namespace saccade::eval::test
