#include "services/accounts/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <utility>

namespace freshet::accounts {

struct ZipStream::State {
  ~State() { archive_write_free(writer); }
  Result<> Check(la_ssize_t code) const {
    if (code >= ARCHIVE_OK) return {};
    const char* const why = archive_error_string(writer);
    return Internal(std::string("The archive cannot be written: ") + (why ? why : "no reason"));
  }

  archive* writer = archive_write_new();
  std::string ready;
};

ZipStream::ZipStream() : state_(std::make_unique<State>()) {
  const auto take = [](archive*, void* self, const void* bytes, std::size_t size) {
    static_cast<State*>(self)->ready.append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  };
  archive_write_set_format_zip(state_->writer);
  archive_write_set_bytes_per_block(state_->writer, 0);
  archive_write_open(state_->writer, state_.get(), nullptr, take, nullptr);
}

ZipStream::~ZipStream() = default;

Result<> ZipStream::Begin(const std::string& name, Timestamp modified_at) {
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                       archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  archive_entry_set_mtime(
      entry.get(),
      std::chrono::duration_cast<std::chrono::seconds>(modified_at.time_since_epoch()).count(), 0);
  return state_->Check(archive_write_header(state_->writer, entry.get()));
}

Result<> ZipStream::Append(std::string_view content) {
  return state_->Check(archive_write_data(state_->writer, content.data(), content.size()));
}

Result<> ZipStream::Finish() { return state_->Check(archive_write_close(state_->writer)); }

std::string ZipStream::Take() { return std::exchange(state_->ready, {}); }

}  // namespace freshet::accounts
