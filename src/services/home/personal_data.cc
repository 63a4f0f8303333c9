#include "services/home/personal_data.h"

namespace freshet::home {

Awaitable<Result<bool>> HomeData::EraseSome(AccountId person, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await seen_.Forget(person, deadline));
  co_return true;
}

Awaitable<Result<accounts::ExportPage>> HomeData::Export(std::string_view, AccountId,
                                                         accounts::ExportPosition, Deadline) {
  co_return accounts::ExportPage();
}

}  // namespace freshet::home
