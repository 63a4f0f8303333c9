#include "stores/database/testing/faulty_database.h"

#include <tuple>

namespace freshet::stores {

Awaitable<Result<>> FaultyDatabase::Write(Body body, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Write"));
  if (repeat_bodies_) {
    const auto undone = [&body](Transaction& tx) -> Result<> {
      std::ignore = body(tx);
      return Conflict("rolled back so that the body runs again");
    };
    (void)co_await inner_.Write(undone, deadline);
  }
  CO_RETURN_IF_ERROR(co_await inner_.Write(std::move(body), deadline));
  co_return plan_.After("Write");
}

Awaitable<Result<>> FaultyDatabase::Read(Body body, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Read"));
  co_return co_await inner_.Read(std::move(body), deadline);
}

Awaitable<Result<>> FaultyDatabase::Scrub(Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await plan_.Before("Scrub"));
  co_return co_await inner_.Scrub(deadline);
}

}  // namespace freshet::stores
