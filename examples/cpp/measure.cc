// Measures the files of one exam and prints the percent density of each image and of the exam.
#include <mhcnn/mhcnn.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

namespace {

void Print(const char* name, const std::optional<double>& percent) {
  if (percent) {
    std::printf("%s: %.1f %%\n", name, *percent);
  } else {
    std::printf("%s: -\n", name);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::filesystem::path> files(argv + 1, argv + argc);
  if (files.empty()) {
    std::fprintf(stderr, "usage: measure FILE...\n");
    return 2;
  }
  try {
    const mhcnn::Analyzer analyzer = mhcnn::Analyzer::Load("fast");
    const mhcnn::ExamResult exam = analyzer.AnalyzeExam(files);
    for (const mhcnn::Result& image : exam.images) {
      if (!image.ok()) {
        std::printf("%s: %s\n", image.name.c_str(), image.error.c_str());
        continue;
      }
      Print(image.name.c_str(), image.percent_density);
      std::printf("  interval %.1f to %.1f, category %c\n", image.percent_low.value_or(0),
                  image.percent_high.value_or(100),
                  image.category ? ToLetter(*image.category) : '-');
    }
    Print("exam", exam.percent_density);
    std::printf("model: %s. Research tool, not a medical device.\n", analyzer.ModelName().c_str());
    return exam.ok() ? 0 : 1;
  } catch (const mhcnn::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
