#include "mhcnn/phantom/phantom.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/phantom/foreign_objects.h"
#include "mhcnn/phantom/markers.h"
#include "mhcnn/phantom/visible.h"

namespace mhcnn {

using phantom::Purpose;
using phantom::StreamSource;

namespace {

constexpr int kBits = 12;
constexpr double kFullScale = (1 << kBits) - 1;
/// Slots of a case's streams: 0..3 the views of an exam, 4 what its views share, 5 a single view.
constexpr std::uint32_t kSharedSlot = 4, kSingleSlot = 5;

[[noreturn]] void Bad(const std::string& field, const std::string& problem) {
  throw Error(ErrorCode::kUsage, problem, field);
}

/// Percent of a mask; a phantom always shows a breast.
double ComputePercentDensity(const Mask& breast, const Mask& dense) {
  const auto percent = PercentDensity(breast, dense);
  if (!percent) throw Error(ErrorCode::kInternal, "the phantom shows no breast");
  return *percent;
}

/// Measures areas, percent, category. `outlined`: percent of the outlines, whatever the convention.
void Measure(const PhantomOptions& options, double outlined, double mm, RandomStream& random,
             Phantom& out) {
  const double breast = cv::countNonZero(out.breast), dense = cv::countNonZero(out.dense);
  const double cm2 = mm * mm / 100;
  out.breast_area_cm2 = breast * cm2;
  out.dense_area_cm2 = dense * cm2;
  out.percent_density = ComputePercentDensity(out.breast, out.dense);
  const double read = outlined + options.reader_noise * random.Normal();
  out.category = CategoryFromPercent(read, {options.cut_ab, options.cut_bc, options.cut_cd});
}

Phantom MakeView(const PhantomOptions& options, const phantom::Anatomy& woman,
                 const phantom::Appearance& appearance, Laterality laterality, View view,
                 const StreamSource& streams) {
  const phantom::Grid grid{options.height, options.width, woman.frame_mm / options.height};
  RandomStream plan_random = streams.Stream(Purpose::kView);
  const phantom::ViewPlan plan =
      phantom::SampleView(woman, laterality, view, grid.WidthMm(), plan_random);
  RandomStream body_random = streams.Stream(Purpose::kBody);
  const phantom::Body body = phantom::MakeBody(woman, plan, grid, body_random);
  RandomStream objects = streams.Stream(Purpose::kForeign);
  const phantom::ForeignObjects foreign = phantom::DrawForeignObjects(plan, body, grid, objects);
  const phantom::Tissue tissue =
      phantom::MakeTissue(woman, plan, body, grid, foreign.implant, streams);

  RandomStream quantum = streams.Stream(Purpose::kQuantum);
  const phantom::Exposure exposure = phantom::SampleExposure(quantum);
  const cv::Mat1f muscle_texture =
      plan.pectoral_texture *
      phantom::NoiseTile(streams.Stream(Purpose::kMuscleNoise), 2.8, 90).Sample(grid);
  const cv::Mat1f signal =
      phantom::DetectorSignal(body, tissue, foreign.path, exposure, muscle_texture, grid, quantum);
  RandomStream appearance_random = streams.Stream(Purpose::kAppearance);
  cv::Mat1f image = options.for_processing
                        ? phantom::RenderForProcessing(signal, body, appearance_random)
                        : phantom::RenderForPresentation(signal, body, tissue.breast, appearance,
                                                         grid, appearance_random);

  Phantom out;
  Mask inside = body.inside;
  const Mask counted = options.for_processing
                           ? body.inside & ~foreign.implant
                           : phantom::FindVisiblePixels(image, body, grid) & ~foreign.implant;
  out.breast = tissue.breast & counted;
  const double outlined = ComputePercentDensity(out.breast, tissue.dense & counted);
  out.dense = counted & (options.convention == DenseConvention::kStrands
                             ? phantom::ThresholdByGreyValue(tissue, grid)
                             : tissue.dense);
  out.pectoral = body.pectoral & counted;
  if (laterality == Laterality::kRight) {
    for (cv::Mat* m :
         std::initializer_list<cv::Mat*>{&image, &inside, &out.breast, &out.dense, &out.pectoral}) {
      cv::flip(*m, *m, 1);
    }
  }
  RandomStream markers = streams.Stream(Purpose::kMarkers);
  if (!options.for_processing) {
    if (options.labels) phantom::DrawLabels(image, inside, plan, appearance.film, markers);
    RandomStream faults = streams.Stream(Purpose::kFaults);
    if (appearance.film) {
      phantom::DrawFilmFaults(image, inside, faults);
    } else {
      phantom::DrawDetectorFaults(image, faults);
    }
  }
  image.convertTo(out.mammogram.pixels, CV_16U, kFullScale);
  cv::min(out.mammogram.pixels, kFullScale, out.mammogram.pixels);

  MammogramMetadata& metadata = out.mammogram.metadata;
  metadata.modality = "MG";
  metadata.manufacturer = "MH-CNN phantom";
  metadata.photometric = "MONOCHROME2";
  metadata.laterality = laterality;
  metadata.view = view;
  metadata.view_text = ViewName(view);
  metadata.row_spacing_mm = metadata.column_spacing_mm = grid.mm;
  metadata.bits = kBits;
  metadata.for_processing = options.for_processing;
  if (cv::countNonZero(foreign.implant) > 0) AddFlag(metadata.flags, Flag::kImplant);
  RandomStream reader = streams.Stream(Purpose::kReader);
  Measure(options, outlined, grid.mm, reader, out);
  return out;
}

}  // namespace

void PhantomOptions::Check() const {
  if (height < 64 || height > 8192) Bad("height", "must be 64 to 8192 pixels");
  if (width < 64 || width > 8192) Bad("width", "must be 64 to 8192 pixels");
  if (!(pixel_mm >= 0 && pixel_mm <= 5)) Bad("pixel_mm", "must be 0 (drawn) to 5 mm");
  if (view == View::kOther) Bad("view", "must be CC or MLO");
  if (!(density_low >= 0 && density_low <= 90)) Bad("density_low", "must be 0 to 90 percent");
  if (!(density_high >= density_low && density_high <= 90)) {
    Bad("density_high", "must be density_low to 90 percent");
  }
  phantom::FindAppearanceFamilies(appearances);
  if (!(reader_noise >= 0 && reader_noise <= 50)) Bad("reader_noise", "must be 0 to 50 points");
  if (!(cut_ab > 0 && cut_ab < 100)) Bad("cut_ab", "must lie between 0 and 100 percent");
  if (!(cut_bc > cut_ab && cut_bc < 100)) Bad("cut_bc", "must lie between cut_ab and 100 percent");
  if (!(cut_cd > cut_bc && cut_cd < 100)) Bad("cut_cd", "must lie between cut_bc and 100 percent");
}

Phantom MakePhantom(const PhantomOptions& options, std::uint64_t seed, std::uint64_t index) {
  options.Check();
  const StreamSource streams{seed, index, kSingleSlot};
  RandomStream choice = streams.Stream(Purpose::kWoman);
  const phantom::Anatomy woman = phantom::SampleAnatomy(options, choice);
  RandomStream appearance_random =
      StreamSource{seed, index, kSharedSlot}.Stream(Purpose::kAppearance);
  const phantom::Appearance appearance = phantom::SampleAppearance(
      phantom::FindAppearanceFamilies(options.appearances), appearance_random);
  // Not of the appearance's stream: the same women whatever appearances are asked for.
  RandomStream choice_of_view = streams.Stream(Purpose::kViewAndSide);
  const Laterality laterality = options.laterality != Laterality::kUnknown ? options.laterality
                                : choice_of_view.Chance(0.5)               ? Laterality::kLeft
                                                                           : Laterality::kRight;
  const View view = options.view != View::kUnknown ? options.view
                    : choice_of_view.Chance(0.5)   ? View::kCC
                                                   : View::kMLO;
  return MakeView(options, woman, appearance, laterality, view, streams);
}

std::vector<Phantom> MakePhantomExam(const PhantomOptions& options, std::uint64_t seed,
                                     std::uint64_t index) {
  options.Check();
  const StreamSource shared{seed, index, kSharedSlot};
  RandomStream random = shared.Stream(Purpose::kWoman);
  const phantom::Anatomy woman = phantom::SampleAnatomy(options, random);
  RandomStream appearance_random = shared.Stream(Purpose::kAppearance);
  const phantom::Appearance appearance = phantom::SampleAppearance(
      phantom::FindAppearanceFamilies(options.appearances), appearance_random);
  std::vector<Phantom> views;
  for (const View view : {View::kCC, View::kMLO}) {
    for (const Laterality side : {Laterality::kLeft, Laterality::kRight}) {
      const auto slot = static_cast<std::uint32_t>(views.size());
      views.push_back(MakeView(options, woman, appearance, side, view, {seed, index, slot}));
    }
  }
  return views;
}

}  // namespace mhcnn
