#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/encoding.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/listed_path.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// ASCII as UTF-16.
std::string Utf16(const std::string& text, bool big_endian) {
  std::string bytes;
  for (const char c : text) bytes += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return bytes;
}

std::string Problem(const std::string& bytes) {
  try {
    const auto text = DecodedText(bytes);
    return "decoded: " + text;
  } catch (const Error& e) {
    return e.what();
  }
}

std::string TableProblem(const std::string& text) {
  try {
    const CsvTable table("t.csv", text, {"path", "n"});
    table.Find("path");
    return "read";
  } catch (const Error& e) {
    return e.what();
  }
}

TEST(EscapedText, LosesNoByteAndIsUtf8) {
  EXPECT_EQ(EscapedText("M\xFCller.dcm"), "M\\xFCller.dcm");
  EXPECT_EQ(EscapedText("M\u00FCller \u4E2D.dcm"), "M\u00FCller \u4E2D.dcm");
  EXPECT_EQ(EscapedText("a\nb\x1B[31m"), "a\\x0Ab\\x1B[31m");
  EXPECT_EQ(EscapedText("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "half of a surrogate pair";
  EXPECT_EQ(EscapedText("\xC0\xAF"), "\\xC0\\xAF") << "an overlong form";
  EXPECT_EQ(EscapedText("\xC2\x9B\xE2\x80\xAE"), "\\xC2\\x9B\\xE2\\x80\\xAE") << "CSI, RLO";
  EXPECT_EQ(EscapedText("a\\b \\x4"), "a\\b \\x4");
  EXPECT_EQ(EscapedText("a\\x41"), "a\\x5Cx41");
  // All texts of three of these bytes; 0xC3 0xBC is a character.
  const std::string bytes = "\\x4F\xC3\xBC\n";
  for (const char a : bytes) {
    for (const char b : bytes) {
      for (const char c : bytes) {
        for (const std::string& raw :
             {std::string{a, b, c}, "\\x"s + std::string{a, b, c}, std::string{a, b, c} + "x41"}) {
          const std::string text = EscapedText(raw);
          EXPECT_TRUE(IsUtf8(text));
          EXPECT_EQ(text.find('\n'), std::string::npos);
          EXPECT_EQ(UnescapedText(text), raw);
          EXPECT_EQ(ShownText(ShownText(raw)), ShownText(raw));
        }
      }
    }
  }
}

TEST(EscapedText, EndsAreCutBetweenCharacters) {
  EXPECT_EQ(EndOfText("\u00FC\u00FC\u00FC\u00FC", 4), "\u00FC\u00FC\u00FC\u00FC");
  EXPECT_EQ(EndOfText("ab\u00FC\u00FC\u00FC\u00FC", 5), "...\u00FC\u00FC");
}

TEST(DecodedText, FollowsMarksAndKnowsUtf16ByItsZeros) {
  const std::string text = "in/a.png\r\nin/b c.png\r\n";
  EXPECT_EQ(DecodedText("\xEF\xBB\xBF" + text), text);
  EXPECT_EQ(DecodedText("\xFF\xFE" + Utf16(text, false)), text);
  EXPECT_EQ(DecodedText("\xFE\xFF" + Utf16(text, true)), text);
  EXPECT_EQ(DecodedText(Utf16(text, false)), text);
  EXPECT_EQ(DecodedText(Utf16(text, true)), text);
  EXPECT_EQ(DecodedText("\xFF\xFE\0\0a\0\0\0\xFC\0\0\0"s), "a\u00FC");
  EXPECT_EQ(DecodedText("\xFF\xFE\xFC\0\x2D\x4E\x3D\xD8\0\xDE"s), "\u00FC\u4E2D\U0001F600");
  EXPECT_EQ(DecodedText("\xFF\xFE\0\xD8"s), "\xED\xA0\x80") << "a half that is alone";
  EXPECT_EQ(DecodedText("M\xFCller\n"), "M\xFCller\n") << "bytes of a name stay";
  EXPECT_THAT(Problem("a.png\0b.png\0"s), HasSubstr("zero byte in line 1"));
  EXPECT_THAT(Problem("first.png\nsecond\0.png\nthird.png\n"s), HasSubstr("zero byte in line 2"));
  EXPECT_THAT(Problem("\xFF\xFE"
                      "a\0b"s),
              HasSubstr("cut within a character"));
  EXPECT_THAT(Problem("PK\x03\x04..."), HasSubstr("zip or Excel"));
  EXPECT_EQ(Utf8OrWindows1252("M\xFCller \x8A\x80"), "M\u00FCller \u0160\u20AC");
  EXPECT_EQ(Utf8OrWindows1252("M\u00FCller"), "M\u00FCller");
}

TEST(Csv, LinesAreThoseOfTheText) {
  const auto records = ParseCsvRecords("a,b\n\n\"two\nlines\",1\r\nc,\"x\"\"y\" \rd, \"e,f\"");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[1].line, 3u);
  EXPECT_EQ(records[2].line, 5u);
  EXPECT_EQ(records[3].line, 6u) << "CR alone ends a line";
  EXPECT_THAT(records[2].fields, ElementsAre("c", "x\"y "));
  EXPECT_THAT(records[3].fields, ElementsAre("d", "e,f"));
}

TEST(Csv, WhatASpreadsheetWouldRunIsEscaped) {
  for (const std::string raw : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a=1", "", "-"}) {
    const std::string text = CsvText(raw);
    EXPECT_EQ(UnescapedText(text), raw);
    EXPECT_EQ(text.find_first_of("=+-@\t\r"), raw == "a=1"    ? 1
                                              : raw == "=1+1" ? 5
                                              : raw == "\t=1" ? 4
                                                              : std::string::npos)
        << text;
  }
}

TEST(CsvTable, SeparatorAndNamesAreTakenFromTheHeader) {
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

TEST(CsvTable, NamesWhatIsWrong) {
  EXPECT_THAT(TableProblem("path,n,Path\na,1,b\n"), HasSubstr("t.csv: has two columns 'path'"));
  EXPECT_THAT(TableProblem("path,n\n\"a\n,1\n"), HasSubstr("(opened in line 2)"));
  EXPECT_THAT(TableProblem(""), HasSubstr("t.csv: is empty"));
  EXPECT_EQ(CsvTable("t", "a;b\n", {}).Description(), "its columns are a, b (separated by ';')");
}

TEST(CsvTable, DecimalCommasAreRead) {
  EXPECT_EQ(ParseDecimal(" 53,2 "), 53.2);
  EXPECT_EQ(ParseDecimal("53.2"), 53.2);
  for (const char* bad : {"", "1.234,5", "1,2,3", "5,", ",5", "x", "nan", "inf", "5 %", "1,5e"}) {
    EXPECT_EQ(ParseDecimal(bad), std::nullopt) << bad;
  }
}

TEST(ListedPath, TakesTheReadingUnderWhichThereIsAFile) {
  const fs::path folder = fs::path(::testing::TempDir()) / ("listed-" + std::to_string(::getpid()));
  for (const char* name : {"M\xFCller.png", "M\u00F6ller.png", "in/a.png", "mask\xFC.png"}) {
    WriteFileAtomically(folder / name, std::string_view("x"));
  }
  EXPECT_EQ(ListedPath(folder, "M\xFCller.png"), folder / "M\xFCller.png") << "its bytes";
  EXPECT_EQ(ListedPath(folder, "M\\xFCller.png"), folder / "M\xFCller.png") << "as results.csv";
  EXPECT_EQ(ListedPath(folder, "M\xF6ller.png"), folder / "M\u00F6ller.png") << "Latin-1";
  EXPECT_EQ(ListedPath(folder, "in\\a.png"), folder / "in/a.png") << "as Windows writes it";
  EXPECT_EQ(ListedPath(folder, "mask\\xFC.png#128|192"), folder / "mask\xFC.png#128|192");
  EXPECT_EQ(ListedPath(folder, "none\\xFC.png"), folder / "none\xFC.png");
  EXPECT_EQ(ListedPath(folder, "/none.png"), "/none.png");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace mhcnn
