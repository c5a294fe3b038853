#include "mhcnn/evaluate/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <map>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using CaseValue = std::function<Statistic(const EvaluatedCase&)>;
using PairValue =
    std::function<std::pair<Statistic, Statistic>(const EvaluatedCase&, const EvaluatedCase&)>;
using Pairs = std::vector<std::pair<const EvaluatedCase*, const EvaluatedCase*>>;

std::string Names(const std::vector<std::string>& paths) {
  constexpr std::size_t kShown = 5;
  if (paths.size() <= kShown) return fmt::format("{}", fmt::join(paths, ", "));
  const std::vector<std::string> some(paths.begin(), paths.begin() + kShown);
  return fmt::format("{} and {} more", fmt::join(some, ", "), paths.size() - kShown);
}

bool SameTruth(const EvaluatedCase& a, const EvaluatedCase& b) {
  const bool percent_densities =
      a.true_percent.has_value() == b.true_percent.has_value() &&
      (!a.true_percent || std::abs(*a.true_percent - *b.true_percent) < 1e-9);
  if (!percent_densities || a.true_category != b.true_category) return false;
  for (const Tissue tissue : kTissues) {
    const auto &left = a.score(tissue), &right = b.score(tissue);
    if (!left || !right) continue;
    if (left->counts.true_positive + left->counts.false_negative !=
        right->counts.true_positive + right->counts.false_negative) {
      return false;
    }
  }
  return true;
}

/// Cases of both by image, those that both measured.
Pairs PairUp(const std::vector<EvaluatedCase>& first, const std::vector<EvaluatedCase>& second,
             Comparison& comparison) {
  CheckUniqueImages(first);
  CheckUniqueImages(second);
  std::map<std::string, const EvaluatedCase*> by_path;
  for (const auto& c : second) by_path[c.path] = &c;
  Pairs pairs;
  std::vector<std::string> only_first, only_second, different;
  for (const auto& c : first) {
    const auto found = by_path.find(c.path);
    if (found == by_path.end()) {
      only_first.push_back(c.path);
      continue;
    }
    const EvaluatedCase& other = *found->second;
    by_path.erase(found);
    if (!c.measured() || !other.measured()) {
      if (!c.measured()) comparison.not_by_first.push_back(c.path);
      if (!other.measured()) comparison.not_by_second.push_back(c.path);
    } else if (!SameTruth(c, other)) {
      different.push_back(c.path);
    } else {
      pairs.emplace_back(&c, &other);
    }
  }
  for (const auto& [path, c] : by_path) only_second.push_back(path);
  const std::string remedy = "a paired comparison needs the same images with the same truth";
  if (!only_first.empty())
    throw Error(ErrorCode::kUsage, "only the first contains " + Names(only_first), "", remedy);
  if (!only_second.empty())
    throw Error(ErrorCode::kUsage, "only the second contains " + Names(only_second), "", remedy);
  if (!different.empty())
    throw Error(ErrorCode::kUsage, "the truth differs for " + Names(different), "", remedy);
  return pairs;
}

Statistic MeanDefinedValues(const std::vector<double>& values) {
  if (values.empty()) return Undefined("no case that both measured has it");
  double sum = 0;
  for (const double value : values) sum += value;
  return Defined(sum / static_cast<double>(values.size()));
}

PairedComparison NoComparison(const std::string& why) {
  PairedComparison none;
  static_cast<Estimate&>(none.mean_difference) = UndefinedEstimate(why);
  none.sign_flip.p = none.signed_rank.p = Undefined(why);
  return none;
}

PairValue ApplyToEach(const CaseValue& value) {
  return [value](const EvaluatedCase& a, const EvaluatedCase& b) {
    return std::pair{value(a), value(b)};
  };
}

class Comparer {
 public:
  Comparer(Pairs pairs, const BootstrapOptions& bootstrap, const PermutationOptions& permutation)
      : pairs_(std::move(pairs)), bootstrap_(bootstrap), permutation_(permutation) {}

