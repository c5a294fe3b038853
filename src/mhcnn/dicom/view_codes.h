#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/image/flags.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// One view of CID 4014 (PS3.16): its codes and the word ViewPosition (0018,5101) uses for it.
struct ViewCode {
  const char* sct;      ///< SNOMED CT code, scheme SCT
  const char* srt;      ///< the older SNOMED-RT code, schemes SRT, SNM3, 99SDM
  const char* word;     ///< "MLO"
  const char* meaning;  ///< code meaning
  View view;            ///< the view that it stands for
};

/// One view modifier of CID 4015 and the flag it raises.
struct ViewModifierCode {
  const char* sct;           ///< SNOMED CT code
  const char* srt;           ///< SNOMED-RT code
  const char* word;          ///< word for the table of results
  const char* meaning;       ///< code meaning
  std::optional<Flag> flag;  ///< nothing where it changes nothing for density
};

/// Returns all views of CID 4014.
const std::vector<ViewCode>& ViewCodes();
/// Returns all view modifiers of CID 4015.
const std::vector<ViewModifierCode>& ViewModifierCodes();

/// Finds a view by a code value of either scheme. Returns null if no view has it.
const ViewCode* FindViewCode(std::string_view code);
/// Finds a view modifier by a code value of either scheme. Returns null if no modifier has it.
const ViewModifierCode* FindViewModifierCode(std::string_view code);

/// Content of View Position.
struct ParsedView {
  const ViewCode* code = nullptr;                    ///< null: none of the views is named
  std::vector<const ViewModifierCode*> modifiers{};  ///< modifiers that are named with the view
  Laterality side = Laterality::kUnknown;            ///< the side that is named
  bool other = false;  ///< no view is named, but a modifier or a word such as LATERAL
};

/// Reads View Position such as "CC", "mlo", "MLOID", "MCC" or "CC SPOT MAG", also with the side
/// before or behind it: "RMLO", "L-CC", "MLO R", "LEFT MLO".
ParsedView ParseView(std::string_view word);

}  // namespace mhcnn
