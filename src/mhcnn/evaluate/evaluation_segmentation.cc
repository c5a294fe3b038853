#include <fmt/format.h>

#include "mhcnn/evaluate/evaluation_sections.h"

namespace mhcnn {
namespace {

constexpr auto kSection = ReportSection::kSegmentation;

std::vector<OverlapCounts> SelectCounts(const CaseList& cases, Tissue tissue) {
  std::vector<OverlapCounts> counts;
  for (const auto* c : cases) counts.push_back(c->score(tissue)->counts);
  return counts;
}

OverlapCounts Pooled(const std::vector<OverlapCounts>& counts,
                     const std::vector<std::size_t>& indices) {
  OverlapCounts sum;
  for (const auto i : indices) sum += counts[i];
  return sum;
}

template <typename Keep>
CaseList Where(const CaseList& cases, Keep keep) {
  CaseList kept;
  for (const auto* c : cases) {
    if (keep(*c)) kept.push_back(c);
  }
  return kept;
}

template <typename Value>
std::vector<double> CollectValues(const CaseList& cases, Value value) {
  std::vector<double> values;
  for (const auto* c : cases) values.push_back(value(*c));
  return values;
}

auto MeanMetric(std::vector<double> values) {
  return [values = std::move(values)](const std::vector<std::size_t>& indices) {
    return MeanAtIndices(values, indices);
  };
}

std::vector<Baseline> OtsuBaseline(const CaseList& cases) {
  std::vector<double> values;
  for (const auto* c : cases) {
    if (c->otsu_dice) values.push_back(*c->otsu_dice);
  }
  if (values.empty()) return {};
  if (values.size() != cases.size()) {
    return {{"Otsu within the true breast",
             Undefined(fmt::format("not known for {} cases", cases.size() - values.size()))}};
  }
  double sum = 0;
  for (const double value : values) sum += value;
  return {{"Otsu within the true breast", Defined(sum / static_cast<double>(values.size()))}};
}

/// Dice and IoU, a mean over images and of all pixels together.
void AddOverlap(const CaseList& scored, Tissue tissue, const SectionContext& context) {
  const std::string name = TissueName(tissue);
  const std::string why_none = "no case has both a true and a predicted mask";
  const CaseList defined = Where(scored, [&](const auto& c) { return c.dice(tissue).defined(); });
  const std::string why =
      scored.empty() ? why_none : "both masks are empty in every case that has them";
  Metric dice{
      "Dice " + name,
      "",
      true,
      MeanMetric(CollectValues(defined, [&](const auto& c) { return *c.dice(tissue).value; })),
      tissue == Tissue::kDense ? OtsuBaseline(defined) : std::vector<Baseline>{},
      LeftOutNote(scored.size(), defined.size(), "both masks are empty")};
  Metric iou{
      "IoU " + name,
      "",
      false,
      MeanMetric(CollectValues(
          defined,
          [&](const auto& c) { return *IntersectionOverUnion(c.score(tissue)->counts).value; })),
      {},
      dice.note};
  context.Add(kSection, defined, {std::move(dice), std::move(iou)}, why);
  const auto counts = SelectCounts(scored, tissue);
  const auto pooled = [counts](auto statistic) {
    return [counts, statistic](const std::vector<std::size_t>& indices) {
      return statistic(Pooled(counts, indices));
    };
  };
  context.Add(kSection, scored,
              {{"Dice " + name + ", pooled", "", false,
                pooled([](const OverlapCounts& sum) { return Dice(sum); })},
               {"IoU " + name + ", pooled", "", false,
                pooled([](const OverlapCounts& sum) { return IntersectionOverUnion(sum); })}},
              why_none);
}

/// Hausdorff 95 and surface Dice of the cases whose distances are in mm, or of the others.
void AddSurfaces(const CaseList& scored, Tissue tissue, bool in_mm, const SectionContext& context) {
  const CaseList of_unit = Where(scored, [&](const auto& c) { return c.in_mm == in_mm; });
  // A unit that no case has goes without saying, unless there would be no line at all.
  if (of_unit.empty() && (!scored.empty() || !in_mm)) return;
  const std::string name = TissueName(tissue), unit = in_mm ? "mm" : "pixels";
  const CaseList defined =
      Where(of_unit, [&](const auto& c) { return c.score(tissue)->hausdorff95.has_value(); });
  const std::string note = LeftOutNote(of_unit.size(), defined.size(), "one of the masks is empty");
  const auto& scoring = context.options.scoring;
  const double tolerance = in_mm ? scoring.tolerance_mm : scoring.tolerance_pixels;
  context.Add(kSection, defined,
              {{fmt::format("Hausdorff 95 {} ({})", name, unit),
                unit,
                false,
                MeanMetric(CollectValues(
                    defined, [&](const auto& c) { return *c.score(tissue)->hausdorff95; })),
                {},
                note},
               {fmt::format("surface Dice {} ({:g} {})", name, tolerance, unit),
                "",
                false,
                MeanMetric(CollectValues(
                    defined, [&](const auto& c) { return *c.score(tissue)->surface_dice; })),
                {},
                note}},
              of_unit.empty() ? "no case has a true mask and a found mask of it"
                              : "one of the masks is empty in every case that has them");
}

}  // namespace

void AddSegmentation(const CaseList& cases, const SectionContext& context) {
  for (const Tissue tissue : kTissues) {
    AddOverlap(Where(cases, [&](const auto& c) { return c.score(tissue).has_value(); }), tissue,
               context);
  }
  const CaseList whole = Where(cases, [](const auto& c) { return c.tissue_dice.has_value(); });
  context.Add(kSection, whole,
              {{"tissue Dice",
                "",
                true,
                MeanMetric(CollectValues(whole, [](const auto& c) { return *c.tissue_dice; })),
                {},
                "mean of adipose, dense and pectoral, one class a pixel"}},
              "no case has true and predicted masks of breast and dense tissue");
  if (context.headlines_only) return;
  for (const Tissue tissue : kTissues) {
    const CaseList scored =
        Where(cases, [&](const auto& c) { return c.score(tissue).has_value(); });
    AddSurfaces(scored, tissue, true, context);
    AddSurfaces(scored, tissue, false, context);
  }
}

}  // namespace mhcnn
