#pragma once

#include <string>

namespace mhcnn {

/// What a flag of docs/flags.md says, in words for people who read a result: "The breast has an
/// implant, which may be taken for dense tissue." A word that is no flag is returned as it is.
std::string FlagSentence(const std::string& flag);

}  // namespace mhcnn
