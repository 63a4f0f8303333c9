// The port to the relational database: what the product must not lose, under transactions.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::stores {

// A parameter of a statement. Texts are not copied: they must live until the statement has run.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string_view>;

class Sql {
 public:
  // Implicit, so that parameters are written as they are.
  template <class T>
  Sql(const T& value) : value_(Convert(value)) {}  // NOLINT(google-explicit-constructor)
  const SqlValue& value() const { return value_; }

 private:
  template <class T>
  static SqlValue Convert(const T& value) {
    if constexpr (requires {
                    typename T::value_type;
                    value.has_value();
                  }) {
      return value ? Convert(*value) : SqlValue();
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      return std::string_view(value);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      return std::int64_t{value.time_since_epoch().count()};
    } else if constexpr (std::is_floating_point_v<T>) {
      return double{value};
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      return static_cast<std::int64_t>(value);
    } else {
      return static_cast<std::int64_t>(value.value);  // Id<Tag>
    }
  }
  SqlValue value_;
};

// The current row of a query; columns count from 0. Texts live until the next row. NULL reads as 0
// and as the empty text.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Int(int column) const = 0;
  virtual double Real(int column) const = 0;
  virtual std::string_view Text(int column) const = 0;

  bool Bool(int column) const { return Int(column) != 0; }
  Timestamp Time(int column) const { return Timestamp(std::chrono::milliseconds(Int(column))); }
  std::optional<Timestamp> OptionalTime(int column) const {
    return IsNull(column) ? std::nullopt : std::optional(Time(column));
  }
  template <class T>
  T AsId(int column) const {
    return T{static_cast<std::uint64_t>(Int(column))};
  }
};

// What statements run in. One SQL for every adapter: parameters are $1, $2, ...; times are BIGINT
// milliseconds, ids BIGINT, booleans SMALLINT 0 or 1; what differs in table definitions, dialect.h
// says. Texts are UTF-8 without NUL. Statements are prepared once per connection and kept by their
// text, so texts must be constants, never built from values. After the first statement that fails,
// every later one fails with the same error and the transaction can only be rolled back.
class Transaction {
 public:
  virtual ~Transaction() = default;

  using OnRow = std::function<void(const Row&)>;

  // Runs a query and calls `on_row` for each row; `on_row` may not run statements.
  // Errors: kConflict (a constraint refused it; code "unique", "foreign_key", "check"), kInvalid (a
  // parameter that no adapter can store: a text with NUL, a NaN), kExhausted (code "disk_full"),
  // kCorrupt, kUnavailable, kDeadline, kInternal (the statement is wrong).
  virtual Result<> Query(std::string_view sql, std::span<const Sql> parameters,
                         const OnRow& on_row) = 0;
  // Runs a statement and returns the number of rows that it changed. Errors as Query.
  virtual Result<std::int64_t> Execute(std::string_view sql, std::span<const Sql> parameters) = 0;

  // For AddToOutbox. Until this transaction ends, no other adds facts with `key`, so that their
  // rows are numbered in the order of their commits; and its commit wakes OnOutbox's function.
  virtual Result<> LockOutbox(std::string_view key) = 0;

  Result<> Query(std::string_view sql, std::initializer_list<Sql> parameters, const OnRow& on_row) {
    return Query(sql, std::span(parameters.begin(), parameters.size()), on_row);
  }
  Result<std::int64_t> Execute(std::string_view sql, std::initializer_list<Sql> parameters = {}) {
    return Execute(sql, std::span(parameters.begin(), parameters.size()));
  }
};

// Thread-safe. Destroy only after every started call has finished.
class Database {
 public:
  virtual ~Database() = default;

  // The body of a transaction: a plain function on a thread of the adapter's. It may run more than
  // once (a serialisation failure, a commit repeated), so its only effects are on the Transaction
  // and on variables that it assigns afresh each time.
  using Body = std::function<Result<>(Transaction&)>;

  // Runs `body` in a read-write transaction, serialisable among all writers. Success means
  // committed and durable: it survives SIGKILL, with durability kFsync also loss of power. An error
  // or exception of `body` rolls everything back, and no other transaction is affected by it.
  // Errors: the body's; its first failed statement's, when it says success nevertheless; kInternal
  // (its exception); kExhausted (queue full: not run; code "disk_full": rolled back); kDeadline
  // (not run); kUnavailable (outcome unknown).
  virtual Awaitable<Result<>> Write(Body body, Deadline deadline) = 0;

  // Runs `body` on one consistent snapshot that includes every transaction whose Write had returned
  // before. Changes are refused. Errors: the body's; kInternal; kExhausted (queue full); kDeadline;
  // kUnavailable.
  virtual Awaitable<Result<>> Read(Body body, Deadline deadline) = 0;

  // Returns when the adapter's files hold nothing any more of what was deleted or replaced before
  // the call, log and free pages included. Expensive: for after something had to be forgotten.
  // Errors: kUnavailable (code "busy": a long read still sees it; try again), kDeadline (not done,
  // or not known).
  virtual Awaitable<Result<>> Scrub(Deadline deadline) = 0;

  // Calls `wake` from a thread of the adapter's after each commit of this process that wrote to the
  // outbox, coalesced; on adapters that cannot tell, from time to time. One at a time; empty to
  // stop: afterwards no call is under way. `wake` must be quick and call nothing of this object.
  virtual void OnOutbox(std::function<void()> wake) = 0;
};

// Write and Read for bodies that return a value: Result<T>(Transaction&). The references in `body`
// must outlive the call.
template <class F, class R = std::invoke_result_t<F, Transaction&>>
Awaitable<R> WriteReturning(Database& database, F body, Deadline deadline) {
  std::optional<R> value;
  auto outcome = co_await database.Write(
      [&](Transaction& tx) -> Result<> {
        value = body(tx);
        if (!*value) return std::unexpected(value->error());
        return {};
      },
      deadline);
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return std::move(*value);
}

template <class F, class R = std::invoke_result_t<F, Transaction&>>
Awaitable<R> ReadReturning(Database& database, F body, Deadline deadline) {
  std::optional<R> value;
  auto outcome = co_await database.Read(
      [&](Transaction& tx) -> Result<> {
        value = body(tx);
        if (!*value) return std::unexpected(value->error());
        return {};
      },
      deadline);
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return std::move(*value);
}

}  // namespace freshet::stores
