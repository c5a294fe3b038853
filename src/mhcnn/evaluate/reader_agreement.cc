#include "mhcnn/evaluate/reader_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/evaluate/predictor.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/intraclass.h"
#include "mhcnn/stats/segmentation.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr auto kSection = ReportSection::kReaders;
constexpr int kClasses = 4;

struct MarkedImage {
  ImageAnnotations readers;
  std::vector<std::string> problems;
};

MarkedImage ReadImage(const std::vector<const Sample*>& rows) {
  MarkedImage image;
  image.readers.path = std::filesystem::weakly_canonical(rows.front()->image).string();
  std::vector<Mask> dense;
  for (const Sample* row : rows) {
    try {
      const SampleMasks masks = ReadTruth(*row);
      if (!masks.dense.empty() && !dense.empty() && masks.dense.size() != dense[0].size())
        throw Error(ErrorCode::kCorrupt, "another reader's dense mask has another size");
      if (const auto percent = TruePercent(*row, masks))
        image.readers.percent_densities[row->reader] = *percent;
      if (!masks.dense.empty()) dense.push_back(masks.dense);
      if (row->category) image.readers.categories[row->reader] = *row->category;
      if (image.readers.patient_id.empty()) image.readers.patient_id = row->patient_id;
    } catch (const Error& e) {
      image.problems.push_back(
          fmt::format("{}, reader {}: {}", row->image.string(), row->reader, e.what()));
    }
  }
  for (std::size_t i = 0; i < dense.size(); ++i) {
    for (std::size_t j = i + 1; j < dense.size(); ++j) {
      const Statistic dice = Dice(CountOverlap(dense[i], dense[j]));
      if (dice.defined()) image.readers.dense_dice.push_back(*dice.value);
    }
  }
  return image;
}

/// The images for which `wanted` holds.
template <typename Wanted>
std::vector<const ImageAnnotations*> ImagesWith(const ReaderAnnotations& readers,
                                                const Wanted& wanted) {
  std::vector<const ImageAnnotations*> images;
  for (const auto& image : readers.images) {
    if (wanted(image)) images.push_back(&image);
  }
  return images;
}

std::vector<std::string> ListPatients(const std::vector<const ImageAnnotations*>& images) {
  std::vector<std::string> patients;
  patients.reserve(images.size());
  for (const auto* image : images) patients.push_back(image->patient_id);
  return patients;
}

/// Mean over all pairs of values of `cost`.
template <typename Value, typename Cost>
double MeanOverPairs(const std::map<std::string, Value>& values, const Cost& cost) {
  double sum = 0;
  int pairs = 0;
  for (auto a = values.begin(); a != values.end(); ++a) {
    for (auto b = std::next(a); b != values.end(); ++b, ++pairs) sum += cost(a->second, b->second);
  }
  return sum / pairs;
}

void AddPercentDensities(const ReaderAnnotations& readers, const SectionContext& context) {
  const auto marked =
      ImagesWith(readers, [](const auto& i) { return i.percent_densities.size() > 1; });
  std::vector<double> differences;
  differences.reserve(marked.size());
  for (const auto* image : marked) {
    differences.push_back(MeanOverPairs(image->percent_densities,
                                        [](double a, double b) { return std::abs(a - b); }));
  }
  context.Add(kSection, ListPatients(marked),
              {{"between readers: percent, mean absolute difference", "points", true,
                [&](const auto& indices) { return MeanAtIndices(differences, indices); }}},
              "no image has percent densities of two readers");

  const auto complete = ImagesWith(
      readers, [&](const auto& i) { return i.percent_densities.size() == readers.names.size(); });
  const auto icc = [&](const std::vector<std::size_t>& indices) {
    Eigen::MatrixXd ratings(static_cast<Eigen::Index>(indices.size()),
                            static_cast<Eigen::Index>(readers.names.size()));
    for (std::size_t row = 0; row < indices.size(); ++row) {
      Eigen::Index column = 0;
      for (const auto& [name, percent] : complete[indices[row]]->percent_densities)
        ratings(static_cast<Eigen::Index>(row), column++) = percent;
    }
    return MeasureIntraclassCorrelations(ratings).agreement.value;
  };
  context.Add(kSection, ListPatients(complete),
              {{"between readers: percent ICC(2,1)", "", true, icc}},
              "no image has percent densities of all readers");
}

