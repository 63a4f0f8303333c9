#include "stores/log/testing/raw_rows.h"

#include <rocksdb/db.h>

#include <memory>
#include <stdexcept>

namespace freshet::stores {
namespace {

void Check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

// Calls use(database, handles).
template <class Use>
void WithDatabase(const std::filesystem::path& folder, Use use) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  const std::vector<rocksdb::ColumnFamilyDescriptor> descriptors{
      {rocksdb::kDefaultColumnFamilyName, {}}, {"records", {}}, {"segments", {}}, {"commits", {}}};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  Check(rocksdb::DB::Open(options, folder.string(), descriptors, &handles, &opened));
  const std::unique_ptr<rocksdb::DB> database(opened);
  use(*database, handles);
  for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
  Check(database->Close());
}

}  // namespace

std::vector<RawRow> ReadRawRows(const std::filesystem::path& folder) {
  std::vector<RawRow> rows;
  WithDatabase(folder, [&](rocksdb::DB& database, const auto& handles) {
    for (auto* handle : handles) {
      const std::unique_ptr<rocksdb::Iterator> row(database.NewIterator({}, handle));
      for (row->SeekToFirst(); row->Valid(); row->Next()) {
        rows.push_back({handle->GetName(), row->key().ToString(), row->value().ToString()});
      }
      Check(row->status());
    }
  });
  return rows;
}

void WriteRawRows(const std::filesystem::path& folder, const std::vector<RawRow>& rows) {
  WithDatabase(folder, [&](rocksdb::DB& database, const auto& handles) {
    for (const auto& row : rows) {
      for (auto* handle : handles) {
        if (handle->GetName() == row.family) Check(database.Put({}, handle, row.key, row.value));
      }
    }
  });
}

}  // namespace freshet::stores
