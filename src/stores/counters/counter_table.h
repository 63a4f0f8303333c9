// A hash table from counters to what is counted.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "base/flat_index.h"
#include "stores/counters/counters.h"

namespace freshet::stores {

// Rows are never taken out. Not thread-safe.
template <class Value>
class CounterTable {
 public:
  // Null when the counter has no row.
  const Value* Find(const CounterKey& key) const {
    const std::uint32_t row = RowOf(key);
    return row == FlatIndex::kNone ? nullptr : &rows_[row].value;
  }
  // Makes the row if there is none. Valid until the next call.
  Value& At(const CounterKey& key) {
    std::uint32_t row = RowOf(key);
    if (row == FlatIndex::kNone) {
      row = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({key.id, Value(), key.space.number});
      index_.Insert(Hash(key), row);
    }
    return rows_[row].value;
  }
  // Calls visit(space, id, value) for each row.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const Row& row : rows_) visit(row.space, row.id, row.value);
  }
  std::size_t size() const { return rows_.size(); }
  std::size_t bytes() const { return rows_.capacity() * sizeof(Row) + index_.bytes(); }

 private:
  struct Row {
    std::uint64_t id = 0;
    Value value;
    std::uint16_t space = 0;
  };

  static std::uint32_t Hash(const CounterKey& key) {
    return static_cast<std::uint32_t>(std::hash<CounterKey>()(key));
  }
  std::uint32_t RowOf(const CounterKey& key) const {
    return index_.Find(Hash(key), [&](std::uint32_t row) {
      return rows_[row].id == key.id && rows_[row].space == key.space.number;
    });
  }

  FlatIndex index_;
  std::vector<Row> rows_;
};

}  // namespace freshet::stores
