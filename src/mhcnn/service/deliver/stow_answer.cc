#include "mhcnn/service/deliver/stow_answer.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

using Json = nlohmann::json;

/// Failure Reason where the server gives none: processing failure.
constexpr std::uint16_t kNoReason = 0x0110;

std::uint16_t ReadFailureReason(const std::string& text) {
  unsigned value = kNoReason;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && value <= 0xFFFF ? static_cast<std::uint16_t>(value)
                                                     : kNoReason;
}

/// Returns the value `tag` of a data set in JSON as text; "" where it is absent.
std::string FirstValue(const Json& item, const char* tag) {
  const auto element = item.find(tag);
  if (element == item.end() || !element->is_object()) return {};
  const auto values = element->find("Value");
  if (values == element->end() || !values->is_array() || values->empty()) return {};
  const Json& value = values->front();
  if (value.is_string()) return Trim(value.get<std::string>());
  return value.is_number() ? value.dump() : std::string();
}

void ReadDataset(const Json& dataset, StowAnswer& answer) {
  if (!dataset.is_object()) return;
  for (const bool failed : {false, true}) {
    const auto sequence = dataset.find(failed ? "00081198" : "00081199");
    if (sequence == dataset.end() || !sequence->is_object()) continue;
    const auto items = sequence->find("Value");
    if (items == sequence->end() || !items->is_array()) continue;
    for (const Json& item : *items) {
      if (!item.is_object()) continue;
      const std::string uid = FirstValue(item, "00081155");
      if (uid.empty()) continue;
      if (failed) {
        answer.failed[uid] = ReadFailureReason(FirstValue(item, "00081197"));
      } else {
        answer.stored.insert(uid);
      }
    }
  }
}

/// Returns the value of the attribute `tag` in the text of a start tag.
std::string ParseTag(std::string_view element) {
  const auto at = element.find("tag=");
  if (at == std::string_view::npos || element.size() < at + 13) return {};
  return std::string(element.substr(at + 5, 8));
}

/// Reader of the Native DICOM Model (PS3.19 A.1), as far as the answer needs it: sequences, items,
/// and the text of values.
class XmlReader {
 public:
  StowAnswer Read(std::string_view xml) {
    while (true) {
      const auto open = xml.find('<');
      if (open == std::string_view::npos) break;
      text_.append(xml.substr(0, open));
      const auto close = xml.find('>', open);
      if (close == std::string_view::npos) break;
      Element(xml.substr(open + 1, close - open - 1));
      xml.remove_prefix(close + 1);
    }
    return answer_;
  }

 private:
  void Element(std::string_view element) {
    if (element.ends_with('/')) return;
    if (element.starts_with("DicomAttribute")) {
      tags_.push_back(ParseTag(element));
    } else if (element.starts_with("/DicomAttribute")) {
      if (!tags_.empty()) tags_.pop_back();
    } else if (element.starts_with("/Value") && tags_.size() == 2) {
      if (tags_[1] == "00081155") uid_ = Trim(text_);
      if (tags_[1] == "00081197") reason_ = Trim(text_);
    } else if (element.starts_with("/Item") && tags_.size() == 1) {
      if (tags_[0] == "00081199" && !uid_.empty()) answer_.stored.insert(uid_);
      if (tags_[0] == "00081198" && !uid_.empty())
        answer_.failed[uid_] = ReadFailureReason(reason_);
      uid_.clear();
      reason_.clear();
    }
    text_.clear();
  }

  StowAnswer answer_;
  std::vector<std::string> tags_;
  std::string text_, uid_, reason_;
};

}  // namespace

std::optional<StowAnswer> ReadStowAnswer(const std::string& body) {
  const std::string text = Trim(body);
  if (text.starts_with('<')) {
    if (text.find("NativeDicomModel") == std::string::npos) return std::nullopt;
    return XmlReader().Read(text);
  }
  StowAnswer answer;
  try {
    const Json json = ParseJson(text);
    if (json.is_array()) {
      for (const Json& dataset : json) ReadDataset(dataset, answer);
    } else {
      ReadDataset(json, answer);
    }
    if (!json.is_array() && !json.is_object()) return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
  return answer;
}

}  // namespace mhcnn
