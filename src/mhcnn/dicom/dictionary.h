#pragma once

#include <string>

namespace mhcnn {

/// Gives the toolkit the data dictionary (PS3.6) of this program, in place of the one that the
/// environment (DCMDICTPATH) names or the machine does not have: the dictionary gives the meaning
/// of elements in implicit VR. Returns what is wrong with it, "" where nothing is. Must be called
/// once, before threads use the dictionary.
std::string InstallEmbeddedDictionary();

/// State of the data dictionary that the toolkit uses.
struct DictionaryState {
  int entries = 0;      ///< elements that the dictionary describes
  std::string problem;  ///< "" where the dictionary in use is this program's and is whole
};
/// Returns the state of the dictionary in use.
DictionaryState DicomDictionaryState();

}  // namespace mhcnn
