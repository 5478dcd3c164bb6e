// What the images of a run are called in results.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade::media {

/// Names of one image, none of which another image of the same ImageNames has.
struct ImageName {
    std::string name;     ///< its path below the folder that all of them share
    std::string label;    ///< a file name for its labels, without folder and ending: its own stem
                          ///< where no image before it has that
    std::int64_t id = 0;  ///< as COCO numbers images; see ImageNames
};

/// Names for a set of images that is known beforehand. Immutable; any thread.
///
/// An image whose stem is a number has it as its id, as COCO's own images do ("000000000139.jpg" is
/// 139): the first one where several have the same. All others are numbered on behind the largest of
/// those, or from 0 where there is none, in their order.
class ImageNames {
  public:
    explicit ImageNames(const std::vector<std::string>& paths);

    /// `path` is one of those that this was made of.
    [[nodiscard]] const ImageName& of(const std::string& path) const { return names_.at(path); }

  private:
    std::unordered_map<std::string, ImageName> names_;
};

}  // namespace saccade::media
