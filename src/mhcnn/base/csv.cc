#include "mhcnn/base/csv.h"

#include <fmt/format.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

class Parser {
 public:
  Parser(std::string_view text, char separator) : text_(text), separator_(separator) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::vector<CsvRecord> Records(std::size_t most) {
    for (std::size_t i = 0; i < text_.size() && records_.size() < most; ++i) {
      const char c = text_[i];
      const bool paired = c == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n';
      const bool ends_line = c == '\n' || (c == '\r' && !paired);
      if (quoted_) {
        Quoted(c, i);
      } else if (ends_line) {
        EndRecord();
      } else if (!paired) {
        Plain(c);
      }
      if (ends_line) ++line_;
    }
    if (quoted_ && records_.size() < most) {
      throw Error(ErrorCode::kCorrupt,
                  fmt::format("a quoted CSV field is never closed (opened in line {})", opened_));
    }
    if (records_.size() < most) EndRecord();
    return std::move(records_);
  }

 private:
  void Quoted(char c, std::size_t& i) {
    if (c != '"') {
      field_ += c;
    } else if (i + 1 < text_.size() && text_[i + 1] == '"') {
      field_ += '"';
      ++i;
    } else {
      quoted_ = false;
    }
  }

  void Plain(char c) {
    if (!begun_) record_.line = line_;
    begun_ = true;
    if (c == separator_) {
      record_.fields.push_back(std::move(field_));
      field_.clear();
      closed_ = false;
    } else if (c == '"' && !closed_ && field_.find_first_not_of(' ') == std::string::npos) {
      field_.clear();
      quoted_ = closed_ = true;
      opened_ = line_;
    } else {
      field_ += c;
    }
  }

  void EndRecord() {
    if (begun_) {
      record_.fields.push_back(std::move(field_));
      record_.number = records_.size() + 1;
      records_.push_back(std::move(record_));
    }
    field_.clear();
    record_ = {};
    begun_ = closed_ = false;
  }

  std::string_view text_;
  char separator_;
  std::vector<CsvRecord> records_;
  CsvRecord record_;
  std::string field_;
  std::size_t line_ = 1, opened_ = 1;
  bool begun_ = false;   ///< the record has a character
  bool quoted_ = false;  ///< within quotes
  bool closed_ = false;  ///< the field had its quotes
};

}  // namespace

std::vector<CsvRecord> ParseCsvRecords(std::string_view text, char separator, std::size_t most) {
  return Parser(text, separator).Records(most);
}

std::vector<std::vector<std::string>> ParseCsv(std::string_view text, char separator) {
  std::vector<std::vector<std::string>> rows;
  for (auto& record : ParseCsvRecords(text, separator)) rows.push_back(std::move(record.fields));
  return rows;
}

std::string CsvField(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    line += CsvField(fields[i]);
  }
  return line + "\n";
}

std::string CsvText(std::string_view raw) {
  std::string text = EscapeText(raw);
  if (!raw.empty() && std::string_view("=+-@").find(raw[0]) != std::string_view::npos) {
    text.replace(0, 1, fmt::format("\\x{:02X}", static_cast<unsigned>(raw[0])));
  }
  return text;
}

}  // namespace mhcnn
