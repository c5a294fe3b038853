#include "mhcnn/service/dicomweb/dicom_json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <vector>

#include "mhcnn/base/html.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/charset.h"

// This must come after the toolkit's configuration header.
#include <dcmtk/dcmdata/dcjson.h>

namespace mhcnn {
namespace {

using nlohmann::json;

bool IsBinary(DcmEVR vr) {
  return vr == EVR_OB || vr == EVR_OW || vr == EVR_OD || vr == EVR_OF || vr == EVR_OL ||
         vr == EVR_OV || vr == EVR_UN;
}

/// Returns whether values of this VR follow Specific Character Set.
bool IsText(DcmEVR vr) {
  return vr == EVR_SH || vr == EVR_LO || vr == EVR_ST || vr == EVR_LT || vr == EVR_UC ||
         vr == EVR_UT || vr == EVR_PN;
}

bool HasOneValue(DcmEVR vr) { return vr == EVR_ST || vr == EVR_LT || vr == EVR_UT || vr == EVR_UR; }

/// Returns the text without padding at its end; leading spaces are a part of the value.
std::string WithoutPadding(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> values(1);
  for (const char c : text) {
    if (c == separator) {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return values;
}

std::string RawText(DcmElement& element) {
  OFString text;
  if (element.getOFStringArray(text, OFFalse).bad()) return {};
  return {text.c_str(), text.size()};
}

/// Returns the groups of a person's name.
json NameJson(const std::string& name) {
  static const std::array<const char*, 3> kGroups = {"Alphabetic", "Ideographic", "Phonetic"};
  json value = json::object();
  const auto groups = Split(name, '=');
  for (std::size_t i = 0; i < std::min(groups.size(), kGroups.size()); ++i) {
    if (!groups[i].empty()) value[kGroups[i]] = WithoutPadding(groups[i]);
  }
  return value;
}

/// Returns a number of IS or DS; the text where it is not a number.
json NumberJson(const std::string& text) {
  const std::string trimmed = Trim(text);
  const char* begin = trimmed.data();
  const char* end = begin + trimmed.size();
  if (begin != end && *begin == '+') ++begin;
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(begin, end, whole);
      read.ec == std::errc() && read.ptr == end)
    return whole;
  double number = 0;
  if (const auto read = std::from_chars(begin, end, number);
      read.ec == std::errc() && read.ptr == end && std::isfinite(number))
    return number;
  return trimmed;
}

std::vector<std::string> CharacterSets(DcmItem& dataset) {
  for (DcmItem* item = &dataset; item != nullptr; item = item->getParentItem()) {
    if (item->tagExists(DCM_SpecificCharacterSet)) {
      return DicomTexts(*item, DCM_SpecificCharacterSet);
    }
  }
  return {};
}

json TextValues(DcmItem& dataset, DcmElement& element, DcmEVR vr) {
  std::string text = RawText(element);
  if (IsText(vr)) text = DecodeText(text, CharacterSets(dataset));
  const auto parts = HasOneValue(vr) ? std::vector<std::string>{text} : Split(text, '\\');
  json values = json::array();
  for (const std::string& part : parts) {
    const std::string value = WithoutPadding(part);
    if (value.empty()) {
      values.push_back(nullptr);
    } else if (vr == EVR_PN) {
      values.push_back(NameJson(value));
    } else if (vr == EVR_IS || vr == EVR_DS) {
      values.push_back(NumberJson(value));
    } else {
      values.push_back(value);
    }
  }
  if (values.size() == 1 && values[0].is_null()) return json::array();
  return values;
}

/// Returns the toolkit's own values, of numbers and tags.
json OtherValues(DcmElement& element) {
  DcmJsonFormatCompact format(OFFalse);
  std::ostringstream out;
  if (element.writeJson(out, format).bad()) return json::array();
  const json read = json::parse("{" + out.str() + "}", nullptr, false);
  if (!read.is_object() || read.size() != 1 || !read.begin()->contains("Value")) {
    return json::array();
  }
  return read.begin()->at("Value");
}

json SequenceItems(DcmElement& element, const BulkAddress& bulk, const std::string& place) {
  json items = json::array();
  auto& sequence = dynamic_cast<DcmSequenceOfItems&>(element);
  for (unsigned long i = 0; i < sequence.card(); ++i) {
    items.push_back(DicomJson(*sequence.getItem(i), [&](const std::string& below) {
      return bulk(fmt::format("{}.{}.{}", place, i, below));
    }));
  }
  return items;
}

}  // namespace

std::string ToTagDigits(const DcmTagKey& tag) {
  return fmt::format("{:04X}{:04X}", tag.getGroup(), tag.getElement());
}

json DicomJson(DcmItem& dataset, DcmElement& element, const BulkAddress& bulk,
               const std::string& place) {
  const std::string here = place.empty() ? ToLower(ToTagDigits(element.getTag())) : place;
  const DcmVR vr(DcmVR(element.getVR()).getValidEVR());
  json attribute = {{"vr", vr.getVRName()}};
  if (element.ident() == EVR_SQ) {
    json items = SequenceItems(element, bulk, here);
    if (!items.empty()) attribute["Value"] = std::move(items);
    return attribute;
  }
  if (IsBinary(vr.getEVR())) {
    const bool pixels = element.getTag() == DCM_PixelData;
    if (pixels || element.getLengthField() > kMaxInlineBytes) {
      attribute["BulkDataURI"] = bulk(here);
    } else if (const auto bytes = ReadBinaryValue(element); bytes && !bytes->empty()) {
      attribute["InlineBinary"] = Base64({bytes->begin(), bytes->end()});
    }
    return attribute;
  }
  const bool number_text = vr.getEVR() == EVR_IS || vr.getEVR() == EVR_DS;
  json values = vr.isaString() || number_text ? TextValues(dataset, element, vr.getEVR())
                                              : OtherValues(element);
  if (!values.empty()) attribute["Value"] = std::move(values);
  return attribute;
}

json DicomJson(DcmItem& dataset, const BulkAddress& bulk) {
  json attributes = json::object();
  for (unsigned long i = 0; i < dataset.card(); ++i) {
    DcmElement* element = dataset.getElement(i);
    const DcmTagKey tag = element->getTag();
    if (tag.getElement() == 0 || tag.getGroup() == 2) continue;
    attributes[ToTagDigits(tag)] = DicomJson(dataset, *element, bulk);
  }
  return attributes;
}

DcmElement* FindPlace(DcmItem& dataset, const std::string& place) {
  DcmItem* item = &dataset;
  const auto steps = Split(place, '.');
  for (std::size_t i = 0; i < steps.size(); i += 2) {
    unsigned tag = 0, index = 0;
    const std::string& digits = steps[i];
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), tag, 16);
    DcmElement* element = nullptr;
    if (digits.size() != 8 || read.ptr != digits.data() + 8 ||
        item->findAndGetElement(DcmTagKey(tag >> 16, tag & 0xFFFF), element).bad()) {
      return nullptr;
    }
    if (i + 1 == steps.size()) return element;
    auto* sequence = dynamic_cast<DcmSequenceOfItems*>(element);
    const std::string& number = steps[i + 1];
    const auto at = std::from_chars(number.data(), number.data() + number.size(), index);
    if (sequence == nullptr || number.empty() || at.ptr != number.data() + number.size() ||
        index >= sequence->card() || i + 2 == steps.size()) {
      return nullptr;
    }
    item = sequence->getItem(index);
  }
  return nullptr;
}

