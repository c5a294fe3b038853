#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Part of the body in an image, as a text names it.
enum class BodyPart {
  kNone,    ///< none: the text is empty
  kBreast,  ///< the breast, in one of some fifty languages
  kOther,   ///< another part, by a term of PS3.16 annex L or its like in other languages
  kUnknown  ///< a word that is not known
};

/// Reads Body Part Examined or an anatomic region's meaning in UTF-8, in any case and with or
/// without accents; the text may also name a side ("MAMA DIREITA", "BRUST_LI").
BodyPart ReadBodyPart(std::string_view text);

}  // namespace mhcnn
