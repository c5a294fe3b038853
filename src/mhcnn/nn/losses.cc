#include "mhcnn/nn/losses.h"

#include "mhcnn/base/error.h"
#include "mhcnn/nn/reader_model.h"

namespace mhcnn::nn {
namespace {

/// Mean of `values` over the entries with weight, 0 where there is none (without a NaN in the
/// gradient).
torch::Tensor WeightedMean(const torch::Tensor& values, const torch::Tensor& weights) {
  const torch::Tensor labelled = weights.gt(0).to(torch::kFloat32).sum();
  return (values * weights).sum() / labelled.clamp_min(1);
}

/// (N, C): of each image and class.
torch::Tensor FocalTverskyPerLabel(const torch::Tensor& logits, const torch::Tensor& targets,
                                   const FocalTverskyOptions& options) {
  const torch::Tensor p = torch::sigmoid(logits.to(torch::kFloat32)).flatten(2);
  const torch::Tensor t = targets.to(torch::kFloat32).flatten(2);
  const torch::Tensor both = (p * t).sum(2);
  const torch::Tensor missed = t.sum(2) - both, wrong = p.sum(2) - both;
  const torch::Tensor index = (both + options.smooth) / (both + options.alpha * missed +
                                                         options.beta * wrong + options.smooth);
  return (1 - index).clamp_min(1e-6).pow(options.exponent);
}

torch::Tensor CrossEntropyPerLabel(const torch::Tensor& logits, const torch::Tensor& targets) {
  return torch::binary_cross_entropy_with_logits(
             logits.to(torch::kFloat32), targets.to(torch::kFloat32), {}, {}, at::Reduction::None)
      .flatten(2)
      .mean(2);
}

torch::Tensor SegmentationLoss(const torch::Tensor& logits, const Targets& targets,
                               const LossOptions& options, const AuxiliaryParameters& learned) {
  torch::Tensor each = FocalTverskyPerLabel(logits, targets.masks, options.segmentation), pixels;
  if (learned.readers.defined() && targets.reader.defined()) {
    pixels = CrossEntropyPerLabel(
        ApplyReaderConfusion(logits, options.reader_mask, targets.reader, learned.readers),
        targets.masks);
    torch::Tensor drawn = torch::zeros_like(each, torch::kBool);
    drawn.select(1, options.reader_mask).copy_(targets.reader.ge(0));
    each = torch::where(drawn, pixels, each);
  } else if (options.mask_cross_entropy > 0) {
    pixels = CrossEntropyPerLabel(logits, targets.masks);
  }
  const torch::Tensor valid = targets.mask_valid.to(torch::kFloat32);
  if (options.mask_cross_entropy > 0) each = each + options.mask_cross_entropy * pixels;
  if (learned.mask_log_variances.defined()) {
    const torch::Tensor s = learned.mask_log_variances.unsqueeze(0);
    each = torch::exp(-s) * each + s;
  }
  return WeightedMean(each, valid);
}

/// The class weights of the options (4); undefined where there are none.
torch::Tensor ClassWeights(const LossOptions& options, torch::Device device) {
  if (options.class_weights.empty()) return {};
  return torch::tensor(options.class_weights, torch::kFloat32).to(device);
}

/// (N, 4): how much each category of each label counts.
torch::Tensor LabelWeights(const torch::Tensor& fractions, const torch::Tensor& class_weights) {
  return class_weights.defined() ? fractions * class_weights : fractions;
}

/// (N), 1 where a category stands in for the label that is missing.
torch::Tensor HasCategoryOnly(const torch::Tensor& category, const torch::Tensor& label) {
  return category.ge(0).logical_and(label.eq(0)).to(torch::kFloat32);
}

torch::Tensor HasCategoryWithoutMask(const Targets& targets, const CategoryRangeOptions& options) {
  return HasCategoryOnly(targets.category, targets.mask_valid.select(1, options.dense));
}

}  // namespace

torch::Tensor FocalTversky(const torch::Tensor& logits, const torch::Tensor& targets,
                           const torch::Tensor& valid, const FocalTverskyOptions& options) {
  return WeightedMean(FocalTverskyPerLabel(logits, targets, options), valid.to(torch::kFloat32));
}

torch::Tensor MaskCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets,
                               const torch::Tensor& valid) {
  return WeightedMean(CrossEntropyPerLabel(logits, targets), valid.to(torch::kFloat32));
}

