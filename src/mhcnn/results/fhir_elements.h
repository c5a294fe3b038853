#pragma once

// Parts of FHIR resources (R4) that several of them have.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/results/codes.h"

namespace mhcnn::fhir {

/// JSON value that keeps the order in which fields are set.
using Json = nlohmann::ordered_json;

inline constexpr const char* kDicomSystem = "http://dicom.nema.org/resources/ontology/DCM";
inline constexpr const char* kUidSystem = "urn:dicom:uid";

/// Returns the code with the URI of its coding scheme. Only DICOM codes have their meaning as
/// display: for the others it is DICOM's word, not the word of their terminology.
Json Coding(const Code& code);
/// Returns the concept of a code; `text`: the words for people.
Json Concept(const Code& code, const std::string& text);
Json Concept(const std::string& system, const std::string& code, const std::string& display);
/// Returns the code of an observation of the composition: the BI-RADS density category.
Json CompositionConcept(const std::string& text);
/// Returns a category as a value.
Json CategoryConcept(DensityCategory category);
/// Returns a component of an observation; `field`: "valueQuantity" or another value[x].
Json Component(const char* id, Json code, Json value, const char* field);
/// Returns a quantity; `digits`: as printed elsewhere (number_text.h).
Json Quantity(const std::string& digits, const Code& unit);
/// Returns an identifier that is a DICOM UID.
Json UidIdentifier(const std::string& uid);
/// Returns a reference to a resource of the bundle.
Json Reference(const std::string& url, const std::string& display = {});
/// Returns "2025-01-31" for "20250131"; "" if it is not a date.
std::string Date(const std::string& yyyymmdd);
/// Returns "urn:uuid:" and a UUID of version 8 that follows from the texts alone.
std::string UuidUrl(const std::vector<std::string>& parts);

}  // namespace mhcnn::fhir
