// An archive: a zip or tar file, packed or not; its list, heads and members.
#include "mhcnn/base/archive.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/packed_file.h"
#include "target.h"

namespace {

void ReadAll(const std::filesystem::path& path) {
  try {
    const auto archive = mhcnn::OpenArchive(path);
    for (const auto& member : archive->members()) {
      archive->Head(member, 132);
      try {
        archive->Read(member);
      } catch (const mhcnn::Error&) {
      }
    }
  } catch (const mhcnn::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  if (mhcnn::SniffPacking({data, size}) == mhcnn::Packing::kNone) {
    ReadAll(file.path());
    return 0;
  }
  try {
    mhcnn::ReadUnpackedHead(file.path(), mhcnn::kArchiveHead);
    ReadAll(mhcnn::Unpack(file.path())->path());
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
