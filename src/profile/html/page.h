// The frame of a report: one HTML file with its style in it, light and dark.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saccade::profile::html {

/// Text as it may stand between tags and in quoted attributes; control bytes become spaces.
[[nodiscard]] std::string escape(std::string_view text);

/// A number with as many digits as a reader needs: "0.042", "3.14", "128", "12,400".
[[nodiscard]] std::string number(double value);

/// A tile with a large number in it.
struct Tile {
    std::string value, unit, label;
};

/// Puts a page together. Headings and cell texts are escaped here; `html` is taken as it is.
class Page {
  public:
    Page(std::string_view title, std::string_view subtitle);

    void tiles(const std::vector<Tile>& tiles);
    void section(std::string_view heading, std::string_view note = {});
    void paragraph(std::string_view text);
    void list(const std::vector<std::string>& items);
    void html(std::string_view html) { body_ += html; }
    /// The first column holds names, the others numbers.
    void table(const std::vector<std::string>& head,
               const std::vector<std::vector<std::string>>& rows);
    /// A framed summary in larger type.
    void callout(std::string_view kind, std::string_view text);

    [[nodiscard]] std::string finish(std::string_view footer) &&;

  private:
    void close_section();

    std::string title_, body_;
    bool open_ = false;
};

}  // namespace saccade::profile::html
