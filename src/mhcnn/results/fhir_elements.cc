#include "mhcnn/results/fhir_elements.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/results/statements.h"
#include "mhcnn/results/uids.h"

namespace mhcnn::fhir {
namespace {

/// HL7 US breast-radiology 0.3.0: a second code for the composition (RadElement RDE1587).
const char* const kRadElements = "http://hl7.org/fhir/us/breast-radiology/CodeSystem/RadLexCDE";

}  // namespace

Json Coding(const Code& code) {
  static const std::map<std::string, const char*> systems = {{"DCM", kDicomSystem},
                                                             {"SCT", "http://snomed.info/sct"},
                                                             {"LN", "http://loinc.org"},
                                                             {"UCUM", "http://unitsofmeasure.org"}};
  const auto system = systems.find(code.scheme);
  if (system == systems.end()) {
    throw Error(ErrorCode::kInternal,
                std::string("the coding scheme ") + code.scheme + " has no URI for FHIR");
  }
  Json coding = {{"system", system->second}, {"code", code.value}};
  if (system->second == kDicomSystem) coding["display"] = code.meaning;
  return coding;
}

Json Concept(const Code& code, const std::string& text) {
  return {{"coding", Json::array({Coding(code)})}, {"text", text}};
}

Json Concept(const std::string& system, const std::string& code, const std::string& display) {
  return {
      {"coding", Json::array({Json{{"system", system}, {"code", code}, {"display", display}}})}};
}

Json CompositionConcept(const std::string& text) {
  Json concept_code = Concept(codes::kBreastComposition, text);
  concept_code["coding"].push_back(Json{
      {"system", kRadElements}, {"code", "RDE1587"}, {"display", "Breast composition category"}});
  return concept_code;
}

Json CategoryConcept(DensityCategory category) {
  return Concept(CompositionCode(category),
                 fmt::format("BI-RADS {}: {}", ToLetter(category), CategoryDescription(category)));
}

Json Component(const char* id, Json code, Json value, const char* field) {
  return {{"id", id}, {"code", std::move(code)}, {field, std::move(value)}};
}

Json Quantity(const std::string& digits, const Code& unit) {
  return {{"value", std::strtod(digits.c_str(), nullptr)},
          {"unit", unit.value},
          {"system", "http://unitsofmeasure.org"},
          {"code", unit.value}};
}

Json UidIdentifier(const std::string& uid) {
  return {{"system", kUidSystem}, {"value", "urn:oid:" + uid}};
}

Json Reference(const std::string& url, const std::string& display) {
  Json reference = {{"reference", url}};
  if (!display.empty()) reference["display"] = display;
  return reference;
}

std::string Date(const std::string& yyyymmdd) {
  if (yyyymmdd.size() != 8 || yyyymmdd.find_first_not_of("0123456789") != std::string::npos)
    return "";
  const std::chrono::year_month_day date{
      std::chrono::year(std::stoi(yyyymmdd.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(std::stoi(yyyymmdd.substr(4, 2)))),
      std::chrono::day(static_cast<unsigned>(std::stoi(yyyymmdd.substr(6))))};
  if (!date.ok()) return "";
  return yyyymmdd.substr(0, 4) + "-" + yyyymmdd.substr(4, 2) + "-" + yyyymmdd.substr(6);
}

std::string UuidUrl(const std::vector<std::string>& parts) {
  std::string hex = Sha256Hex(JoinUnambiguously(parts)).substr(0, 32);
  hex[12] = '8';                                                    // version
  hex[16] = "89ab"[std::stoi(hex.substr(16, 1), nullptr, 16) & 3];  // variant
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, "-");
  return "urn:uuid:" + hex;
}

}  // namespace mhcnn::fhir
