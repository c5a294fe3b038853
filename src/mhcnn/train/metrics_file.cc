#include "mhcnn/train/metrics_file.h"

#include <fmt/format.h>

#include "mhcnn/base/csv.h"

namespace mhcnn {
namespace {

std::string OrEmpty(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "";
}

}  // namespace

std::string MetricsHeader(const std::vector<std::string>& masks) {
  std::vector<std::string> columns = {"phase",
                                      "epoch",
                                      "learning_rate",
                                      "loss",
                                      "loss_segmentation",
                                      "loss_regression",
                                      "loss_classification",
                                      "val_loss",
                                      "val_loss_segmentation",
                                      "val_loss_regression",
                                      "val_loss_classification"};
  for (const auto& mask : masks) columns.push_back("val_dice_" + mask);
  for (const char* column : {"val_percent_mae_masks", "val_percent_mae_regression", "val_accuracy",
                             "val_commonest", "images_per_second", "seconds", "loader_wait"}) {
    columns.emplace_back(column);
  }
  return CsvLine(columns);
}

std::string MetricsLine(const EpochMetrics& row, std::size_t masks) {
  const Validation& v = row.validation;
  const bool validated = !v.dice.empty();
  std::vector<std::string> fields = {row.phase, std::to_string(row.epoch),
                                     fmt::format("{:.3g}", row.learning_rate)};
  for (const double loss : row.losses) fields.push_back(fmt::format("{:.6f}", loss));
  for (std::size_t i = 0; i < row.losses.size(); ++i)
    fields.push_back(validated ? fmt::format("{:.6f}", v.losses[i]) : "");
  for (std::size_t m = 0; m < masks; ++m) fields.push_back(validated ? OrEmpty(v.dice[m], 4) : "");
  for (const auto& value :
       {v.percent_mae_masks, v.percent_mae_regression, v.accuracy, v.majority_class_accuracy}) {
    fields.push_back(OrEmpty(value, 4));
  }
  fields.push_back(fmt::format("{:.2f}", row.images_per_second));
  fields.push_back(fmt::format("{:.1f}", row.seconds));
  fields.push_back(fmt::format("{:.4f}", row.loader_wait));
  return CsvLine(fields);
}

std::string MetricsSummary(const EpochMetrics& row, const std::vector<std::string>& masks) {
  std::string text =
      fmt::format("epoch {} ({}): loss {:.4f}, {:.1f} images/s, waited {:.0f} %", row.epoch,
                  row.phase, row.losses.at(0), row.images_per_second, 100 * row.loader_wait);
  const Validation& v = row.validation;
  if (v.dice.empty()) return text;
  text += fmt::format("; validation: loss {:.4f}", v.losses.at(0));
  for (std::size_t m = 0; m < masks.size(); ++m) {
    if (v.dice[m]) text += fmt::format(", Dice {} {:.3f}", masks[m], *v.dice[m]);
  }
  if (v.percent_mae_masks || v.percent_mae_regression) text += ", percent MAE";
  if (v.percent_mae_masks) text += fmt::format(" {:.1f} (masks)", *v.percent_mae_masks);
  if (v.percent_mae_regression) text += fmt::format(" {:.1f} (head)", *v.percent_mae_regression);
  if (v.accuracy)
    text += fmt::format(", accuracy {:.2f} (majority class {:.2f})", *v.accuracy,
                        *v.majority_class_accuracy);
  return text;
}

}  // namespace mhcnn
