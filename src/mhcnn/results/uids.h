#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// Returns a text for a list of texts: no two lists have the same text.
std::string JoinUnambiguously(const std::vector<std::string>& parts);

/// Returns a UID that follows from the texts alone (PS3.5 B.2): "2.25." and, in decimal, the first
/// 128 bits of their SHA-256, marked as a UUID of version 8 so that it claims no other origin.
std::string UidFromTexts(const std::vector<std::string>& parts);

}  // namespace mhcnn
