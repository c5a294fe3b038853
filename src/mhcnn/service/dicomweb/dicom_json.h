#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// Function that returns the address of a binary value. `place` is its position: "7fe00010", or
/// "00081140.0.00880200" within the first item of a sequence.
using BulkAddress = std::function<std::string(const std::string& place)>;

/// Largest size in bytes of an inline binary value; longer ones and pixel data have an address.
inline constexpr std::size_t kMaxInlineBytes = 4'096;

/// Returns a data set as DICOM JSON (PS3.18 annex F): UTF-8, numbers as numbers, without group
/// lengths and file meta information. Text follows its Specific Character Set as the reader of
/// mammograms does. Values that cannot be read are left out.
nlohmann::json DicomJson(DcmItem& dataset, const BulkAddress& bulk);
/// Returns an element as an attribute of DICOM JSON: {"vr": ..., "Value": [...]}.
nlohmann::json DicomJson(DcmItem& dataset, DcmElement& element, const BulkAddress& bulk,
                         const std::string& place = {});

/// Returns the element of a place; null if it is missing or the place is not valid.
DcmElement* FindPlace(DcmItem& dataset, const std::string& place);
/// Returns the bytes of a binary element, in little endian; nothing for encapsulated pixel data
/// and for an element that is not binary.
std::optional<std::string> ReadBinaryValue(DcmElement& element);

/// Returns a tag as eight hexadecimal digits in upper case: "00100020".
std::string ToTagDigits(const DcmTagKey& tag);

}  // namespace mhcnn
