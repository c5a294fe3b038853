#include "mhcnn/base/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TableProblem(const std::string& text) {
  try {
    const CsvTable table("t.csv", text, {"path", "n"});
    table.Find("path");
    return "read";
  } catch (const Error& e) {
    return e.what();
  }
}

TEST(CsvTable, ReadsSeparatorAndNamesFromHeader) {
  for (const std::string separator : {",", ";", "\t", "|"}) {
    const CsvTable table("t.csv", " N" + separator + "Path \r\n1" + separator + "a b.png\r\n",
                         {"path", "n"});
    EXPECT_EQ(table.separator(), separator[0]);
    EXPECT_THAT(table.columns(), ElementsAre("n", "path"));
    ASSERT_EQ(table.rows().size(), 1u);
    EXPECT_EQ(table.rows()[0].fields[1], "a b.png");
    EXPECT_EQ(table.rows()[0].line, 2u);
  }
  const CsvTable stated("t.csv", "sep=|\nx;y|path\n1|2\n", {"path"});
  EXPECT_THAT(stated.columns(), ElementsAre("x;y", "path"));
  EXPECT_EQ(stated.rows().at(0).line, 3u);
  const CsvTable typed("t.csv",
                       "#TYPE System.IO.FileInfo\r\n\"Name\",\"FullName\"\r\n\"a\",\"b\"\r\n",
                       {"fullname"});
  EXPECT_THAT(typed.columns(), ElementsAre("name", "fullname"));
  const CsvTable wide("t.csv", "path;n;;\na;1;;\n;;;\nb;2\n", {"path"});
  EXPECT_THAT(wide.columns(), ElementsAre("path", "n"));
  ASSERT_EQ(wide.rows().size(), 2u);
  EXPECT_EQ(wide.WrongLength(wide.rows()[0]), "");
  EXPECT_THAT(wide.WrongLength({1, 1, {"a", "b", "c"}}), HasSubstr("separated by ';'"));
}

TEST(CsvTable, NamesErrors) {
  EXPECT_THAT(TableProblem("path,n,Path\na,1,b\n"), HasSubstr("t.csv: has two columns 'path'"));
  EXPECT_THAT(TableProblem("path,n\n\"a\n,1\n"), HasSubstr("(opened in line 2)"));
  EXPECT_THAT(TableProblem(""), HasSubstr("t.csv: is empty"));
  EXPECT_EQ(CsvTable("t", "a;b\n", {}).Description(), "its columns are a, b (separated by ';')");
}

TEST(CsvTable, ReadsDecimalCommas) {
  EXPECT_EQ(ParseDecimal(" 53,2 "), 53.2);
  EXPECT_EQ(ParseDecimal("53.2"), 53.2);
  for (const char* bad : {"", "1.234,5", "1,2,3", "5,", ",5", "x", "nan", "inf", "5 %", "1,5e"}) {
    EXPECT_EQ(ParseDecimal(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace mhcnn