void AddMasks(const ReaderAnnotations& readers, const SectionContext& context) {
  const auto drawn = ImagesWith(readers, [](const auto& i) { return !i.dense_dice.empty(); });
  std::vector<double> dice;
  for (const auto* image : drawn) {
    double sum = 0;
    for (const double value : image->dense_dice) sum += value;
    dice.push_back(sum / static_cast<double>(image->dense_dice.size()));
  }
  context.Add(kSection, ListPatients(drawn),
              {{"between readers: Dice dense", "", true,
                [&](const auto& indices) { return MeanAtIndices(dice, indices); }}},
              "no image has the dense masks of two readers");
}

/// Mean over the pairs of readers that have images in common.
Statistic LightsKappa(const std::vector<std::string>& names,
                      const std::vector<const ImageAnnotations*>& images,
                      const std::vector<std::size_t>& indices) {
  double sum = 0;
  int pairs = 0;
  for (std::size_t a = 0; a < names.size(); ++a) {
    for (std::size_t b = a + 1; b < names.size(); ++b) {
      std::vector<int> first, second;
      for (const auto index : indices) {
        const auto& categories = images[index]->categories;
        const auto of_a = categories.find(names[a]), of_b = categories.find(names[b]);
        if (of_a == categories.end() || of_b == categories.end()) continue;
        first.push_back(ToIndex(of_a->second));
        second.push_back(ToIndex(of_b->second));
      }
      if (first.empty()) continue;
      const Statistic kappa = Kappa(Confusion(first, second, kClasses), KappaWeights::kQuadratic);
      if (!kappa.defined())
        return Undefined(fmt::format("{} and {}: {}", names[a], names[b], kappa.undefined));
      sum += *kappa.value;
      ++pairs;
    }
  }
  return pairs == 0 ? Undefined("no two readers have an image in common") : Defined(sum / pairs);
}

void AddCategories(const ReaderAnnotations& readers, const SectionContext& context) {
  const auto rated = ImagesWith(readers, [](const auto& i) { return i.categories.size() > 1; });
  std::vector<double> same;
  same.reserve(rated.size());
  for (const auto* image : rated)
    same.push_back(
        MeanOverPairs(image->categories, [](auto a, auto b) { return a == b ? 1.0 : 0.0; }));
  context.Add(kSection, ListPatients(rated),
              {{"between readers: category the same", "", true,
                [&](const auto& indices) { return MeanAtIndices(same, indices); }},
               {"between readers: category quadratic kappa", "", true,
                [&](const auto& indices) { return LightsKappa(readers.names, rated, indices); }}},
              "no image has the categories of two readers");
}

/// Two rows of one image by one reader: which of them is meant cannot be told.
void CheckOneRowByReader(const std::vector<Sample>& samples) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Sample& sample : samples) {
    const std::string path = std::filesystem::weakly_canonical(sample.image).string();
    if (seen.emplace(path, sample.reader).second) continue;
    throw Error(ErrorCode::kUsage,
                sample.reader.empty() ? "the image occurs twice"
                                      : "the image occurs twice for reader " + sample.reader,
                path, "give each reader one row for each image");
  }
}

/// Size of the row's picture, read as small as it can be; nothing where it cannot be read.
std::optional<cv::Size> ReadImageSize(const Sample& row) {
  try {
    DicomReadOptions small;
    small.wanted_long_side = 1;
    const MammogramMetadata metadata = ReadMammogram(row.image, small).metadata;
    return cv::Size(metadata.columns, metadata.rows);
  } catch (const Error&) {
    return std::nullopt;  // the method says so
  }
}

/// The row's own percent, else that of its masks, which must be of the picture's size.
std::optional<double> ReadPercent(const Sample& row) {
  const bool of_masks = row.breast_mask && (row.dense_mask || row.dense_threshold);
  if (row.percent_density || !of_masks) return TruePercent(row);
  const auto size = ReadImageSize(row);
  return TruePercent(row, size ? ReadTruth(row, *size) : ReadTruth(row));
}

/// A row's percent, or why there is none.
struct RowPercent {
  std::optional<double> percent;
  std::string problem;
};

