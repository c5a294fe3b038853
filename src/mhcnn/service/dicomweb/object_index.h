#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/object_folder.h"

namespace mhcnn {

/// Stored object with the part of its header for searches: attributes of DICOM JSON by tag.
struct IndexedObject {
  StoredObject object;                           ///< object as in the store
  std::shared_ptr<const nlohmann::json> header;  ///< attributes; never null
  /// Returns the first value of an attribute as text, "" where there is none.
  std::string Text(const char* tag) const;
  /// Returns the Series Instance UID.
  std::string Series() const { return Text("0020000E"); }
};

/// Finds the objects of a study with their headers. Headers that were read are kept, up to a number
/// of them: a file never changes. Thread-safe.
class ObjectIndex {
 public:
  /// Keeps `folder`, which must outlive it. `most`: number of headers that are kept.
  explicit ObjectIndex(const ObjectFolder& folder, std::size_t most = 10'000)
      : folder_(folder), most_(most) {}

  /// Returns the objects of a study, of one series or one object where these are named. Objects
  /// whose file cannot be read are left out. Throws what the store throws.
  std::vector<IndexedObject> Find(JobStore& store, const std::string& study,
                                  const std::string& series = {}, const std::string& sop = {});
  /// Locks the reading of headers of many studies, which only one search at a time may do. Returns
  /// a lock that does not own the mutex where another search owns it.
  std::unique_lock<std::mutex> HoldSearch() {
    return std::unique_lock<std::mutex>(search_, std::try_to_lock);
  }
  /// Returns the path of an object's file.
  std::filesystem::path Path(const StoredObject& object) const { return folder_.Path(object.file); }

 private:
  std::shared_ptr<const nlohmann::json> Header(const StoredObject& object);

  const ObjectFolder& folder_;
  std::size_t most_;
  std::mutex mutex_, search_;
  std::map<std::string, std::shared_ptr<const nlohmann::json>> headers_;  ///< headers by digest
};

}  // namespace mhcnn
