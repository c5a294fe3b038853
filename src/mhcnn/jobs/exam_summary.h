#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// The figures of an exam, read from the JSON text that a worker wrote (Exam::summary). A text that
/// is empty or not a JSON object has no figures; a value of another type than expected counts as
/// missing.
class ExamSummary {
 public:
  /// Parses the text of a summary.
  explicit ExamSummary(const std::string& text);

  /// Returns a number by its name, for example `percent_density`.
  std::optional<double> Number(const char* name) const;
  /// Returns the letter of the density category, or an empty text.
  std::string Category() const;
  /// Returns the flags of the exam.
  std::vector<std::string> Flags() const;
  /// Returns the revision of the exam that was measured.
  std::optional<int> Revision() const;
  /// Returns the whole summary, an object.
  const nlohmann::json& json() const { return *json_; }

 private:
  std::shared_ptr<const nlohmann::json> json_;
};

}  // namespace mhcnn
