#include "mhcnn/image/file_io_check.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/picture_files.h"

namespace mhcnn {
namespace {

using testing_support::BigTiff;
using FileIoCheck = testing_support::PictureFiles;
using testing_support::Ramp;

TEST_F(FileIoCheck, ReadsBigTiff) {
  for (const bool big : {false, true}) {
    ExpectSame(BigTiff(Ramp(255), 8, big), Ramp(255));
    ExpectSame(BigTiff(Ramp(65535), 16, big), Ramp(65535));
    ExpectCutIsRefused(BigTiff(Ramp(65535), 16, big));
    MutatedNeverCrashes(BigTiff(Ramp(65535), 16, big));
  }
}

}  // namespace
}  // namespace mhcnn
