#include "mhcnn/data/prepare.h"

#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn::cli {
namespace {

struct Arguments {
  PrepareOptions options;
  std::vector<std::string> folders;
  std::string out, masks;
  std::vector<std::string> tissue;  ///< "F=a"
  bool no_decode = false, strict = false;
};

int Run(Arguments& a) {
  PrepareOptions& o = a.options;
  o.adapter.folders.assign(a.folders.begin(), a.folders.end());
  o.out = a.out;
  if (!a.masks.empty()) o.adapter.masks = a.masks;
  o.decode = !a.no_decode;
  for (const auto& word : a.tissue) {
    const bool tissue =
        word.size() == 3 && (word[0] == 'F' || word[0] == 'G' || word[0] == 'D') && word[1] == '=';
    const auto category = tissue ? CategoryFromLetter(word.substr(2)) : std::nullopt;
    if (!category) {
      throw Error(ErrorCode::kUsage, "'" + word + "' is not a pair such as F=a",
                  "--tissue-categories", "tissues are F, G, D; categories are a, b, c, d");
    }
    o.adapter.tissue_categories[word.substr(0, 1)] = *category;
  }
  const DatasetSummary summary = Prepare(o);
  fmt::print("{}\nwrote {}\n", SummaryText(summary), (o.out / "manifest.csv").string());
  return a.strict && !summary.problems.empty() ? kSomeFailed : kSuccess;
}

}  // namespace

void AddPrepare(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  std::string sets;
  for (const auto& adapter : DataSetAdapters()) {
    sets += fmt::format("\n  {:<12} {}", adapter.name, adapter.summary);
  }
  CLI::App* sub = app.add_subcommand(
      "prepare", "check a data set, summarise it, split it by patient and write its manifest");
  sub->footer("Sets:" + sets);
  PrepareOptions& o = a->options;
  sub->add_option("set", o.set, "name of the data set, one of the sets listed below")->required();
  sub->add_option(
         "folders", a->folders,
         "folder of the data set, or several folders if its parts are in different folders")
      ->required();
  sub->add_option("--out,-o", a->out, "folder to write manifest.csv and the summary (census) to")
      ->required();
  sub->add_option("--masks", a->masks,
                  "folder of the Behravan dense masks (for the set vindr-mammo)");
  sub->add_option(
      "--tissue-categories", a->tissue,
      "categories of the tissue letters of the set mini-mias, e.g. F=a G=b D=d (default: no "
      "categories)");
  sub->add_option("--split-val", o.split.val_fraction,
                  "fraction of the patients in split val, 0 to 1")
      ->capture_default_str();
  sub->add_option(
         "--split-test", o.split.test_fraction,
         "fraction of the patients in split test, 0 to 1, if the set has no published test part")
      ->capture_default_str();
  sub->add_option("--seed", o.split.seed, "random seed of the split")->capture_default_str();
  sub->add_flag("--redraw", o.split.redraw,
                "make a new split into train, val and test; ignore the published split of the set");
  sub->add_flag("--no-decode", a->no_decode,
                "check DICOM images without masks by their header only, and find duplicates by the "
                "bytes of the files");
  sub->add_flag("--strict", a->strict, "exit with status 1 if there is any problem");
  sub->add_option("--pictures", o.pictures, "number of pictures in census.html")
      ->capture_default_str();
  sub->add_option("--threads", o.threads, "number of threads (0: all processors)")
      ->capture_default_str();
  sub->callback([a, &status] { status = Run(*a); });
}

}  // namespace mhcnn::cli
