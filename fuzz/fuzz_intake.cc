// A file that somebody sent, on its way through the intake: header, digests, decision, store.
#include <stdlib.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "mhcnn/base/log.h"
#include "mhcnn/service/intake.h"
#include "mhcnn/service/received_header.h"
#include "target.h"

namespace {

namespace fs = std::filesystem;

fs::path MakeScratch() {
  std::string name = (fs::temp_directory_path() / "mhcnn-fuzz-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

/// A node's store and folder, made once and removed at the end.
struct Node {
  Node() { config.retention.reserve_bytes = 0; }
  ~Node() {
    std::error_code ec;
    fs::remove_all(scratch, ec);
  }
  fs::path scratch = MakeScratch();
  mhcnn::ObjectFolder folder{scratch / "objects"};
  mhcnn::JobStore store{
      {.url = "sqlite:" + (scratch / "node.db").string(), .password = {}, .clock = {}}};
  mhcnn::ServiceConfig config;
  mhcnn::Intake intake{store, folder, config};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Node node;
  spdlog::set_level(spdlog::level::off);
  const fs::path incoming = node.folder.MakeIncomingPath();
  std::ofstream(incoming, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto outcome = node.intake.Take(incoming, "fuzzer");
  // Nothing is left over, nothing is acknowledged that is not there, and nothing leads outside.
  if (fs::exists(incoming)) std::abort();
  if (outcome.safe && !fs::exists(node.folder.Path(outcome.object.file))) std::abort();
  if (outcome.safe && !mhcnn::IsUid(outcome.object.study_uid)) std::abort();
  if (outcome.code == mhcnn::ErrorCode::kInternal && !outcome.safe) std::abort();
  return 0;
}
