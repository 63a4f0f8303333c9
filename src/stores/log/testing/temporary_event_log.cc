#include "stores/log/testing/temporary_event_log.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace freshet::stores {
namespace {

std::filesystem::path MakeFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "freshet-log-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

}  // namespace

RocksDbEventLogOptions TemporaryEventLog::FastOptions() {
  RocksDbEventLogOptions options;
  options.durability = Durability::kOs;
  return options;
}

TemporaryEventLog::TemporaryEventLog(const Clock* clock, RocksDbEventLogOptions options,
                                     rocksdb::Env* env)
    : clock_(clock != nullptr ? *clock : system_clock_),
      options_(options),
      env_(env),
      folder_(MakeFolder()) {
  Reopen();
}

TemporaryEventLog::~TemporaryEventLog() {
  Close();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<> TemporaryEventLog::Open() {
  ASSIGN_OR_RETURN(
      log_,
      RocksDbEventLog::Open(
          options_, folder_,
          {.pool = pool_, .clock = clock_, .logger = logger_, .metrics = metrics_, .env = env_}));
  return {};
}

void TemporaryEventLog::Reopen() {
  Close();
  if (const auto opened = Open(); !opened) throw std::runtime_error(opened.error().ToString());
}

}  // namespace freshet::stores
