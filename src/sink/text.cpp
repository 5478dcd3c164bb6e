#include "sink/text.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "sink/font.h"
#include "sink/utf8.h"

namespace saccade::sink {
namespace {

struct LibraryCloser {
    void operator()(FT_Library library) const noexcept { FT_Done_FreeType(library); }
};
struct FaceCloser {
    void operator()(FT_Face face) const noexcept { FT_Done_Face(face); }
};
using Library = std::unique_ptr<FT_LibraryRec_, LibraryCloser>;
using Face = std::unique_ptr<FT_FaceRec_, FaceCloser>;

struct Glyph {
    FT_UInt index = 0;
    std::vector<std::uint8_t> coverage;
    int width = 0, height = 0;
    int left = 0, top = 0;  ///< of the bitmap, from the pen; top is upwards
    int advance = 0;        ///< px
};

}  // namespace

struct TextRenderer::State {
    Library library;
    Face face;  ///< after library, so that it is closed before it
    std::unordered_map<char32_t, Glyph> glyphs;
    int cap_height = 0;

    explicit State(int pixel_size) {
        FT_Library raw_library = nullptr;
        if (FT_Init_FreeType(&raw_library) != 0) throw std::runtime_error("FreeType can't start");
        library.reset(raw_library);
        const auto font = builtin_font();
        FT_Face raw_face = nullptr;
        if (FT_New_Memory_Face(raw_library, reinterpret_cast<const FT_Byte*>(font.data()),
                               static_cast<FT_Long>(font.size()), 0, &raw_face) != 0) {
            throw std::runtime_error("FreeType refuses the built-in font");
        }
        face.reset(raw_face);
        if (FT_Set_Pixel_Sizes(raw_face, 0, static_cast<FT_UInt>(pixel_size)) != 0) {
            throw std::runtime_error("the built-in font has no such size");
        }
        cap_height = glyph(U'H').top;
    }

    const Glyph& glyph(char32_t code) {
        const auto found = glyphs.find(code);
        if (found != glyphs.end()) return found->second;
        Glyph g;
        g.index = FT_Get_Char_Index(face.get(), code);
        // Light hinting snaps heights only, so letters keep their shapes and stand sharp.
        if (FT_Load_Glyph(face.get(), g.index, FT_LOAD_RENDER | FT_LOAD_TARGET_LIGHT) == 0) {
            const FT_GlyphSlot slot = face->glyph;
            g.width = static_cast<int>(slot->bitmap.width);
            g.height = static_cast<int>(slot->bitmap.rows);
            g.left = slot->bitmap_left;
            g.top = slot->bitmap_top;
            g.advance = static_cast<int>((slot->advance.x + 32) >> 6);
            for (int y = 0; y < g.height; ++y) {
                const unsigned char* row = slot->bitmap.buffer + y * slot->bitmap.pitch;
                g.coverage.insert(g.coverage.end(), row, row + g.width);
            }
        }
        return glyphs.emplace(code, std::move(g)).first->second;
    }

    int kerning(const Glyph* before, const Glyph& now) const {
        FT_Vector delta{};
        if (before == nullptr ||
            FT_Get_Kerning(face.get(), before->index, now.index, FT_KERNING_DEFAULT, &delta) != 0) {
            return 0;
        }
        return static_cast<int>(delta.x >> 6);
    }

    /// Calls place(glyph, pen) for each; returns the advance.
    template <typename Place>
    int lay_out(std::string_view text, Place&& place) {
        int pen = 0;
        const Glyph* before = nullptr;
        while (!text.empty()) {
            const Glyph& g = glyph(take_code_point(text));
            pen += kerning(before, g);
            place(g, pen);
            pen += g.advance;
            before = &g;
        }
        return pen;
    }
};

TextRenderer::TextRenderer(int pixel_size) : state_(std::make_unique<State>(pixel_size)) {}
TextRenderer::~TextRenderer() = default;

int TextRenderer::width(std::string_view text) {
    return state_->lay_out(text, [](const Glyph&, int) {});
}

void TextRenderer::draw(Canvas& canvas, std::string_view text, int x, int baseline, Rgb color) {
    state_->lay_out(text, [&](const Glyph& g, int pen) {
        canvas.blend({g.coverage, g.width, g.height}, x + pen + g.left, baseline - g.top, color);
    });
}

int TextRenderer::cap_height() const noexcept {
    return state_->cap_height;
}

}  // namespace saccade::sink
