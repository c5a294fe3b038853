#include "mhcnn/evaluate/method_and_readers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

constexpr auto kSection = ReportSection::kReaders;
constexpr int kClasses = 4;

/// An image that the method has measured, beside what its readers said.
struct MeasuredImage {
  const EvaluatedCase* measured;
  const ImageAnnotations* readers;
};

/// The method's value and a reader's, of the images that have both.
template <typename Value>
struct Pairs {
  std::vector<Value> method, reader;
  std::vector<std::string> patients;

  void Add(const MeasuredImage& image, const std::optional<Value>& of_method,
           const std::optional<Value>& of_reader) {
    if (!of_method || !of_reader) return;
    method.push_back(*of_method);
    reader.push_back(*of_reader);
    patients.push_back(image.readers->patient_id);
  }
};

template <typename Value>
std::optional<Value> Find(const std::map<std::string, Value>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> MeanPercent(const ImageAnnotations& image) {
  if (image.percent_densities.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& [name, percent] : image.percent_densities) sum += percent;
  return sum / static_cast<double>(image.percent_densities.size());
}

std::optional<DensityCategory> MiddleCategory(const ImageAnnotations& image) {
  std::vector<DensityCategory> categories;
  for (const auto& [name, category] : image.categories) categories.push_back(category);
  return MedianReaderCategory(std::move(categories));
}

void AddPercentDensities(const std::string& name, const Pairs<double>& pairs,
                         const SectionContext& context) {
  if (pairs.method.empty()) return;
  std::vector<double> amounts, differences;
  for (std::size_t i = 0; i < pairs.method.size(); ++i) {
    differences.push_back(pairs.method[i] - pairs.reader[i]);
    amounts.push_back(std::abs(differences.back()));
  }
  context.Add(kSection, pairs.patients,
              {{"against " + name + ": percent, mean absolute difference", "points", true,
                [&](const auto& indices) { return MeanAtIndices(amounts, indices); }},
               {"against " + name + ": percent, bias", "points", false,
                [&](const auto& indices) { return MeanAtIndices(differences, indices); }}},
              "");
}

void AddCategories(const std::string& name, const Pairs<int>& pairs,
                   const SectionContext& context) {
  if (pairs.method.empty()) return;
  const auto of = [&pairs](auto statistic) {
    return [&pairs, statistic](const std::vector<std::size_t>& indices) {
      ConfusionMatrix table = ConfusionMatrix::Zero(kClasses, kClasses);
      for (const auto i : indices) ++table(pairs.reader[i], pairs.method[i]);
      return statistic(table);
    };
  };
  context.Add(
      kSection, pairs.patients,
      {{"against " + name + ": category the same",
        "",
        true,
        of([](const ConfusionMatrix& table) { return Accuracy(table).value; }),
        {},
        "",
        pairs.method.size()},
       {"against " + name + ": category quadratic kappa", "", true,
        of([](const ConfusionMatrix& table) { return Kappa(table, KappaWeights::kQuadratic); })}},
      "");
}

/// The lines of one reader, or of the consensus.
void AddReader(
    const std::string& name, const std::vector<MeasuredImage>& images,
    const std::function<std::optional<double>(const ImageAnnotations&)>& percent_of,
    const std::function<std::optional<DensityCategory>(const ImageAnnotations&)>& category_of,
    const SectionContext& context) {
  Pairs<double> percent_densities;
  Pairs<int> categories;
  const auto index = [](const std::optional<DensityCategory>& category) {
    return category ? std::optional(ToIndex(*category)) : std::nullopt;
  };
  for (const auto& image : images) {
    const EvaluatedCase& c = *image.measured;
    percent_densities.Add(image, c.percent ? c.percent : c.regression, percent_of(*image.readers));
    categories.Add(image, index(c.category), index(category_of(*image.readers)));
  }
  AddPercentDensities(name, percent_densities, context);
  AddCategories(name, categories, context);
}

}  // namespace

std::vector<MetricRow> CompareWithReaders(const std::vector<EvaluatedCase>& cases,
                                          const ReaderAnnotations& readers,
                                          const EvaluationOptions& options) {
  std::vector<MetricRow> lines;
  if (readers.names.size() < 2) return lines;
  std::map<std::string, const EvaluatedCase*> by_path;
  for (const auto& c : cases) {
    if (c.measured()) by_path[c.path] = &c;
  }
  std::vector<MeasuredImage> images;
  for (const auto& image : readers.images) {
    if (const auto found = by_path.find(image.path); found != by_path.end())
      images.push_back({found->second, &image});
  }
  const SectionContext context{options, false, lines};
  for (const auto& name : readers.names) {
    AddReader(
        "reader " + name, images,
        [&](const ImageAnnotations& image) { return Find(image.percent_densities, name); },
        [&](const ImageAnnotations& image) { return Find(image.categories, name); }, context);
  }
  AddReader("the readers' consensus", images, MeanPercent, MiddleCategory, context);
  return lines;
}

}  // namespace mhcnn