std::vector<RowPercent> ReadPercents(const std::vector<Sample>& samples, int threads) {
  std::vector<RowPercent> percent_densities(samples.size());
  ParallelFor(samples.size(), threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    try {
      percent_densities[i].percent = ReadPercent(samples[i]);
    } catch (const Error& e) {
      percent_densities[i].problem = e.what();
    }
  });
  return percent_densities;
}

}  // namespace

ReaderAnnotations LoadReaderAnnotations(const std::vector<Sample>& samples, int threads) {
  CheckOneRowByReader(samples);
  ReaderAnnotations readers;
  std::map<std::string, std::vector<const Sample*>> images;
  std::set<std::string> names;
  for (const Sample& sample : samples) {
    if (sample.reader.empty()) continue;
    names.insert(sample.reader);
    images[std::filesystem::weakly_canonical(sample.image).string()].push_back(&sample);
  }
  readers.names.assign(names.begin(), names.end());
  if (names.size() < 2) return readers;
  std::vector<std::vector<const Sample*>> rows;
  for (auto& [path, of_image] : images) {
    if (of_image.size() > 1) rows.push_back(std::move(of_image));
  }
  std::vector<MarkedImage> read(rows.size());
  ParallelFor(rows.size(), threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    read[i] = ReadImage(rows[i]);
  });
  for (auto& image : read) {
    readers.images.push_back(std::move(image.readers));
    readers.problems.insert(readers.problems.end(), image.problems.begin(), image.problems.end());
  }
  return readers;
}

void FillPatientIds(const std::vector<EvaluatedCase>& cases, ReaderAnnotations& readers) {
  std::map<std::string, std::string> patients;
  for (const auto& c : cases) patients[c.path] = c.patient_id;
  for (auto& image : readers.images) {
    if (image.patient_id.empty()) image.patient_id = patients[image.path];
  }
}

std::optional<DensityCategory> MedianReaderCategory(std::vector<DensityCategory> categories) {
  if (categories.empty()) return std::nullopt;
  const auto middle = categories.begin() + static_cast<std::ptrdiff_t>(categories.size() / 2);
  std::nth_element(categories.begin(), middle, categories.end());
  return *middle;
}

std::vector<Sample> MakeConsensus(const std::vector<Sample>& samples,
                                  std::vector<std::string>& problems, int threads) {
  struct Image {
    Sample sample;
    double percent_densities = 0;
    int rated = 0;
    std::vector<DensityCategory> categories;
  };
  CheckOneRowByReader(samples);
  std::map<std::string, Image> images;
  const std::vector<RowPercent> percent_densities = ReadPercents(samples, threads);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& row = samples[i];
    Image& image = images[std::filesystem::weakly_canonical(row.image).string()];
    if (image.sample.image.empty()) image.sample = row;
    if (percent_densities[i].percent) {
      image.percent_densities += *percent_densities[i].percent;
      ++image.rated;
    }
    if (!percent_densities[i].problem.empty()) problems.push_back(percent_densities[i].problem);
    if (row.category) image.categories.push_back(*row.category);
  }
  std::vector<Sample> consensus;
  for (auto& [path, image] : images) {
    Sample& s = consensus.emplace_back(std::move(image.sample));
    s.breast_mask.reset();
    s.dense_mask.reset();
    s.pectoral_mask.reset();
    s.dense_threshold.reset();
    s.percent_density.reset();
    s.category.reset();
    if (image.rated > 0) s.percent_density = image.percent_densities / image.rated;
    s.category = MedianReaderCategory(std::move(image.categories));
  }
  return consensus;
}

std::vector<MetricRow> MeasureReaderAgreement(const ReaderAnnotations& readers,
                                              const EvaluationOptions& options) {
  std::vector<MetricRow> lines;
  const SectionContext context{options, false, lines};
  if (readers.names.size() < 2) {
    context.Add(kSection, std::vector<std::string>(),
                {{"between readers: percent ICC(2,1)", "", false, nullptr}}, "a single reader");
    return lines;
  }
  AddPercentDensities(readers, context);
  AddMasks(readers, context);
  AddCategories(readers, context);
  return lines;
}

}  // namespace mhcnn
