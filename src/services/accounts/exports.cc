#include "services/accounts/exports.h"

#include <string>

#include "services/accounts/zip_stream.h"

namespace freshet::accounts {
namespace {

constexpr Duration kPageDeadline{30'000};

// One list as a JSON array, a file of the archive.
Awaitable<Result<>> WriteList(PersonalData& data, std::string_view list, AccountId person,
                              ZipStream& zip, net::BodyWriter& writer, const Clock& clock) {
  CO_RETURN_IF_ERROR(zip.Begin(std::string(list) + ".json", clock.Now()));
  CO_RETURN_IF_ERROR(zip.Append("["));
  std::string_view separator = "\n";
  for (std::optional<ExportPosition> from = ExportPosition(); from;) {
    CO_ASSIGN_OR_RETURN(
        const auto page,
        co_await data.Export(list, person, *from, Deadline::After(clock, kPageDeadline)));
    for (const auto& item : page.items) {
      CO_RETURN_IF_ERROR(zip.Append(separator));
      CO_RETURN_IF_ERROR(zip.Append(item));
      separator = ",\n";
    }
    from = page.next;
    const std::string ready = zip.Take();
    if (!ready.empty()) CO_RETURN_IF_ERROR(co_await writer.Write(ready));
  }
  co_return zip.Append("\n]\n");
}

}  // namespace

Exports::Exports(const AccountsOptions& options, std::vector<PersonalData*> data,
                 const Clock& clock, Logger& logger, Metrics& metrics)
    : options_(options),
      data_(std::move(data)),
      clock_(clock),
      logger_(logger),
      exported_(metrics.GetCounter("freshet_exports_total",
                                   "Archives of a person's data that were sent to the end")) {}

Result<net::Response> Exports::Open(AccountId person) {
  const auto leave = [this](const void*) { --under_way_; };
  const std::shared_ptr<const void> place(&under_way_, leave);
  if (++under_way_ > options_.exports_at_once) {
    return Failure(Error(ErrorKind::kExhausted,
                         "Many people take their data along at this moment; try again soon.",
                         "exports_busy")
                       .WithRetryAfter(Duration(30'000)));
  }
  net::Response response;
  response.headers.Set("Content-Type", "application/zip");
  response.headers.Set("Content-Disposition", "attachment; filename=\"freshet-export.zip\"");
  response.headers.Set("Cache-Control", "no-store");
  response.body =
      net::StreamBody([this, person, place](net::BodyWriter& writer) -> Awaitable<Result<>> {
        auto written = co_await Write(person, writer);
        if (!written) {
          logger_.Info("An export ended early", {{"error", written.error().ToString()}});
        }
        co_return written;
      });
  return response;
}

Awaitable<Result<>> Exports::Write(AccountId person, net::BodyWriter& writer) {
  ZipStream zip;
  for (PersonalData* const data : data_) {
    for (const auto list : data->Lists()) {
      CO_RETURN_IF_ERROR(co_await WriteList(*data, list, person, zip, writer, clock_));
    }
  }
  CO_RETURN_IF_ERROR(zip.Finish());
  CO_RETURN_IF_ERROR(co_await writer.Write(zip.Take()));
  exported_.Add();
  co_return Result<>();
}

}  // namespace freshet::accounts
