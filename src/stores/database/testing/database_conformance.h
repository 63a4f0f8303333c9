// The tests that every adapter of the Database port passes. An adapter's test lists
// database_conformance.cc among its sources and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseConformance, testing::Values(DatabaseAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "stores/database/database.h"

namespace freshet::stores {

// An empty database, owned by whatever keeps it alive.
class DatabaseUnderTest {
 public:
  virtual ~DatabaseUnderTest() = default;
  virtual Database& database() = 0;
  // As when the process ends and starts again.
  virtual void Reopen() = 0;
};

struct DatabaseAdapter {
  std::function<std::unique_ptr<DatabaseUnderTest>(const Clock&)> make;
};

class DatabaseConformance : public testing::TestWithParam<DatabaseAdapter> {
 protected:
  using Body = Database::Body;

  void SetUp() override;

  Database& database() { return subject_->database(); }
  Result<> Write(Body body, Deadline deadline = Deadline::Never());
  Result<> Read(Body body, Deadline deadline = Deadline::Never());
  // One transaction with one statement.
  Result<> Do(std::string_view sql, std::initializer_list<Sql> parameters = {});
  // The first column of each row, as text; "NULL" for NULL.
  std::vector<std::string> Column(std::string_view sql, std::initializer_list<Sql> parameters = {});
  // Starts all writes at once and returns their outcomes in the same order.
  std::vector<Result<>> WriteAll(std::vector<Body> bodies);
  void Put(std::string_view key, std::int64_t value);
  std::vector<std::string> Keys();

  FakeClock clock_;
  std::unique_ptr<DatabaseUnderTest> subject_;
};

}  // namespace freshet::stores
