#pragma once

#include <vector>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// A coded concept (PS3.3 8): value, coding scheme, meaning.
struct Code {
  /// Code Value.
  const char* value;
  const char* scheme;   ///< "SCT", "DCM", "UCUM", ...
  const char* meaning;  ///< at most 64 characters
  /// Compares all three texts.
  bool operator==(const Code&) const = default;
};

/// All codes that result objects use, by name: codes::kBreastComposition. The table is codes.inc.
namespace codes {
#define MHCNN_CODE(name, value, scheme, meaning, context) \
  inline constexpr Code k##name{value, scheme, meaning};
#include "mhcnn/results/codes.inc"
#undef MHCNN_CODE
}  // namespace codes

/// A line of the table.
struct NamedCode {
  /// Name in the program.
  const char* name;
  /// The code.
  Code code;
  const char* context;  ///< "CID 6000", or "-"
};
/// Returns the whole table.
const std::vector<NamedCode>& AllCodes();

/// CID 6000: composition of a category.
const Code& CompositionCode(DensityCategory category);
/// CID 244 ("Right"), null where the side is not known.
const Code* SideCode(Laterality laterality);
/// CID 244 of an exam's figures ("Bilateral"), null where they have no side.
const Code* SideCode(ExamSide side);
/// CID 6022 ("Right breast"), null where the side is not known.
const Code* BreastSideCode(Laterality laterality);
/// CID 6022 of an exam's figures ("Both breasts"), null where they have no side.
const Code* BreastSideCode(ExamSide side);

}  // namespace mhcnn
