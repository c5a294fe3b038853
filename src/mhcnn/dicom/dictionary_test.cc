// The toolkit's dictionary is the program's own, whatever the environment says.
#include "mhcnn/dicom/dictionary.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {
namespace {

TEST(Dictionary, IsEmbeddedInProgram) {
  const DictionaryState state = DicomDictionaryState();
  EXPECT_EQ(state.problem, "");
  EXPECT_GT(state.entries, 4000);
}

TEST(Dictionary, DoesNotDependOnEnvironment) {
  DicomDictionaryState();
  ASSERT_EQ(::setenv("DCMDICTPATH", "/nonexistent.dic", 1), 0);
  // What the toolkit does at its start.
  dcmDataDict.wrlock().reloadDictionaries(OFTrue, OFTrue);
  dcmDataDict.wrunlock();
  EXPECT_NE(DicomDictionaryState().problem, "");
  EXPECT_EQ(InstallEmbeddedDictionary(), "");
  EXPECT_EQ(DicomDictionaryState().problem, "");
  ::unsetenv("DCMDICTPATH");
}

}  // namespace
}  // namespace mhcnn
