// What objects look like: a smoothed embedding for each.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace saccade::track {

/// Unit vectors of one length, in slots that are used again. An exponential moving average of what
/// was seen, as in BoT-SORT (Aharon et al. 2022): e = 0.9 e + 0.1 f, scaled to length 1.
class AppearanceStore {
  public:
    /// Embeddings come with `dim` numbers from now on. A change of it forgets every look.
    void set_dimension(std::size_t dim);

    /// A free slot with nothing seen in it yet.
    [[nodiscard]] int acquire();
    void release(int slot);
    /// Takes one look at an object, `dim` numbers of any length; a look that is not finite or all
    /// zero says nothing and is passed over.
    void see(int slot, std::span<const float> embedding);

    /// What was seen of an object; valid until the next acquire().
    [[nodiscard]] std::span<const float> look(int slot) const { return at(slot); }
    /// Cosine distance / 2 in [0, 1] to a look, or 1 where either says nothing.
    [[nodiscard]] float distance(int slot, std::span<const float> embedding) const;

  private:
    [[nodiscard]] std::span<float> at(int slot) {
        return {data_.data() + static_cast<std::size_t>(slot) * dim_, dim_};
    }
    [[nodiscard]] std::span<const float> at(int slot) const {
        return {data_.data() + static_cast<std::size_t>(slot) * dim_, dim_};
    }

    std::size_t dim_ = 0;
    std::vector<float> data_;  // slots * dim_
    std::vector<char> known_;  // of each slot: anything seen?
    std::vector<int> free_;
};

}  // namespace saccade::track
