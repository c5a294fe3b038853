#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// What a flag of docs/flags.md says, in words for people who read a result: "The breast has an
/// implant, which may be taken for dense tissue." A word that is no flag is returned as it is.
std::string FlagSentence(const std::string& flag);
/// Returns what to do about a flag, as one or two sentences; "" for a word that is no flag.
std::string FlagAdvice(const std::string& flag);
/// Returns whether docs/flags.md names the flag among those that a cautious analysis leaves out.
bool FlagAdvisesToLeaveOut(const std::string& flag);

/// A code of the column `error`, in words.
struct ErrorWords {
  const char* code;     ///< "corrupt"
  const char* meaning;  ///< what is wrong with the file
  const char* advice;   ///< what to do
};
/// Returns all codes of the column `error`, as the table of docs/results.md has them.
std::vector<ErrorWords> AllErrorWords();

}  // namespace mhcnn
