#include "mhcnn/train/run_log.h"

#include <fmt/format.h>

#include "mhcnn/base/file.h"
#include "mhcnn/image/png_file.h"

namespace mhcnn {
namespace fs = std::filesystem;

RunLog::RunLog(const fs::path& run, std::uint64_t size, const std::string& recipe)
    : run_(run), events_((fs::create_directories(run), run / "events.out.tfevents.mhcnn"), size) {
  if (events_.size() != size) events_.Text(0, "recipe", "```toml\n" + recipe + "\n```");
}

void RunLog::Step(std::uint64_t step, const std::vector<double>& losses, double learning_rate) {
  events_.Scalars(step, {{"step/loss", losses.at(0)},
                         {"step/loss_segmentation", losses.at(1)},
                         {"step/loss_regression", losses.at(2)},
                         {"step/loss_classification", losses.at(3)},
                         {"step/learning_rate", learning_rate}});
}

void RunLog::Epoch(std::uint64_t step, const EpochMetrics& row,
                   const std::vector<std::string>& masks) {
  std::vector<std::pair<std::string, double>> values;
  const char* names[] = {"loss", "loss_segmentation", "loss_regression", "loss_classification"};
  for (std::size_t i = 0; i < row.losses.size(); ++i)
    values.emplace_back(std::string("train/") + names[i], row.losses[i]);
  const Validation& v = row.validation;
  for (std::size_t i = 0; i < v.losses.size(); ++i)
    values.emplace_back(std::string("validation/") + names[i], v.losses[i]);
  const auto add = [&](const std::string& tag, const std::optional<double>& value) {
    if (value) values.emplace_back("validation/" + tag, *value);
  };
  for (std::size_t m = 0; m < v.dice.size(); ++m) add("dice_" + masks[m], v.dice[m]);
  add("percent_mae_masks", v.percent_mae_masks);
  add("percent_mae_regression", v.percent_mae_regression);
  add("accuracy", v.accuracy);
  add("accuracy_of_the_commonest", v.majority_class_accuracy);
  values.emplace_back("speed/images_per_second", row.images_per_second);
  values.emplace_back("speed/loader_wait", row.loader_wait);
  events_.Scalars(step, values);
}

void RunLog::Augmented(const cv::Mat3b& sheet) {
  const std::vector<std::uint8_t> png = EncodePngFile(sheet);
  WriteFileAtomically(run_ / "samples" / "augmented.png", png);
  events_.Picture(0, "augmented", sheet.cols, sheet.rows,
                  {reinterpret_cast<const char*>(png.data()), png.size()});
}

void RunLog::Samples(std::uint64_t step, std::uint64_t epoch, const cv::Mat3b& sheet) {
  const std::vector<std::uint8_t> png = EncodePngFile(sheet);
  WriteFileAtomically(run_ / "samples" / fmt::format("epoch-{:04}.png", epoch), png);
  events_.Picture(step, "samples", sheet.cols, sheet.rows,
                  {reinterpret_cast<const char*>(png.data()), png.size()});
}

}  // namespace mhcnn
