#include "mhcnn/batch/input_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ScratchFolder;

class InputListTest : public ::testing::Test {
 protected:
  /// What a list of this name and content names, relative to its folder, or its error.
  std::vector<std::string> Read(const char* name, const std::string& content) {
    WriteFileAtomically(folder_ / name, content);
    try {
      std::vector<std::string> names;
      for (const auto& path : ReadInputList(folder_ / name)) {
        names.push_back(path.lexically_relative(folder_.path()).string());
      }
      return names;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kUsage) << e.what();
      return {e.what()};
    }
  }
  const ScratchFolder folder_;
};

std::string Utf16(const std::string& text) {
  std::string bytes = "\xFF\xFE";
  for (const char c : text) bytes += {c, '\0'};
  return bytes;
}

TEST_F(InputListTest, ReadsLines) {
  EXPECT_THAT(Read("a.txt", "# mine\na.png\r\n\nin/b c.png  \n"),
              ElementsAre("a.png", "in/b c.png"));
  EXPECT_THAT(Read("a.txt",
                   "\xEF\xBB\xBF"
                   "a.png\nb.png"),
              ElementsAre("a.png", "b.png"));
  EXPECT_THAT(Read("a.txt", Utf16("a.png\r\nin/b c.png\r\n")), ElementsAre("a.png", "in/b c.png"));
  EXPECT_THAT(Read("a.txt", Utf16("a.png\r\nb.png\r\n").substr(2)), ElementsAre("a.png", "b.png"));
  EXPECT_THAT(Read("a", "\"a.png\"\n'in/b c.png' \r\n"), ElementsAre("a.png", "in/b c.png"));
  EXPECT_THAT(Read("a.txt", "a.png\rb.png\r"), ElementsAre("a.png", "b.png"));
  EXPECT_THAT(Read("a.txt", "in/a,b;c.png\n"), ElementsAre("in/a,b;c.png"));
  EXPECT_THAT(Read("a.txt", "a.png\0b.png\n"s),
              ElementsAre(HasSubstr("a.txt: contains a zero byte")));
  EXPECT_THAT(Read("a.txt", " \n# none\n"), ElementsAre(HasSubstr("lists no file")));
}

TEST_F(InputListTest, ExistingNamePrecedesInterpretation) {
  for (const char* name : {"#1.png", "\"q\".png\"", "b.png ", "M\xFC.png"}) {
    WriteFileAtomically(folder_ / name, std::string_view("x"));
  }
  EXPECT_THAT(Read("a.txt", "#1.png\n\"q\".png\"\nb.png \nM\xFC.png\nM\\xFC.png\n"),
              ElementsAre("#1.png", "\"q\".png\"", "b.png ", "M\xFC.png", "M\xFC.png"));
}

TEST_F(InputListTest, ReadsTables) {
  for (const char* name : {"a.csv", "A.CSV"}) {
    EXPECT_THAT(Read(name, "id,Path\n1,\"a,b.png\"\n2,c.png \n"), ElementsAre("a,b.png", "c.png"));
    EXPECT_THAT(Read(name, "FILENAME;x\r\na b.png;1\r\n"), ElementsAre("a b.png"));
  }
  EXPECT_THAT(Read("a.tsv", "x\timage\n1\ta.png\n"), ElementsAre("a.png"));
  EXPECT_THAT(Read("a.txt", Utf16("path\tx\r\na.png\t1\r\n")), ElementsAre("a.png"));
  EXPECT_THAT(Read("a.csv", "image,path\nx,a.png\n"), ElementsAre("a.png")) << "path goes first";
  EXPECT_THAT(Read("a.csv", "path,n\na.png\n,2\nb.png,,\n"), ElementsAre("a.png", "b.png"));
}

TEST_F(InputListTest, ErrorsNameColumnsAndSeparator) {
  EXPECT_THAT(Read("a.csv", "id;name\n1;a\n"),
              ElementsAre(HasSubstr("no column 'path', 'image' or 'file'; its columns are id, name "
                                    "(separated by ';')")));
  EXPECT_THAT(Read("a.csv", "in/a.png\nin/b.png\n"),
              ElementsAre(HasSubstr("without a header *.txt")));
  EXPECT_THAT(Read("a.csv", "path,n,path\na,1,b\n"), ElementsAre(HasSubstr("two columns 'path'")));
  EXPECT_THAT(Read("a.csv", "path,n\nin/a,b.png,1\n"),
              ElementsAre(HasSubstr("line 2: has 3 fields where the header has 2")));
  EXPECT_THAT(Read("a.csv", ""), ElementsAre(HasSubstr("lists no file")));
}

}  // namespace
}  // namespace mhcnn
