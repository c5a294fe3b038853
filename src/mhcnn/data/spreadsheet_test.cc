#include "mhcnn/data/spreadsheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Sheet(const std::string& rows) {
  return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>";
}

/// The parts of a workbook of two sheets (ECMA-376 part 1, 18.2 and 18.3).
std::map<std::string, std::string> Workbook(const std::string& first_rows,
                                            const std::string& second_rows = "") {
  return {{"xl/workbook.xml",
           "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A\" r:id=\"rId2\"/>"
           "<sheet name=\"B\" r:id=\"rId1\"/></sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels",
           "<Relationships><Relationship Id=\"rId2\" "
           "Target=\"worksheets/sheet1.xml\"/>"
           "<Relationship Id=\"rId1\" "
           "Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>"},
          {"xl/sharedStrings.xml",
           "<sst><si><t>Name</t></si><si><r><t>Den</t></r><r><t>sity</t></r>"
           "<rPh><t>guide</t></rPh></si></sst>"},
          {"xl/worksheets/sheet1.xml", Sheet(first_rows)},
          {"xl/worksheets/sheet2.xml", Sheet(second_rows)}};
}

class Spreadsheet : public ::testing::Test {
 protected:
  std::vector<std::vector<std::string>> Read(const std::map<std::string, std::string>& parts) {
    EXPECT_TRUE(WriteZip(folder_ / "t.xlsx", parts));
    return ReadSpreadsheet(folder_ / "t.xlsx");
  }
  std::string Problem(const std::map<std::string, std::string>& parts) {
    return testing_support::ErrorMessage([&] { Read(parts); }, ErrorCode::kCorrupt);
  }
  testing_support::ScratchFolder folder_;
};

TEST_F(Spreadsheet, ReadsSharedAndInlineTextsNumbersAndFormulas) {
  const auto rows =
      Read(Workbook("<row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
                    "t=\"s\"><v>1</v></c></row>"
                    "<row><c r=\"A2\" t=\"inlineStr\"><is><t>p &amp; "
                    "q</t></is></c><c r=\"B2\"><v>12.5</v></c>"
                    "</row><row><c r=\"A3\"><f>1+1</f><v>2</v></c></row>"));
  EXPECT_THAT(rows, ElementsAre(ElementsAre("Name", "Density"), ElementsAre("p & q", "12.5"),
                                ElementsAre("2", "")));
}

TEST_F(Spreadsheet, PutsCellsInTheColumnsThatTheyName) {
  const auto rows =
      Read(Workbook("<row><c r=\"D1\"><v>4</v></c><c r=\"B1\"><v>2</v></c></row>"
                    "<row><c><v>1</v></c><c><v>2</v></c></row><row><c "
                    "r=\"AB3\"><v>28</v></c></row>"));
  ASSERT_EQ(rows.size(), 3u);
  for (const auto& row : rows) EXPECT_EQ(row.size(), 28u);
  EXPECT_EQ(rows[0][0] + "," + rows[0][1] + "," + rows[0][2] + "," + rows[0][3], ",2,,4");
  EXPECT_EQ(rows[1][0] + rows[1][1], "12");
  EXPECT_EQ(rows[2][27], "28");
}

TEST_F(Spreadsheet, TakesFirstSheetThatHasCells) {
  const std::string row = "<row><c r=\"A1\"><v>7</v></c></row>";
  EXPECT_THAT(Read(Workbook("", row)), ElementsAre(ElementsAre("7")));
  EXPECT_THAT(Read(Workbook("")), ElementsAre());
}

TEST_F(Spreadsheet, RejectsNonWorkbook) {
  EXPECT_THAT(Problem({{"a.txt", "x"}}), HasSubstr("t.xlsx: is not a workbook"));
  auto parts = Workbook("");
  parts["xl/workbook.xml"] = "<workbook><sheets/></workbook>";
  EXPECT_THAT(Problem(parts), HasSubstr("without a sheet"));
  parts = Workbook("");
  parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData>";
  EXPECT_THAT(Problem(parts), HasSubstr("not XML: xl/worksheets/sheet1.xml"));
  EXPECT_THAT(Problem(Workbook("<row><c r=\"A1\" t=\"s\"><v>2</v></c></row>")),
              HasSubstr("has a cell without its text"));
  // Column AMK is the 1025th.
  EXPECT_THAT(Problem(Workbook("<row><c r=\"AMK1\"><v>2</v></c></row>")),
              HasSubstr("has more columns than a table"));
  EXPECT_EQ(Read(Workbook("<row><c r=\"AMJ1\"><v>2</v></c></row>"))[0].size(), 1024u);
}

}  // namespace
}  // namespace mhcnn
