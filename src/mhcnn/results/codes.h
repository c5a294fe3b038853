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

/// Returns the composition code of a category (CID 6000).
const Code& CompositionCode(DensityCategory category);
/// Returns the code of a side (CID 244, such as "Right"); null if the side is not known.
const Code* SideCode(Laterality laterality);
/// Returns the side code of an exam's figures (CID 244, "Bilateral"); null if they have no side.
const Code* SideCode(ExamSide side);
/// Returns the code of a breast (CID 6022, "Right breast"); null if the side is not known.
const Code* BreastSideCode(Laterality laterality);
/// Returns the breast code of an exam's figures (CID 6022, "Both breasts"); null if none.
const Code* BreastSideCode(ExamSide side);

}  // namespace mhcnn