torch::Tensor FocalRegression(const torch::Tensor& predicted, const torch::Tensor& targets,
                              const torch::Tensor& weights, const FocalRegressionOptions& options) {
  const torch::Tensor e = (predicted.to(torch::kFloat32) - targets.to(torch::kFloat32)).abs();
  const torch::Tensor size = options.form == RegressionForm::kL2 ? e * e : e;
  const torch::Tensor focus = options.activation == FocusActivation::kTanh
                                  ? torch::tanh(options.beta * e)
                                  : 2 * torch::sigmoid(options.beta * e) - 1;
  const torch::Tensor focal =
      options.gamma == 1 ? focus : focus.clamp_min(1e-12).pow(options.gamma);
  return WeightedMean(size * focal, weights.to(torch::kFloat32));
}

torch::Tensor CategoryCrossEntropy(const torch::Tensor& logits, const torch::Tensor& fractions,
                                   const torch::Tensor& class_weights) {
  const torch::Tensor weights = LabelWeights(fractions, class_weights);
  const torch::Tensor sum = -(weights * torch::log_softmax(logits.to(torch::kFloat32), 1)).sum();
  return sum / weights.sum().clamp_min(1e-6);
}

torch::Tensor OrdinalCrossEntropy(const torch::Tensor& logits, const torch::Tensor& fractions,
                                  const torch::Tensor& class_weights) {
  const torch::Tensor scores = torch::log_softmax(logits.to(torch::kFloat32), 1);
  const std::int64_t events = scores.size(1) - 1;
  // Logarithms of P(Y <= k) and of P(Y > k), k = 0 to 2.
  const torch::Tensor below = torch::logcumsumexp(scores, 1).narrow(1, 0, events);
  const torch::Tensor above = torch::logcumsumexp(scores.flip(1), 1).flip(1).narrow(1, 1, events);
  const torch::Tensor of_labels = fractions.cumsum(1).narrow(1, 0, events);
  const torch::Tensor labelled = fractions.sum(1, /*keepdim=*/true);
  const torch::Tensor each =
      -(of_labels * below + (labelled - of_labels) * above).sum(1) / static_cast<double>(events);
  const torch::Tensor weights = LabelWeights(fractions, class_weights).sum(1);
  return (each * weights).sum() / weights.sum().clamp_min(1e-6);
}

torch::Tensor TargetCategoryProbabilities(const Targets& targets,
                                          const CategoryFromPercentOptions& options) {
  const torch::Tensor stated = targets.category.ge(0).unsqueeze(1);
  torch::Tensor fractions =
      torch::one_hot(targets.category.clamp_min(0), 4).to(torch::kFloat32) * stated;
  if (options.mean.empty()) return fractions;
  const auto row = [&](const std::vector<double>& of_each) {
    return torch::tensor(of_each, torch::kFloat32).to(fractions.device()).unsqueeze(0);
  };
  const torch::Tensor root = (100 * targets.percent.clamp_min(0)).sqrt().unsqueeze(1);
  const torch::Tensor deviation = row(options.deviation);
  const torch::Tensor of_percent =
      torch::softmax(-0.5 * ((root - row(options.mean)) / deviation).pow(2) - deviation.log(), 1);
  const torch::Tensor measured = targets.percent_weight.gt(0).unsqueeze(1);
  return torch::where(stated, fractions, of_percent * measured);
}

torch::Tensor ExpectedMaskPercent(const torch::Tensor& logits,
                                  const CategoryRangeOptions& options) {
  const torch::Tensor p = torch::sigmoid(logits.to(torch::kFloat32)).flatten(2);
  const torch::Tensor breast = p.select(1, options.breast).detach();
  return (p.select(1, options.dense) * breast).sum(1) / breast.sum(1).clamp_min(1);
}

torch::Tensor CategoryRangeLoss(const torch::Tensor& percent, const torch::Tensor& category,
                                const torch::Tensor& weights, const CategoryRangeOptions& options) {
  const torch::Tensor p = percent.to(torch::kFloat32);
  const auto ends = [&](const std::vector<double>& of_each) {
    return torch::tensor(of_each, torch::kFloat32)
        .to(p.device())
        .index_select(0, category.clamp_min(0));
  };
  const torch::Tensor apart =
      (ends(options.low) - p).clamp_min(0) + (p - ends(options.high)).clamp_min(0);
  return WeightedMean(apart, weights.to(torch::kFloat32) * category.ge(0).to(torch::kFloat32));
}

