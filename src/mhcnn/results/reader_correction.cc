#include "mhcnn/results/reader_correction.h"

#include <fmt/format.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {
namespace {

/// At most `most` characters of UTF-8; those that the VR does not allow become blanks.
std::string ShortValue(const std::string& text, const std::string& not_allowed, int most) {
  std::string value;
  int characters = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++characters > most) break;
    const bool allowed = static_cast<unsigned char>(c) >= 0x20 && c != 0x7F &&
                         not_allowed.find(c) == std::string::npos;
    value += allowed ? c : ' ';
  }
  return Trim(value);
}

}  // namespace

void ReaderCorrection::Check() const {
  const auto fail = [](const char* field, const char* problem) {
    throw Error(ErrorCode::kUsage, problem, field);
  };
  if (percent && !(*percent >= 0 && *percent <= 100)) fail("percent", "must be 0 to 100");
  if (PersonNameValue(author).empty()) fail("author", "must name a person");
  if (LongStringValue(organization).empty()) fail("organization", "must not be empty");
  if (at.size() != 14 || at.find_first_not_of("0123456789") != std::string::npos)
    fail("at", "must be YYYYMMDDHHMMSS");
}

std::string ReaderTimeText(const ReaderCorrection& reader) {
  const std::string& at = reader.at;
  return fmt::format("{}-{}-{} {}:{}:{} UTC", at.substr(0, 4), at.substr(4, 2), at.substr(6, 2),
                     at.substr(8, 2), at.substr(10, 2), at.substr(12, 2));
}

std::string ReaderCategoryText(const ReaderCorrection& reader,
                               const std::optional<DensityCategory>& model) {
  std::string text = ToLetter(std::optional(reader.category));
  if (model == reader.category) return text;
  return text + " (model: " + (model ? ToLetter(model) : "none") + ")";
}

std::string ReaderPercentText(const ReaderCorrection& reader, const std::optional<double>& model) {
  if (!reader.percent) return "";
  return PercentText(reader.percent) +
         " % (model: " + (model ? PercentText(model) + " %" : std::string("none")) + ")";
}

std::vector<std::string> ReaderStatements(const ReaderCorrection& reader,
                                          const std::optional<DensityCategory>& model,
                                          const std::optional<double>& model_percent) {
  std::string result = "Result of the reader: " + CategorySentence(reader.category);
  if (const auto percent = PercentPhrase(reader.percent, {}, {}); !percent.empty())
    result += "; " + percent;
  std::string before = "The model's result was ";
  before += model ? std::string("category ") + ToLetter(*model) : "no category";
  if (const auto percent = PercentPhrase(model_percent, {}, {}); !percent.empty())
    before += "; " + percent;
  std::vector<std::string> statements = {
      result + ".",
      fmt::format("Reader {}, {}, {} it.", ToDisplayText(reader.author), ReaderTimeText(reader),
                  reader.accepted ? "saw the model's result and accepted"
                                  : "saw the model's result and corrected"),
      before + "."};
  if (!reader.comment.empty())
    statements.push_back("Comment of the reader: " + ToPrintableText(reader.comment));
  return statements;
}

std::string PersonNameValue(const std::string& name) {
  const std::string family = ShortValue(name, "\\^=", 63);
  return family.empty() ? "" : family + "^";
}

std::string LongStringValue(const std::string& text) { return ShortValue(text, "\\", 64); }

}  // namespace mhcnn
