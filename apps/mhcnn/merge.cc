#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "analyze/batch.h"
#include "command.h"
#include "study_by.h"

namespace mhcnn::cli {

void AddMerge(CLI::App& app, int& status) {
  struct Arguments {
    std::filesystem::path output;
    StudyBy by = StudyBy::kAuto;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "merge", "join the parts that `mhcnn predict --shard` wrote to one folder");
  command->add_option("output", arguments->output, "folder given to predict with -o")->required();
  AddStudyBy(*command, arguments->by);
  command->callback([arguments, &status] {
    const BatchReport report = MergeShards(arguments->output, arguments->by);
    fmt::print("{} files of {} exams in {}\n", report.results.size(), report.studies.size(),
               (arguments->output / "results.csv").string());
    status = kSuccess;
  });
}

}  // namespace mhcnn::cli
