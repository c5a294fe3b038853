#pragma once

// Parts of FHIR resources (R4) that several of them have.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/results/codes.h"

namespace mhcnn::fhir {

/// Keeps the order in which fields are set.
using Json = nlohmann::ordered_json;

inline constexpr const char* kDicomSystem = "http://dicom.nema.org/resources/ontology/DCM";
inline constexpr const char* kUidSystem = "urn:dicom:uid";

/// The code with the URI of its coding scheme. Only codes of DICOM carry their meaning as display:
/// that of the others is DICOM's word, not their terminology's.
Json Coding(const Code& code);
/// `text`: the words for people.
Json Concept(const Code& code, const std::string& text);
Json Concept(const std::string& system, const std::string& code, const std::string& display);
/// BI-RADS density category: "what" of an observation of the composition.
Json CompositionConcept(const std::string& text);
/// A category as a value.
Json CategoryConcept(DensityCategory category);
/// A component of an observation; `field`: "valueQuantity" or another value[x].
Json Component(const char* id, Json code, Json value, const char* field);
/// `digits`: as printed elsewhere (printed.h).
Json Quantity(const std::string& digits, const Code& unit);
/// An identifier that is a DICOM UID.
Json UidIdentifier(const std::string& uid);
/// A reference to a resource of the bundle.
Json Reference(const std::string& url, const std::string& display = {});
/// "2025-01-31" of "20250131"; "" where it is no date.
std::string Date(const std::string& yyyymmdd);
/// "urn:uuid:" and a UUID of version 8 that follows from the texts alone.
std::string UuidUrl(const std::vector<std::string>& parts);

}  // namespace mhcnn::fhir
