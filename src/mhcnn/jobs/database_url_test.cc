#include "mhcnn/jobs/database_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ErrorMessage;

TEST(DatabaseUrl, ReadsPathOfSqlite) {
  EXPECT_EQ(ParseDatabaseUrl("sqlite:/var/lib/mhcnn/node.db").path, "/var/lib/mhcnn/node.db");
  EXPECT_EQ(ParseDatabaseUrl("sqlite:///var/lib/node.db").path, "/var/lib/node.db");
  EXPECT_EQ(ParseDatabaseUrl("sqlite:a b=c.db").path, "a b=c.db");
}

TEST(DatabaseUrl, ReadsParametersOfPostgresql) {
  const DatabaseUrl url =
      ParseDatabaseUrl("postgresql://node%40x@db.example:5433/jobs?sslmode=require");
  EXPECT_TRUE(url.postgresql);
  for (const char* part : {"user='node@x'", "host='db.example'", "port='5433'", "dbname='jobs'",
                           "sslmode='require'", "application_name='mhcnn'"})
    EXPECT_THAT(url.connection, HasSubstr(part));
  EXPECT_THAT(ParseDatabaseUrl("postgresql://h/d?connect_timeout=3").connection,
              HasSubstr("connect_timeout='3'"));
}

TEST(DatabaseUrl, RefusesPasswordWithoutRepeatingIt) {
  for (const char* url : {"postgresql://node:secret@h/d", "postgresql://h/d?password=secret",
                          "postgresql://node:secret@h:port/d"}) {
    EXPECT_THAT(ErrorMessage([&] { ParseDatabaseUrl(url); }, ErrorCode::kUsage),
                Not(HasSubstr("secret")));
  }
}

TEST(DatabaseUrl, RefusesOtherTexts) {
  for (const char* url : {"", "sqlite:", "mysql://h/d", "/var/lib/node.db", "sqlite:a\"b"})
    ErrorMessage([&] { ParseDatabaseUrl(url); }, ErrorCode::kUsage);
}

TEST(DatabaseUrl, QuotesParameters) {
  EXPECT_EQ(QuoteParameter("a'b\\c d"), "'a\\'b\\\\c d'");
  EXPECT_EQ(QuoteParameter(""), "''");
}

}  // namespace
}  // namespace mhcnn