  ComparisonRow Row(const std::string& metric, const std::string& unit, bool higher_is_better,
                    const PairValue& value) const {
    ComparisonRow line;
    line.metric = metric;
    line.unit = unit;
    line.higher_is_better = higher_is_better;
    std::vector<double> first, second;
    std::vector<std::string> patients;
    for (const auto& [a, b] : pairs_) {
      const auto [left, right] = value(*a, *b);
      line.only_first += left.defined() && !right.defined();
      line.only_second += right.defined() && !left.defined();
      if (!left.defined() || !right.defined()) continue;
      first.push_back(*left.value);
      second.push_back(*right.value);
      patients.push_back(a->patient_id);
    }
    line.first = MeanDefinedValues(first);
    line.second = MeanDefinedValues(second);
    line.paired = first.empty()
                      ? NoComparison(line.first.undefined)
                      : ComparePaired(first, second, Clusters(patients), bootstrap_, permutation_);
    return line;
  }

  ComparisonRow Right() const {
    const CaseValue right = [](const EvaluatedCase& c) {
      if (!c.true_category || !c.category) return Undefined("no category");
      return Defined(*c.true_category == *c.category ? 1 : 0);
    };
    ComparisonRow line = Row("category accuracy", "", true, ApplyToEach(right));
    std::vector<bool> first, second;
    for (const auto& [a, b] : pairs_) {
      if (!right(*a).defined() || !right(*b).defined()) continue;
      first.push_back(*right(*a).value > 0);
      second.push_back(*right(*b).value > 0);
    }
    line.mcnemar = ExactMcNemarTest(first, second);
    return line;
  }

 private:
  Pairs pairs_;
  const BootstrapOptions& bootstrap_;
  const PermutationOptions& permutation_;
};

PairValue PercentError(std::optional<double> EvaluatedCase::*predicted) {
  return ApplyToEach([predicted](const EvaluatedCase& c) {
    if (!c.true_percent || !(c.*predicted)) return Undefined("no percent");
    return Defined(std::abs(*(c.*predicted) - *c.true_percent));
  });
}

/// Makes a value of Dice. If nothing is there and one method draws nothing, it has no Dice of its
/// own; compared with one that draws something there it is right.
PairValue MakeDiceValue(Tissue tissue) {
  return [tissue](const EvaluatedCase& a, const EvaluatedCase& b) {
    std::pair<Statistic, Statistic> dice{a.dice(tissue), b.dice(tissue)};
    if (!a.score(tissue) || !b.score(tissue)) return dice;
    if (!dice.first.defined() && dice.second.defined()) dice.first = Defined(1);
    if (!dice.second.defined() && dice.first.defined()) dice.second = Defined(1);
    return dice;
  };
}

}  // namespace

Comparison CompareEvaluations(const std::string& first_name,
                              const std::vector<EvaluatedCase>& first,
                              const std::string& second_name,
                              const std::vector<EvaluatedCase>& second,
                              const BootstrapOptions& bootstrap,
                              const PermutationOptions& permutation) {
  Comparison comparison;
  comparison.first = first_name;
  comparison.second = second_name;
  Pairs pairs = PairUp(first, second, comparison);
  comparison.images = pairs.size();
  const Comparer comparer(std::move(pairs), bootstrap, permutation);
  for (const Tissue tissue : kTissues) {
    comparison.lines.push_back(
        comparer.Row(std::string("Dice ") + TissueName(tissue), "", true, MakeDiceValue(tissue)));
  }
  comparison.lines.push_back(
      comparer.Row("tissue Dice", "", true, ApplyToEach([](const EvaluatedCase& c) {
                     return c.tissue_dice ? Defined(*c.tissue_dice) : Undefined("no tissue Dice");
                   })));
  comparison.lines.push_back(
      comparer.Row("percent MAE (masks)", "points", false, PercentError(&EvaluatedCase::percent)));
  comparison.lines.push_back(comparer.Row("percent MAE (regression head)", "points", false,
                                          PercentError(&EvaluatedCase::regression)));
  comparison.lines.push_back(comparer.Right());
  return comparison;
}

}  // namespace mhcnn