std::array<double, 5> SumLabelWeights(const Targets& targets, const LossOptions& options) {
  const torch::Tensor fractions = TargetCategoryProbabilities(targets, options.category_of_percent);
  const torch::Tensor categories =
      LabelWeights(fractions, ClassWeights(options, fractions.device()));
  std::array<double, 5> mass = {targets.mask_valid.gt(0).sum().item<double>(),
                                targets.percent_weight.gt(0).sum().item<double>(),
                                categories.sum().item<double>()};
  if (options.category_range.weight > 0) {
    mass[3] = HasCategoryWithoutMask(targets, options.category_range).sum().item<double>();
    mass[4] = HasCategoryOnly(targets.category, targets.percent_weight).sum().item<double>();
  }
  return mass;
}

torch::Tensor TotalLoss(const Losses& losses, const LossOptions& options,
                        const AuxiliaryParameters& learned, double images) {
  const std::pair<double, torch::Tensor> parts[] = {
      {options.lambda_segmentation, losses.segmentation},
      {options.lambda_regression, losses.regression},
      {options.lambda_classification, losses.classification}};
  torch::Tensor total = torch::zeros_like(losses.segmentation);
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto& [lambda, loss] = parts[i];
    if (lambda <= 0) continue;
    if (learned.log_variances.defined()) {
      const torch::Tensor s = learned.log_variances[i];
      total = total + lambda * (torch::exp(-s) * loss + images * s);
    } else {
      total = total + lambda * loss;
    }
  }
  total =
      total + options.category_range.weight * (options.lambda_segmentation * losses.range_of_masks +
                                               options.lambda_regression * losses.range_of_head);
  if (learned.readers.defined() && options.lambda_segmentation > 0) {
    total = total + options.lambda_segmentation * options.reader_trace * images *
                        ReaderTrace(learned.readers);
  }
  return total;
}

Losses ComputeLosses(const Outputs& outputs, const Targets& targets, const LossOptions& options,
                     const AuxiliaryParameters& learned, const LossFractions& fractions) {
  options.Check();
  const torch::Tensor zero = outputs.Zero();
  Losses losses{zero, zero, zero, zero, zero, zero};
  const CategoryRangeOptions& range = options.category_range;
  if (options.lambda_segmentation > 0) {
    losses.segmentation = SegmentationLoss(outputs.segmentation, targets, options, learned);
    if (range.weight > 0) {
      losses.range_of_masks =
          CategoryRangeLoss(ExpectedMaskPercent(outputs.segmentation, range), targets.category,
                            HasCategoryWithoutMask(targets, range), range);
    }
  }
  if (options.lambda_regression > 0) {
    losses.regression = FocalRegression(outputs.percent.flatten(), targets.percent,
                                        targets.percent_weight, options.regression);
    if (range.weight > 0) {
      losses.range_of_head =
          CategoryRangeLoss(outputs.percent.flatten(), targets.category,
                            HasCategoryOnly(targets.category, targets.percent_weight), range);
    }
  }
  if (options.lambda_classification > 0) {
    const auto loss = options.category_form == CategoryForm::kOrdinal ? OrdinalCrossEntropy
                                                                      : CategoryCrossEntropy;
    losses.classification =
        loss(outputs.category, TargetCategoryProbabilities(targets, options.category_of_percent),
             ClassWeights(options, outputs.category.device()));
  }
  const auto take = [](torch::Tensor& loss, double fraction) {
    if (fraction != 1) loss = loss * fraction;
  };
  take(losses.segmentation, fractions.segmentation);
  take(losses.regression, fractions.regression);
  take(losses.classification, fractions.classification);
  take(losses.range_of_masks, fractions.range_of_masks);
  take(losses.range_of_head, fractions.range_of_head);
  losses.total = TotalLoss(losses, options, learned, fractions.images);
  return losses;
}

Targets Targets::To(torch::Device device) const {
  const auto moved = [&](const torch::Tensor& t) { return t.defined() ? t.to(device) : t; };
  return {moved(masks),          moved(mask_valid), moved(percent),
          moved(percent_weight), moved(category),   moved(reader)};
}

}  // namespace mhcnn::nn
