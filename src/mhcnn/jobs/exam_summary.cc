#include "mhcnn/jobs/exam_summary.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/json.h"

namespace mhcnn {
namespace {

nlohmann::json ParseObject(const std::string& text) {
  try {
    if (auto json = ParseJson(text); json.is_object()) return json;
  } catch (const Error&) {
    // as if there were no summary
  }
  return nlohmann::json::object();
}

}  // namespace

ExamSummary::ExamSummary(const std::string& text)
    : json_(std::make_shared<const nlohmann::json>(ParseObject(text))) {}

std::optional<double> ExamSummary::Number(const char* name) const {
  const auto found = json_->find(name);
  if (found == json_->end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::string ExamSummary::Category() const {
  const auto found = json_->find("category");
  return found != json_->end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<std::string> ExamSummary::Flags() const {
  std::vector<std::string> flags;
  const auto found = json_->find("flags");
  if (found == json_->end() || !found->is_array()) return flags;
  for (const auto& flag : *found) {
    if (flag.is_string()) flags.push_back(flag.get<std::string>());
  }
  return flags;
}

std::optional<int> ExamSummary::Revision() const {
  const auto found = json_->find("revision");
  if (found == json_->end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

}  // namespace mhcnn
