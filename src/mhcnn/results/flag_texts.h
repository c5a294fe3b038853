#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// Returns the meaning of a flag of docs/flags.md for readers of a result: "The breast has an
/// implant, which may be taken for dense tissue." A word that is not a flag is returned unchanged.
std::string FlagSentence(const std::string& flag);
/// Returns advice about a flag, as one or two sentences; "" for a word that is not a flag.
std::string FlagAdvice(const std::string& flag);
/// Returns whether docs/flags.md names the flag among those that a cautious analysis leaves out.
bool FlagAdvisesExclusion(const std::string& flag);

/// A code of the column `error`, in words.
struct ErrorDescription {
  const char* code;     ///< "corrupt"
  const char* meaning;  ///< problem of the file
  const char* advice;   ///< advice
};
/// Returns all codes of the column `error`, as the table of docs/results.md has them.
std::vector<ErrorDescription> AllErrorDescriptions();

}  // namespace mhcnn
