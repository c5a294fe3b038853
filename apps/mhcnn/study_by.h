#pragma once

#include <CLI/CLI.hpp>

#include "analyze/studies.h"

namespace mhcnn::cli {

/// The option --study-by of `predict` and `merge`.
inline void AddStudyBy(CLI::App& command, StudyBy& by) {
  command
      .add_option(
          "--study-by", by,
          "what makes files one exam: auto (Study Instance UID, else patient and date, else "
          "each file by itself) or folder")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, StudyBy>{{"auto", StudyBy::kAuto}, {"folder", StudyBy::kFolder}}));
}

}  // namespace mhcnn::cli
