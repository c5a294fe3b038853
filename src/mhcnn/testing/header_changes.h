#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

/// A change of the header of the file that WriteChanged() writes.
using Change = std::function<void(DcmDataset&)>;

/// Returns a change that sets an element by its text.
inline Change Set(const DcmTagKey& key, const std::string& value) {
  return [=](DcmDataset& d) { d.putAndInsertString(key, value.c_str()); };
}

/// Writes a file with the change by WriteChanged() and reads it.
inline Mammogram ReadChanged(const Change& change, const std::string& window = "") {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", change);
  return ReadMammogram(folder / "a.dcm", {.window = window});
}

/// Returns the metadata of the file after all changes.
inline MammogramMetadata Metadata(const std::vector<Change>& changes) {
  return ReadChanged([&](DcmDataset& d) {
           for (const Change& change : changes) change(d);
         })
      .metadata;
}

/// Returns "code: message" of the refusal, "" where the file was read.
inline std::string Refusal(const Change& change) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", change);
  std::string said;
  try {
    ReadMammogram(folder / "a.dcm");
  } catch (const Error& e) {
    said = std::string(ErrorCodeName(e.code())) + ": " + e.problem();
  }
  const auto why = FindReadProblem(folder / "a.dcm");
  EXPECT_EQ(why.has_value(), !said.empty()) << said;
  return said;
}

}  // namespace mhcnn::testing_support
