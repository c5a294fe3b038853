#include "mhcnn/base/host_name.h"

#include <unistd.h>

#include <array>

#include "mhcnn/base/text.h"

namespace mhcnn {

std::string HostName() {
  std::array<char, 256> name{};  // the kernel's limit is 64
  return ::gethostname(name.data(), name.size() - 1) == 0 ? ToDisplayText(name.data()) : "";
}

}  // namespace mhcnn
