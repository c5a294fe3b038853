#include "mhcnn/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;

TEST(Csv, CountsLines) {
  const auto records = ParseCsvRecords("a,b\n\n\"two\nlines\",1\r\nc,\"x\"\"y\" \rd, \"e,f\"");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[1].line, 3u);
  EXPECT_EQ(records[2].line, 5u);
  EXPECT_EQ(records[3].line, 6u) << "CR alone ends a line";
  EXPECT_THAT(records[2].fields, ElementsAre("c", "x\"y "));
  EXPECT_THAT(records[3].fields, ElementsAre("d", "e,f"));
}

TEST(Csv, EscapesFormulas) {
  for (const std::string raw : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a=1", "", "-"}) {
    const std::string text = CsvText(raw);
    EXPECT_EQ(UnescapeText(text), raw);
    EXPECT_EQ(text.find_first_of("=+-@\t\r"), raw == "a=1"    ? 1
                                              : raw == "=1+1" ? 5
                                              : raw == "\t=1" ? 4
                                                              : std::string::npos)
        << text;
  }
}

TEST(Csv, FollowsRfc4180) {
  const auto rows = ParseCsv(
      "\xEF\xBB\xBF"
      "a,\"b \"\"q\"\", c\"\r\n\"two\nlines\",\r\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0], ElementsAre("a", "b \"q\", c"));
  EXPECT_THAT(rows[1], ElementsAre("two\nlines", ""));
  EXPECT_EQ(CsvLine({"x,y", "say \"hi\"", "plain"}), "\"x,y\",\"say \"\"hi\"\"\",plain\n");
  EXPECT_THROW(ParseCsv("\"open"), Error);
  const std::vector<std::string> odd = {"", "a\r\nb", "\"", ","};
  EXPECT_EQ(ParseCsv(CsvLine(odd)).at(0), odd);
}

}  // namespace
}  // namespace mhcnn
