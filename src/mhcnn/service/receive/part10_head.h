#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mhcnn {

/// Implementation Version Name (0002,0013), at most 16 characters: "MHCNN_0.1.0".
std::string ImplementationVersionName();

/// What stands before the data set in a file (PS3.10 7.1): preamble, prefix and file meta
/// information. It depends on the arguments alone, so that the same object that comes twice makes
/// the same file.
std::vector<std::uint8_t> Part10Head(const std::string& sop_class_uid, const std::string& sop_uid,
                                     const std::string& transfer_syntax_uid);

}  // namespace mhcnn
