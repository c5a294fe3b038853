#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace mhcnn {

/// Implementation Class UID (0002,0012) of this program, in associations and files.
inline constexpr const char* kImplementationClassUid =
    "2.25.293781026547179887641093160257291570811";

/// Returns "2.25." and a 128-bit number in decimal (PS3.5 B.2). `words`: the number, the highest 32
/// bits first; it is marked as a version-8 (custom) UUID so that it claims no other origin.
std::string UidFromNumber(std::array<std::uint32_t, 4> words);

/// Returns a UID that depends on `text` alone (2.25 + 128-bit hash), so that the same phantom gets
/// the same file.
std::string UidFromText(const std::string& text);

/// Returns the name of a SOP class or transfer syntax, e.g. "JPEG 2000 (Lossless only)" for
/// 1.2.840.10008.1.2.4.90; the UID itself where its name is not known.
std::string UidName(const std::string& uid);

}  // namespace mhcnn
