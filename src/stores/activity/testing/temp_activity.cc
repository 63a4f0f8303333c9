#include "stores/activity/testing/temp_activity.h"

#include <cstdlib>
#include <stdexcept>

namespace freshet::stores {
namespace {

std::filesystem::path NewFolder() {
  std::string path = std::filesystem::temp_directory_path() / "freshet_activity_XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return path;
}

}  // namespace

TempActivity::TempActivity(const Clock& clock, RocksDbActivityOptions options, rocksdb::Env* env)
    : clock_(clock), options_(options), env_(env), folder_(NewFolder()) {
  Reopen();
}

TempActivity::~TempActivity() {
  activity_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<> TempActivity::TryOpen() {
  ASSIGN_OR_RETURN(activity_, RocksDbActivity::Open(options_, folder_,
                                                    {pool_, clock_, logger_, metrics_, env_}));
  return {};
}

void TempActivity::Reopen() {
  activity_.reset();
  if (const auto opened = TryOpen(); !opened) throw std::runtime_error(opened.error().ToString());
}

}  // namespace freshet::stores
