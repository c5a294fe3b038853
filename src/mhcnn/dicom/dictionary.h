#pragma once

#include <string>

namespace mhcnn {

/// Gives the toolkit the data dictionary (PS3.6) that this program carries, in place of the one
/// that the environment (DCMDICTPATH) names or the machine lacks: elements in implicit VR are what
/// the dictionary says. Returns what is wrong with it, "" where nothing is. Call it once, before
/// threads ask for the dictionary.
std::string UseOwnDictionary();

/// State of the data dictionary that the toolkit uses.
struct DictionaryState {
  int entries = 0;      ///< elements that the dictionary describes
  std::string problem;  ///< "" where the dictionary in use is this program's and is whole
};
/// Returns the state of the dictionary in use.
DictionaryState DicomDictionaryState();

}  // namespace mhcnn
