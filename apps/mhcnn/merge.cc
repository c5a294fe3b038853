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
  auto no_page = std::make_shared<bool>(false);
  command->add_flag("--no-page", *no_page, "write no page of the results (index.html and page/)");
  command->callback([output, no_page, &status] {
    const BatchReport report = MergeShards(*output, !*no_page);
    fmt::print("{} files of {} exams in {}\n", report.files, report.exams,
               (*output / "results.csv").string());
    if (report.left_out.total() > 0) fmt::print("left out: {}\n", report.left_out.Text());
    if (!*no_page)
      fmt::print("open {} in a browser to look at the results\n",
                 (*output / "index.html").string());
    status = kSuccess;
  });
}

}  // namespace mhcnn::cli
