#include "mhcnn/data/expected_counts.h"

#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

bool HasLabel(const PreparedImage& image) {
  const Sample& s = image.listed.sample;
  return s.percent_density || s.category || s.breast_mask || s.dense_mask || s.pectoral_mask ||
         s.dense_threshold;
}

}  // namespace

std::vector<Problem> FindCompletenessProblems(const std::vector<PreparedImage>& images,
                                              const std::string& subject) {
  std::vector<Problem> problems;
  if (std::ranges::none_of(images, HasLabel)) {
    problems.push_back({"no_labels", subject,
                        "no labels: no image has a percent, a category or a mask; docs/datasets.md "
                        "states where labels must be"});
  }
  const auto first_file = [&](const PreparedImage& image) {
    return image.listed.sample.image == images.front().listed.sample.image;
  };
  if (std::ranges::all_of(images, first_file)) return problems;
  const std::string& id = images.front().examined.patient_id;
  const auto of_header = [&](const PreparedImage& image) {
    return !id.empty() && image.examined.patient_id == id && image.listed.sample.patient_id == id;
  };
  if (std::ranges::all_of(images, of_header)) {
    problems.push_back(
        {"one_patient", subject,
         fmt::format("the headers of all {} images state the Patient ID '{}': all are put into one "
                     "split; if it is a placeholder, state the patients in a manifest",
                     images.size(), ToDisplayText(id))});
  }
  return problems;
}

}  // namespace mhcnn
