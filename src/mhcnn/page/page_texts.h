#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mhcnn/page/exam_rows.h"

namespace mhcnn {

/// Returns the texts of a page about flags, errors and categories: `flags`, a list in the order of
/// the words, each with its sentence and advice; `errors` by code; `categories` by letter.
nlohmann::json PageTextsJson(const StringTable& flags);

}  // namespace mhcnn
