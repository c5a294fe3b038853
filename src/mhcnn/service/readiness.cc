#include "mhcnn/service/readiness.h"

#include <unistd.h>

#include <cstdlib>

namespace mhcnn {

void SignalReady() {
  const char* text = std::getenv(kReadyPipe);
  if (!text) return;
  const int fd = std::atoi(text);
  ::unsetenv(kReadyPipe);
  if (fd < 3) return;
  [[maybe_unused]] const auto written = ::write(fd, "R", 1);
  ::close(fd);
}

}  // namespace mhcnn
