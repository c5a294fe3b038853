#include "output_check.h"

#include <system_error>

#include "mhcnn/base/error.h"

namespace mhcnn::cli {

void CheckOutputs(const std::vector<std::filesystem::path>& outputs,
                  const std::vector<std::filesystem::path>& inputs) {
  for (const auto& output : outputs) {
    for (const auto& input : inputs) {
      std::error_code ignored;  // error of a file that does not exist
      if (output.empty() || input.empty() || !std::filesystem::equivalent(output, input, ignored))
        continue;
      throw Error(ErrorCode::kUsage, "is an input of this command and would be replaced",
                  output.string(), "give another name for the output");
    }
  }
}

}  // namespace mhcnn::cli
