#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "command.h"
#include "mhcnn/batch/batch.h"

namespace mhcnn::cli {

void AddMerge(CLI::App& app, int& status) {
  auto output = std::make_shared<std::filesystem::path>();
  CLI::App* command = app.add_subcommand(
      "merge", "join the parts that `mhcnn predict --shard` wrote to one folder");
  command->add_option("output", *output, "folder that predict -o named for all parts")->required();
  command->callback([output, &status] {
    const BatchReport report = MergeShards(*output);
    fmt::print("{} files of {} exams in {}\n", report.results.size(), report.studies.size(),
               (*output / "results.csv").string());
    if (report.left_out.total() > 0) fmt::print("left out: {}\n", report.left_out.Text());
    status = kSuccess;
  });
}

}  // namespace mhcnn::cli