std::optional<std::string> ReadBinaryValue(DcmElement& element) {
  const DcmEVR vr = DcmVR(element.getVR()).getValidEVR();
  if (!IsBinary(vr)) return std::nullopt;
  const auto bytes = [&](const void* data, std::size_t size) {
    return std::string(static_cast<const char*>(data), data == nullptr ? 0 : size);
  };
  if (vr == EVR_OW) {
    Uint16* words = nullptr;
    if (element.getUint16Array(words).bad()) return std::nullopt;
    return bytes(words, element.getLengthField());
  }
  if (vr == EVR_OF) {
    Float32* values = nullptr;
    if (element.getFloat32Array(values).bad()) return std::nullopt;
    return bytes(values, element.getLengthField());
  }
  if (vr == EVR_OD) {
    Float64* values = nullptr;
    if (element.getFloat64Array(values).bad()) return std::nullopt;
    return bytes(values, element.getLengthField());
  }
  if (vr == EVR_OL) {
    Uint32* values = nullptr;
    if (element.getUint32Array(values).bad()) return std::nullopt;
    return bytes(values, element.getLengthField());
  }
  Uint8* data = nullptr;
  if (element.getUint8Array(data).bad()) return std::nullopt;
  return bytes(data, element.getLengthField());
}

}  // namespace mhcnn
