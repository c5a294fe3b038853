#include "mhcnn/page/web_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "mhcnn/base/file.h"
#include "mhcnn/base/html.h"
#include "mhcnn/base/sha256.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == text.npos) return {};
  const std::size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

std::string Source(const std::string& text) {
  Sha256 hash;
  hash.Add(text.data(), text.size());
  const auto digest = hash.Finish();
  return "'sha256-" + Base64({digest.begin(), digest.end()}) + "'";
}

TEST(WebFiles, CarriesEachFileOfTheFolderAsItIs) {
  std::set<std::string> carried, there;
  const fs::path folder = fs::path(MHCNN_SOURCE_DIR) / "web";
  for (const auto& file : WebFiles()) {
    carried.emplace(file.name);
    EXPECT_EQ(file.content, ReadTextFile(folder / file.name)) << file.name;
  }
  for (const auto& entry : fs::directory_iterator(folder))
    there.insert(entry.path().filename().string());
  EXPECT_EQ(carried, there);
}

TEST(WebFiles, JoinsModulesAndLeavesOutImportsAndExports) {
  EXPECT_EQ(JoinModules({{"a.js", "export const x = 1;\n"},
                         {"b.js", "import { x } from \"./a.js\";\nexport class B {}\n  x;"},
                         {"node.js", "left out\n", WebUse::kNode},
                         {"style.css", "p {}"}}),
            "const x = 1;\nclass B {}\n  x;");
}

TEST(WebFiles, ImportsOnlyWhatEarlierModulesExport) {
  std::set<std::string> exported, names;
  for (const auto& file : WebFiles()) {
    if (!file.name.ends_with(".js")) continue;
    const std::string text(file.content);
    static const std::regex import(R"(^import \{([^}]*)\} from "\./(\w+)\.js";$)",
                                   std::regex::multiline);
    static const std::regex word(R"(\w+)");
    for (std::sregex_iterator i(text.begin(), text.end(), import), end; i != end; ++i) {
      const std::string list = (*i)[1];
      for (std::sregex_iterator w(list.begin(), list.end(), word); w != end; ++w)
        EXPECT_TRUE(exported.contains((*i)[2].str() + "." + w->str())) << file.name << w->str();
    }
    static const std::regex declared(R"(^(export )?(?:async )?(?:function|class|const|let) (\w+))",
                                     std::regex::multiline);
    const std::string module(file.name.substr(0, file.name.size() - 3));
    for (std::sregex_iterator i(text.begin(), text.end(), declared), end; i != end; ++i) {
      EXPECT_TRUE(names.insert((*i)[2]).second) << "two of " << (*i)[2];
      if ((*i)[1].matched) exported.insert(module + "." + (*i)[2].str());
    }
  }
  EXPECT_GT(exported.size(), 15U);
}

TEST(WebFiles, PageAllowsItsOwnScriptAndStyleAlone) {
  const std::string page = BatchPageHtml();
  EXPECT_TRUE(page.starts_with(kPageStart));
  const std::string policy = Between(page, "Content-Security-Policy\" content=\"", "\">");
  EXPECT_THAT(policy, ::testing::StartsWith("default-src 'none'; "));
  const std::string script = Between(page, "<script type=\"module\">", "</script>");
  EXPECT_GT(script.size(), 10'000U);
  EXPECT_NE(policy.find(Source(script)), policy.npos);
  EXPECT_NE(policy.find(Source(Between(page, "<style>", "</style>"))), policy.npos);
  EXPECT_EQ(policy.find("unsafe"), policy.npos);
  EXPECT_EQ(policy.find("http"), policy.npos);
  // Nothing else is loaded, and no text becomes markup.
  for (const char* word : {"src=", "innerHTML", "insertAdjacentHTML", "document.write", "eval("})
    EXPECT_EQ(page.find(word), page.npos) << word;
}

}  // namespace
}  // namespace mhcnn
