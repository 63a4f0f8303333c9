#include "stores/database/testing/temp_database.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "base/io_threads.h"

namespace freshet::stores {
namespace {

std::filesystem::path MakeFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "freshet-db-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
  return name;
}

}  // namespace

TempDatabase::TempDatabase(const Clock& clock, std::span<const Schema> schemas,
                           SqliteOptions options)
    : clock_(clock),
      options_(options),
      folder_(MakeFolder()),
      logger_({.level = LogLevel::kError, .format = LogFormat::kText}) {
  Reopen();
  const auto migrated = RunBlocking(Migrate(*database_, schemas, clock_, Deadline::Never()));
  if (!migrated) throw std::runtime_error(migrated.error().ToString());
}

TempDatabase::~TempDatabase() {
  database_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void TempDatabase::Reopen() {
  database_.reset();
  auto opened = SqliteDatabase::Open(options_, path().string(), clock_, logger_, metrics_);
  if (!opened) throw std::runtime_error(opened.error().ToString());
  database_ = *std::move(opened);
}

}  // namespace freshet::stores
