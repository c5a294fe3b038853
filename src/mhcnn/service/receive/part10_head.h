#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mhcnn {

/// Returns the Implementation Version Name (0002,0013), at most 16 characters: "MHCNN_0.1.0".
std::string ImplementationVersionName();

/// Returns the bytes before the data set in a file (PS3.10 7.1): preamble, prefix and file meta
/// information. They depend on the arguments alone, so that an object that arrives twice makes the
/// same file.
std::vector<std::uint8_t> MakePart10Head(const std::string& sop_class_uid,
                                         const std::string& sop_uid,
                                         const std::string& transfer_syntax_uid);

}  // namespace mhcnn
