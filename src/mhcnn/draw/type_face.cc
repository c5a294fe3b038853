#include "mhcnn/draw/type_face.h"

#include <hb.h>

#include <array>
#include <memory>
#include <mutex>

#include "mhcnn/base/embedded_file.h"
#include "mhcnn/base/error.h"

// The font files as they were when this program was built: a page looks the same everywhere.
MHCNN_EMBED(mhcnn_font_regular, MHCNN_FONTS "/Inter-Regular.otf");
MHCNN_EMBED(mhcnn_font_medium, MHCNN_FONTS "/Inter-Medium.otf");
MHCNN_EMBED(mhcnn_font_semi_bold, MHCNN_FONTS "/Inter-SemiBold.otf");

namespace mhcnn {
namespace {

/// A font of the program; its units are those of the em square, so that one object serves all
/// sizes.
class Font {
 public:
  Font(const char* begin, const char* end) {
    hb_blob_t* blob = hb_blob_create(begin, static_cast<unsigned>(end - begin),
                                     HB_MEMORY_MODE_READONLY, nullptr, nullptr);
    hb_face_t* face = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    units_ = hb_face_get_upem(face);
    font_ = hb_font_create(face);
    if (hb_face_get_glyph_count(face) == 0) {
      throw Error(ErrorCode::kInternal, "a font of this program cannot be read");
    }
    hb_face_destroy(face);
    hb_font_make_immutable(font_);
  }
  hb_font_t* get() const { return font_; }
  double units() const { return units_; }

 private:
  hb_font_t* font_ = nullptr;
  unsigned units_ = 0;
};

/// Returns a font, which is kept until the program ends.
const Font& FindFont(Weight weight) {
  static const auto* fonts =
      new std::array<Font, 3>{Font(mhcnn_font_regular, mhcnn_font_regular_end),
                              Font(mhcnn_font_medium, mhcnn_font_medium_end),
                              Font(mhcnn_font_semi_bold, mhcnn_font_semi_bold_end)};
  return (*fonts)[static_cast<std::size_t>(weight)];
}

/// Target of a glyph's outline, and its placement.
struct Pen {
  std::vector<OutlineStep>* steps = nullptr;
  double scale = 1, x = 0, y = 0;

  double X(float value) const { return x + scale * value; }
  double Y(float value) const { return y - scale * value; }
};

void Add(void* data, OutlineStep::Kind kind, float x = 0, float y = 0) {
  const Pen& pen = *static_cast<Pen*>(data);
  pen.steps->push_back({.kind = kind, .x = pen.X(x), .y = pen.Y(y)});
}

hb_draw_funcs_t* DrawFunctions() {
  static hb_draw_funcs_t* const functions = [] {
    hb_draw_funcs_t* f = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(
        f,
        [](hb_draw_funcs_t*, void* pen, hb_draw_state_t*, float x, float y, void*) {
          Add(pen, OutlineStep::Kind::kMove, x, y);
        },
        nullptr, nullptr);
    hb_draw_funcs_set_line_to_func(
        f,
        [](hb_draw_funcs_t*, void* pen, hb_draw_state_t*, float x, float y, void*) {
          Add(pen, OutlineStep::Kind::kLine, x, y);
        },
        nullptr, nullptr);
    // Quadratic curves reach this function as cubic ones.
    hb_draw_funcs_set_cubic_to_func(
        f,
        [](hb_draw_funcs_t*, void* data, hb_draw_state_t*, float x1, float y1, float x2, float y2,
           float x, float y, void*) {
          const Pen& pen = *static_cast<Pen*>(data);
          pen.steps->push_back({OutlineStep::Kind::kCurve, pen.X(x1), pen.Y(y1), pen.X(x2),
                                pen.Y(y2), pen.X(x), pen.Y(y)});
        },
        nullptr, nullptr);
    hb_draw_funcs_set_close_path_func(
        f,
        [](hb_draw_funcs_t*, void* pen, hb_draw_state_t*, void*) {
          Add(pen, OutlineStep::Kind::kClose);
        },
        nullptr, nullptr);
    hb_draw_funcs_make_immutable(f);
    return f;
  }();
  return functions;
}

struct DestroyBuffer {
  void operator()(hb_buffer_t* buffer) const { hb_buffer_destroy(buffer); }
};

/// Shapes a line of text. `pen` may have no steps: then only the width is found.
double Shape(std::string_view text, double size, Weight weight, Pen pen) {
  const Font& font = FindFont(weight);
  const std::unique_ptr<hb_buffer_t, DestroyBuffer> buffer(hb_buffer_create());
  hb_buffer_add_utf8(buffer.get(), text.data(), static_cast<int>(text.size()), 0, -1);
  hb_buffer_set_direction(buffer.get(), HB_DIRECTION_LTR);
  hb_buffer_guess_segment_properties(buffer.get());
  hb_buffer_set_language(buffer.get(), hb_language_from_string("en", -1));
  const hb_feature_t equal_figures = {HB_TAG('t', 'n', 'u', 'm'), 1, HB_FEATURE_GLOBAL_START,
                                      HB_FEATURE_GLOBAL_END};
  hb_shape(font.get(), buffer.get(), &equal_figures, 1);
  unsigned count = 0;
  const hb_glyph_info_t* glyphs = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* places = hb_buffer_get_glyph_positions(buffer.get(), &count);
  const double scale = size / font.units();
  pen.scale = scale;
  double x = 0;
  for (unsigned i = 0; i < count; ++i) {
    if (pen.steps != nullptr) {
      pen.x = x + scale * places[i].x_offset;
      pen.y = -scale * places[i].y_offset;
      hb_font_get_glyph_shape(font.get(), glyphs[i].codepoint, DrawFunctions(), &pen);
    }
    x += scale * places[i].x_advance;
  }
  return x;
}

/// Bytes of the character that starts at `at`.
std::size_t CharacterLength(const std::string& text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

/// The longest beginning of whole characters that is not wider, at least one character.
std::string Beginning(const std::string& text, const TextStyle& style, double width) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t next = end + CharacterLength(text, end);
    if (end > 0 && TextWidth(text.substr(0, next), style) > width) break;
    end = next;
  }
  return text.substr(0, end);
}

}  // namespace

SetText SetLine(std::string_view text, double size, Weight weight) {
  SetText set;
  Pen pen;
  pen.steps = &set.outline;
  set.width = Shape(text, size, weight, pen);
  return set;
}

double TextWidth(std::string_view text, const TextStyle& style) {
  return Shape(text, style.size, style.weight, {});
}

std::vector<std::string> WrapText(const std::string& text, const TextStyle& style, double width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word = text.substr(at, end - at);
    at = end;
    const std::string longer = line.empty() ? word : line + " " + word;
    if (TextWidth(longer, style) <= width) {
      line = longer;
      continue;
    }
    if (!line.empty()) lines.push_back(line);
    while (TextWidth(word, style) > width) {
      const std::string part = Beginning(word, style, width);
      if (part.size() == word.size()) break;
      lines.push_back(part);
      word.erase(0, part.size());
    }
    line = word;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string FitText(const std::string& text, const TextStyle& style, double width) {
  if (TextWidth(text, style) <= width) return text;
  std::string begin = Beginning(text, style, width - TextWidth("…", style));
  while (!begin.empty() && begin.back() == ' ') begin.pop_back();
  return begin + "…";
}

}  // namespace mhcnn
