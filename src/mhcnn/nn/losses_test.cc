#include "mhcnn/nn/losses.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"

namespace mhcnn::nn {
namespace {

nlohmann::json Goldens() {
  return nlohmann::json::parse(
      ReadTextFile(std::string(MHCNN_SOURCE_DIR) + "/tests/data/goldens/losses.json"));
}

torch::Tensor Values(const nlohmann::json& json) {
  const auto values = json.get<std::vector<double>>();
  return torch::tensor(values).to(torch::kFloat32);
}

void ExpectNear(const torch::Tensor& got, const torch::Tensor& wanted, double tolerance) {
  EXPECT_LT((got.flatten() - wanted).abs().max().item<double>(), tolerance);
}

TEST(Losses, FocalTverskyEqualsPyTorch) {
  const auto goldens = Goldens();  // of its own: a loop over a part of a temporary sees nothing
  ASSERT_GT(goldens.at("focal_tversky").size(), 2u);
  for (const auto& c : goldens.at("focal_tversky")) {
    const auto shape = c["shape"].get<std::vector<std::int64_t>>();
    const auto p = c["parameters"].get<std::vector<double>>();
    auto logits = Values(c["logits"]).view(shape).requires_grad_();
    const auto loss = FocalTversky(logits, Values(c["targets"]).view(shape),
                                   Values(c["valid"]).view({shape[0], shape[1]}),
                                   {.alpha = p[0], .beta = p[1], .exponent = p[2], .smooth = p[3]});
    EXPECT_NEAR(loss.item<double>(), c["loss"].get<double>(), 1e-6);
    loss.backward();
    ExpectNear(logits.grad(), Values(c["gradient"]), 1e-6);
  }
}

TEST(Losses, FocalRegressionEqualsPyTorch) {
  const auto goldens = Goldens();
  ASSERT_GT(goldens.at("focal_regression").size(), 2u);
  for (const auto& c : goldens.at("focal_regression")) {
    auto predicted = Values(c["predicted"]).requires_grad_();
    const auto loss =
        FocalRegression(predicted, Values(c["targets"]), Values(c["weights"]),
                        {.form = ParseRegressionForm("form", c["form"]),
                         .activation = ParseFocusActivation("activation", c["activation"]),
                         .beta = c["beta"],
                         .gamma = c["gamma"]});
    EXPECT_NEAR(loss.item<double>(), c["loss"].get<double>(), 1e-6);
    loss.backward();
    ExpectNear(predicted.grad(), Values(c["gradient"]), 1e-6);
  }
}

TEST(Losses, CrossEntropyEqualsPyTorch) {
  const auto goldens = Goldens();
  ASSERT_GT(goldens.at("cross_entropy").size(), 1u);
  for (const auto& c : goldens.at("cross_entropy")) {
    auto logits = Values(c["logits"]).view({-1, 4}).requires_grad_();
    const auto weights = c["weights"].empty() ? torch::Tensor() : Values(c["weights"]);
    Targets targets;
    targets.category = torch::tensor(c["targets"].get<std::vector<std::int64_t>>());
    const auto loss =
        CategoryCrossEntropy(logits, TargetCategoryProbabilities(targets, {}), weights);
    EXPECT_NEAR(loss.item<double>(), c["loss"].get<double>(), 1e-6);
    loss.backward();
    ExpectNear(logits.grad(), Values(c["gradient"]), 1e-6);
  }
}

TEST(Losses, CategoryRangeEqualsPyTorch) {
  const auto goldens = Goldens();
  ASSERT_GT(goldens.at("category_range").size(), 2u);
  for (const auto& c : goldens.at("category_range")) {
    const auto shape = c["shape"].get<std::vector<std::int64_t>>();
    auto logits = Values(c["logits"]).view(shape).requires_grad_();
    Targets targets;
    targets.masks = torch::zeros(shape);
    targets.mask_valid = torch::zeros({shape[0], shape[1]});
    targets.mask_valid.select(1, 1).copy_(Values(c["labelled"]));
    targets.category = torch::tensor(c["category"].get<std::vector<std::int64_t>>());
    LossOptions options;
    options.lambda_regression = options.lambda_classification = 0;
    options.category_range = {.weight = 1,
                              .low = c["low"].get<std::vector<double>>(),
                              .high = c["high"].get<std::vector<double>>()};
    const Losses losses =
        ComputeLosses({logits, torch::Tensor(), torch::Tensor()}, targets, options);
    EXPECT_NEAR(losses.range_of_masks.item<double>(), c["loss"].get<double>(), 1e-6);
    losses.range_of_masks.backward();
    ExpectNear(logits.grad(), Values(c["gradient"]), 1e-6);
  }
}

TEST(Losses, CategoryRangeIsZeroWithinAndGrowsOutside) {
  const CategoryRangeOptions range{
      .weight = 1, .low = {0, 0.1, 0.25, 0.4}, .high = {0.15, 0.3, 0.5, 0.8}};
  const auto of = [&](float percent, int category, float weight = 1) {
    return CategoryRangeLoss(torch::tensor({percent}), torch::tensor({category}, torch::kInt64),
                             torch::tensor({weight}), range)
        .item<double>();
  };
  EXPECT_EQ(of(0.2f, 1), 0);
  EXPECT_NEAR(of(0.2f, 0), 0.05, 1e-6);
  EXPECT_NEAR(of(0.2f, 3), 0.2, 1e-6);
  EXPECT_NEAR(of(1.0f, 2), 0.5, 1e-6);
  EXPECT_EQ(of(0.2f, 3, 0), 0) << "a better label is there";
  EXPECT_EQ(of(0.2f, -1), 0) << "no category";
}

TEST(Losses, CategoryRangeHoldsOnlyWhatHasNoBetterLabel) {
  // Dense everywhere: 100 % where a category says 10 to 30.
  auto logits = torch::full({2, 3, 4, 4}, 3.0f).requires_grad_();
  auto percent = torch::full({2, 1}, 0.9f).requires_grad_();
  Targets targets{torch::zeros({2, 3, 4, 4}), torch::zeros({2, 3}), torch::zeros({2}),
                  torch::zeros({2}), torch::tensor({1, 1}, torch::kInt64)};
  targets.mask_valid[0].fill_(1);
  targets.percent_weight[0] = 1;
  LossOptions options;
  options.lambda_classification = 0;
  options.category_range = {.weight = 2, .low = {0, 0.1, 0.25, 0.4}, .high = {0.15, 0.3, 0.5, 0.8}};
  const Losses losses = ComputeLosses({logits, percent, torch::Tensor()}, targets, options);
  EXPECT_NEAR(losses.range_of_head.item<double>(), 0.6, 1e-6);
  EXPECT_NEAR(losses.range_of_masks.item<double>(), 1 / (1 + std::exp(-3.0)) - 0.3, 1e-6);
  EXPECT_NEAR(losses.total.item<double>(),
              losses.segmentation.item<double>() + losses.regression.item<double>() +
                  2 * (losses.range_of_masks + losses.range_of_head).item<double>(),
              1e-5);
  (losses.range_of_masks + losses.range_of_head).backward();
  EXPECT_EQ(logits.grad()[0].abs().sum().item<double>(), 0) << "the image with a mask";
  EXPECT_EQ(logits.grad()[1][0].abs().sum().item<double>(), 0) << "the breast's outline";
  EXPECT_GT(logits.grad()[1][1].min().item<double>(), 0) << "less dense tissue is wanted";
  EXPECT_EQ(percent.grad()[0].item<double>(), 0);
  EXPECT_NEAR(percent.grad()[1].item<double>(), 1, 1e-6);
}

TEST(Losses, ClosedForms) {
  // One pixel of truth, probability 1/2 everywhere over 4 pixels: TP 1/2, FN 1/2, FP 3/2.
  const auto truth = torch::tensor({1.0f, 0.0f, 0.0f, 0.0f}).view({1, 1, 2, 2});
  const double index = (0.5 + 1) / (0.5 + 0.7 * 0.5 + 0.3 * 1.5 + 1);
  EXPECT_NEAR(FocalTversky(torch::zeros({1, 1, 2, 2}), truth, torch::ones({1, 1})).item<double>(),
              std::pow(1 - index, 0.75), 1e-6);
  // |e| = 0.1: 0.1 (2 sigmoid(2) - 1).
  EXPECT_NEAR(FocalRegression(torch::tensor({0.6f}), torch::tensor({0.5f}), torch::ones({1}))
                  .item<double>(),
              0.1 * (2 / (1 + std::exp(-2.0)) - 1), 1e-6);
  EXPECT_NEAR(
      CategoryCrossEntropy(torch::zeros({3, 4}), torch::eye(4).narrow(0, 0, 3)).item<double>(),
      std::log(4.0), 1e-6);
}

TEST(Losses, OrdinalCrossEntropyIsTheMeanOfThreeEvents) {
  // Probabilities 0.1, 0.2, 0.3, 0.4; cumulative 0.1, 0.3, 0.6.
  const auto logits = torch::tensor({0.1f, 0.2f, 0.3f, 0.4f}).log().view({1, 4});
  const auto of = [&](std::vector<float> fractions, const torch::Tensor& weights = {}) {
    return OrdinalCrossEntropy(logits, torch::tensor(fractions).view({1, 4}), weights)
        .item<double>();
  };
  EXPECT_NEAR(of({1, 0, 0, 0}), -(std::log(0.1) + std::log(0.3) + std::log(0.6)) / 3, 1e-6);
  EXPECT_NEAR(of({0, 0, 0, 1}), -(std::log(0.9) + std::log(0.7) + std::log(0.4)) / 3, 1e-6);
  // Half b, half c: of "a" nothing, of "a or b" a half, of "a to c" all.
  EXPECT_NEAR(of({0, 0.5, 0.5, 0}),
              -(std::log(0.9) + (std::log(0.3) + std::log(0.7)) / 2 + std::log(0.6)) / 3, 1e-6);
  EXPECT_EQ(of({0, 0, 0, 0}), 0);
  EXPECT_NEAR(of({1, 0, 0, 0}, torch::tensor({7.0f, 1.0f, 1.0f, 1.0f})), of({1, 0, 0, 0}), 1e-6)
      << "a single label's weight divides out";
}

TEST(Losses, OrdinalCrossEntropyCostsMoreTheFurtherOffACategoryIs) {
  const auto fractions = torch::eye(4).narrow(0, 0, 1);  // a
  double before = 0;
  for (int said = 0; said < 4; ++said) {
    auto logits = torch::zeros({1, 4});
    logits[0][said] = 5;
    const double loss = OrdinalCrossEntropy(logits, fractions).item<double>();
    EXPECT_GT(loss, before) << said;
    before = loss;
  }
  auto sure = torch::tensor({-200.0f, -200.0f, -200.0f, 200.0f}).view({1, 4}).requires_grad_();
  OrdinalCrossEntropy(sure, fractions).backward();
  EXPECT_TRUE(torch::isfinite(sure.grad()).all().item<bool>());
}

TEST(Losses, ThePercentGivesACategoryWhereTheReaderGaveNone) {
  // Normals about the roots 1, 3, 5 and 7, of equal width.
  const CategoryFromPercentOptions of_percent{.mean = {1, 3, 5, 7}, .deviation = {1, 1, 1, 1}};
  Targets targets;
  targets.category = torch::tensor({2, -1, -1}, torch::kInt64);
  targets.percent = torch::tensor({0.01f, 0.16f, 0.16f});  // roots of 1 and 16: 1 and 4
  targets.percent_weight = torch::tensor({1.0f, 1.0f, 0.0f});
  const auto fractions = TargetCategoryProbabilities(targets, of_percent);
  EXPECT_EQ(fractions[0][2].item<double>(), 1) << "the reader's category counts";
  // exp(-z^2 / 2) at distances 3, 1, 1 and 3.
  const double near = std::exp(-0.5), far = std::exp(-4.5), sum = 2 * near + 2 * far;
  for (const int k : {0, 1, 2, 3}) {
    EXPECT_NEAR(fractions[1][k].item<double>(), (k == 1 || k == 2 ? near : far) / sum, 1e-6) << k;
  }
  EXPECT_EQ(fractions[2].abs().sum().item<double>(), 0) << "no label at all";
  EXPECT_EQ(TargetCategoryProbabilities(targets, {}).sum().item<double>(), 1) << "off";
  LossOptions options;
  options.category_of_percent = of_percent;
  targets.mask_valid = torch::zeros({3, 3});
  EXPECT_NEAR(SumLabelWeights(targets, options)[2], 2, 1e-6);
  // The form decides which of the two losses is taken of these labels.
  options.lambda_segmentation = options.lambda_regression = 0;
  const Outputs outputs{torch::zeros({3, 3, 2, 2}), torch::zeros({3, 1}), torch::randn({3, 4})};
  EXPECT_EQ(ComputeLosses(outputs, targets, options).classification.item<double>(),
            CategoryCrossEntropy(outputs.category, fractions).item<double>());
  options.category_form = CategoryForm::kOrdinal;
  EXPECT_EQ(ComputeLosses(outputs, targets, options).classification.item<double>(),
            OrdinalCrossEntropy(outputs.category, fractions).item<double>());
}

TEST(Losses, MaskCrossEntropyIsMeanOverLabelledMasks) {
  // Logit 0 costs ln 2 whatever the truth; logit ln 3 (probability 3/4) costs ln 4/3 where true.
  auto logits = torch::zeros({1, 3, 2, 2});
  logits[0][1].fill_(std::log(3.0f));
  const auto truth = torch::ones({1, 3, 2, 2});
  const auto of = [&](std::vector<float> valid) {
    return MaskCrossEntropy(logits, truth, torch::tensor(valid).view({1, 3})).item<double>();
  };
  EXPECT_NEAR(of({1, 0, 0}), std::log(2.0), 1e-6);
  EXPECT_NEAR(of({1, 1, 0}), (std::log(2.0) + std::log(4.0 / 3)) / 2, 1e-6);
  EXPECT_EQ(of({0, 0, 0}), 0);
  LossOptions options;
  options.lambda_regression = options.lambda_classification = 0;
  const Outputs outputs{logits, torch::zeros({1, 1}), torch::zeros({1, 4})};
  Targets targets;
  targets.masks = truth, targets.mask_valid = torch::ones({1, 3});
  const double plain = ComputeLosses(outputs, targets, options).total.item<double>();
  options.mask_cross_entropy = 0.5;
  EXPECT_NEAR(ComputeLosses(outputs, targets, options).total.item<double>(),
              plain + 0.5 * (2 * std::log(2.0) + std::log(4.0 / 3)) / 3, 1e-6);
}

TEST(Losses, GradientsEqualFiniteDifferences) {
  torch::manual_seed(5);
  const auto logits = torch::randn({1, 1, 3, 3});
  const auto truth = torch::randn({1, 1, 3, 3}).gt(0).to(torch::kFloat32);
  const auto loss = [&](const torch::Tensor& x) {
    return FocalTversky(x, truth, torch::ones({1, 1})) +
           FocalRegression(torch::sigmoid(x.flatten().slice(0, 0, 3)),
                           torch::tensor({0.1f, 0.5f, 0.9f}), torch::ones({3})) +
           CategoryCrossEntropy(x.flatten().slice(0, 3, 7).view({1, 4}),
                                torch::eye(4).narrow(0, 2, 1)) +
           OrdinalCrossEntropy(x.flatten().slice(0, 3, 7).view({1, 4}),
                               torch::tensor({0.1f, 0.2f, 0.7f, 0.0f}).view({1, 4}));
  };
  auto x = logits.clone().requires_grad_();
  loss(x).backward();
  constexpr float kStep = 1e-2f;  // single precision: smaller steps drown in rounding
  for (std::int64_t i = 0; i < logits.numel(); ++i) {
    auto up = logits.clone(), down = logits.clone();
    up.view(-1)[i] += kStep;
    down.view(-1)[i] -= kStep;
    const double slope = (loss(up) - loss(down)).item<double>() / (2 * kStep);
    EXPECT_NEAR(x.grad().flatten()[i].item<double>(), slope, 2e-3) << i;
  }
}

TEST(Losses, PerfectMaskHasFiniteGradient) {
  const auto truth = torch::ones({1, 1, 8, 8});
  auto logits = torch::full({1, 1, 8, 8}, 60.0f).requires_grad_();
  const auto loss = FocalTversky(logits, truth, torch::ones({1, 1}));
  loss.backward();
  EXPECT_TRUE(torch::isfinite(logits.grad()).all().item<bool>());
  EXPECT_LT(loss.item<double>(), 1e-4);
}

TEST(Losses, MissingLabelsGiveZeroLossAndNoGradient) {
  auto logits = torch::randn({2, 3, 4, 4}).requires_grad_();
  auto percent = torch::rand({2, 1}).requires_grad_();
  auto category = torch::randn({2, 4}).requires_grad_();
  const Targets none{torch::zeros({2, 3, 4, 4}), torch::zeros({2, 3}), torch::zeros({2}),
                     torch::zeros({2}), torch::full({2}, -1, torch::kInt64)};
  const Losses losses = ComputeLosses({logits, percent, category}, none, {});
  losses.total.backward();
  EXPECT_EQ(losses.total.item<double>(), 0);
  for (const auto& input : {logits, percent, category}) {
    if (input.grad().defined()) {
      EXPECT_EQ(input.grad().abs().sum().item<double>(), 0);
    }
  }
}

TEST(Losses, MissingMaskGivesNoGradient) {
  auto logits = torch::randn({2, 1, 4, 4}).requires_grad_();
  FocalTversky(logits, torch::ones({2, 1, 4, 4}), torch::tensor({1.0f, 0.0f}).view({2, 1}))
      .backward();
  EXPECT_GT(logits.grad()[0].abs().sum().item<double>(), 0);
  EXPECT_EQ(logits.grad()[1].abs().sum().item<double>(), 0);
}

TEST(Losses, TotalIsWeightedSum) {
  const Outputs outputs{torch::randn({2, 3, 4, 4}), torch::rand({2, 1}), torch::randn({2, 4})};
  const Targets targets{torch::ones({2, 3, 4, 4}), torch::ones({2, 3}), torch::rand({2}),
                        torch::ones({2}), torch::tensor({1, 2}, torch::kInt64)};
  LossOptions options;
  options.lambda_segmentation = 2;
  options.lambda_regression = 0.5;
  options.lambda_classification = 3;
  const Losses l = ComputeLosses(outputs, targets, options);
  EXPECT_NEAR(l.total.item<double>(),
              2 * l.segmentation.item<double>() + 0.5 * l.regression.item<double>() +
                  3 * l.classification.item<double>(),
              1e-5);
  options.lambda_regression = options.lambda_classification = 0;
  EXPECT_EQ(ComputeLosses(outputs, targets, options).regression.item<double>(), 0);
}

TEST(ComputeLosses, UncertaintyWeightsMasks) {
  torch::manual_seed(9);
  Outputs outputs;
  outputs.segmentation = torch::randn({2, 3, 4, 4});
  LossOptions options;
  options.lambda_regression = options.lambda_classification = 0;
  Targets targets;
  targets.masks = torch::rand({2, 3, 4, 4}).gt(0.5).to(torch::kFloat32);
  targets.mask_valid = torch::tensor({1.0f, 1.0f, 0.0f, 1.0f, 0.0f, 0.0f}).view({2, 3});
  const auto of = [&](std::int64_t n, std::int64_t c) {
    return FocalTversky(outputs.segmentation.narrow(0, n, 1).narrow(1, c, 1),
                        targets.masks.narrow(0, n, 1).narrow(1, c, 1), torch::ones({1, 1}))
        .item<double>();
  };
  auto s = torch::tensor({0.5f, -1.0f, 0.2f}).requires_grad_();
  AuxiliaryParameters learned;
  learned.mask_log_variances = s;
  const Losses losses = ComputeLosses(outputs, targets, options, learned);
  EXPECT_NEAR(losses.total.item<double>(),
              (std::exp(-0.5) * (of(0, 0) + of(1, 0)) + 2 * 0.5 + std::exp(1.0) * of(0, 1) - 1) / 3,
              1e-6);
  losses.total.backward();
  EXPECT_EQ(s.grad()[2].item<double>(), 0) << "no image has that mask";
}

TEST(ComputeLosses, UncertaintyWeightsHeads) {
  torch::manual_seed(5);
  const Outputs outputs{torch::randn({2, 3, 8, 8}), torch::rand({2, 1}), torch::randn({2, 4})};
  const Targets targets{(torch::rand({2, 3, 8, 8}) > 0.5).to(torch::kFloat32), torch::ones({2, 3}),
                        torch::rand({2}), torch::ones({2}), torch::tensor({1, 3})};
  LossOptions options;
  options.lambda_regression = 0.5;
  options.lambda_classification = 0;
  const torch::Tensor s = torch::tensor({0.3f, -0.7f, 2.0f}).requires_grad_();
  const Losses plain = ComputeLosses(outputs, targets, options),
               weighed = ComputeLosses(outputs, targets, options, {.log_variances = s});
  const double seg = plain.segmentation.item<double>(), reg = plain.regression.item<double>();
  EXPECT_NEAR(plain.total.item<double>(), seg + 0.5 * reg, 1e-6);
  EXPECT_NEAR(weighed.total.item<double>(),
              std::exp(-0.3) * seg + 0.3 + 0.5 * (std::exp(0.7) * reg - 0.7), 1e-5);
  weighed.total.backward();
  EXPECT_NEAR(s.grad()[0].item<double>(), 1 - std::exp(-0.3) * seg, 1e-5);
  EXPECT_NEAR(s.grad()[1].item<double>(), 0.5 * (1 - std::exp(0.7) * reg), 1e-5);
  EXPECT_EQ(s.grad()[2].item<double>(), 0);
}

}  // namespace
}  // namespace mhcnn::nn
