// A zip file: its list, heads and members.
#include "base/error.h"
#include "base/zip_archive.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    const mhcnn::ZipArchive archive(file.path());
    for (const auto& member : archive.members()) {
      archive.Head(member, 132);
      archive.Read(member);
    }
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
