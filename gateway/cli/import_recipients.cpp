// cpgw import recipients: a CSV file into a campaign, in batches, resumable at the exact row.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/import_batch.h"
#include "gateway/cli/import_source.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/rejects.h"
#include "gateway/provisioning/recipients_csv.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/characters.h"

namespace cpgw::gateway::cli {
namespace {

namespace prov = provisioning;

constexpr std::size_t kBlockOctets = 256 * 1024;
/// How long "busy" is taken for an answer before the import stops; it can go on later.
constexpr std::chrono::seconds kBusyPatience{60};
constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{2000};

struct Place {
  std::uint64_t next_offset = 0, next_row = 0, accepted = 0, rejected = 0;
  bool finished = false;
};

Place place_of(const boost::json::object& answer) {
  const auto* finished = answer.if_contains("finished");
  return {number_of(answer, "next_offset"), number_of(answer, "next_row"),
          number_of(answer, "accepted"), number_of(answer, "rejected"),
          finished != nullptr && finished->is_bool() && finished->as_bool()};
}

/// One run of the command. Owned by it.
class Import {
 public:
  Import(Io& io, const ImportRecipientsCommand& command, Client& client, RecipientSource& source)
      : io_(io), command_(command), client_(client), source_(source) {}
  Import(const Import&) = delete;
  ~Import() { wipe(std::as_writable_bytes(std::span(block_))); }
  int run();

 private:
  int all();
  int open();
  int columns_of_campaign();
  int header(prov::CsvReader& reader);
  /// Sends every row from where the reader stands: `check_only` up to `end_row` without storing.
  int rows(prov::CsvReader& reader, bool check_only, std::uint64_t end_row);
  int resume();
  int flush(const prov::CsvPlace& place, bool last, bool check_only);
  /// Waits for the batch on its way, if there is one, and keeps what became of it.
  int settle();
  /// The answer of the gateway to that batch once it is not busy.
  Result<boost::json::object> answer();
  int rebuild_rejects();
  /// A row or a wrong one; nothing at the end, or with status_ when the source failed.
  std::optional<Result<const prov::CsvRow*>> next(prov::CsvReader& reader);
  int report();
  int complain_here(const Error& error) {
    progress_->done();
    return complain(io_, error);
  }
  boost::json::object request(const char* op) const {
    return {{{"op", op},
             {"tenant", client_.tenant()},
             {"campaign", command_.campaign},
             {"import", name_},
             {"source", source_.digest()}},
            batch_->storage()};
  }

  Io& io_;
  const ImportRecipientsCommand& command_;
  Client& client_;
  RecipientSource& source_;
  std::string name_;
  std::vector<char> block_ = std::vector<char>(kBlockOctets);
  std::uint64_t read_ = 0;  ///< octets of the source read so far
  bool at_end_ = false;
  int status_ = kDone;  ///< of reading
  prov::RecipientColumnRules rules_;
  std::optional<prov::RecipientColumns> columns_;
  std::optional<Rejects> rejects_;
  std::optional<Progress> progress_;
  Place cursor_;
  std::unique_ptr<ImportBatch> batch_ = std::make_unique<ImportBatch>();
  /// One batch is with the gateway while the next is read: each has a core of its own.
  struct Sent {
    std::unique_ptr<ImportBatch> batch;
    prov::CsvPlace place;
    bool check_only = false;
  };
  std::optional<Sent> sent_;
};

std::optional<Result<const prov::CsvRow*>> Import::next(prov::CsvReader& reader) {
  while (true) {
    if (auto row = reader.next()) return row;
    if (at_end_) return std::nullopt;
    const auto got = source_.read(read_, block_);
    if (!got) {
      at_end_ = true;
      status_ = complain_here(got.error());
      return std::nullopt;
    }
    read_ += *got;
    if (*got > 0) reader.feed(std::string_view(block_.data(), *got));
    if (*got < block_.size()) {
      at_end_ = true;
      reader.finish();
    }
  }
}

int Import::columns_of_campaign() {
  const auto status = client_.ask(
      {{"op", "campaign.status"}, {"tenant", client_.tenant()}, {"name", command_.campaign}});
  if (!status) return complain_connect(io_, status.error());
  if (!is_ok(*status)) return complain_refused(io_, *status);
  std::string name;
  auto done = read_answer(
      [&] { name = std::string(status->at("campaign").as_object().at("security").as_string()); });
  if (!done) return complain_connect(io_, done.error());
  const auto method = signer::security(name);
  if (!method) return complain(io_, method.error(), kUnreachable);
  using prov::ColumnUse;
  rules_.imsi = signer::needs_imsi(*method) ? ColumnUse::required : ColumnUse::refused;
  rules_.pin = signer::needs_pin(*method) ? ColumnUse::required : ColumnUse::refused;
  rules_.any_slots = true;  // the gateway knows the content's slots
  return kDone;
}

int Import::open() {
  if (const int status = columns_of_campaign(); status != kDone) return status;
  name_ = !command_.name.empty() ? command_.name
          : source_.is_file()    ? std::filesystem::path(command_.file).filename().string()
                                 : "stdin-" + source_.digest().substr(0, 16);
  const auto opened = client_.ask(request("import.open"));
  if (!opened) return complain_connect(io_, opened.error());
  if (!is_ok(*opened)) return complain_refused(io_, *opened);
  cursor_ = place_of(*opened);
  if (cursor_.next_offset != 0 && !source_.is_file()) {
    io_.err << "cpgw: error: import '" << printable(name_)
            << "' was begun from another standard input; use another --name\n";
    return kNo;
  }
  const std::string rejects = !command_.rejects.empty()
                                  ? command_.rejects
                                  : (source_.is_file() ? command_.file : name_) + ".rejected.csv";
  auto file = Rejects::open(rejects, cursor_.next_row);
  if (!file) return complain(io_, file.error());
  rejects_.emplace(std::move(*file));
  return kDone;
}

int Import::header(prov::CsvReader& reader) {
  const auto row = next(reader);
  if (!row) {
    if (status_ != kDone) return status_;
    progress_->done();
    io_.err << "cpgw: error: " << printable(source_.label())
            << ": empty; a header row with the column 'number' is expected\n";
    return kMalformed;
  }
  if (!*row) return complain_here(row->error());
  for (const std::string_view name : (**row)->fields) {
    if (wbxml::detail::find_bad_character(name)) {
      Position at;
      at.file = source_.label();
      at.line = static_cast<std::uint32_t>((**row)->line);
      return complain_here(
          Error(prov::Errc::bad_column, "a column's name is not UTF-8 text", std::move(at)));
    }
  }
  auto columns = prov::RecipientColumns::read(***row, rules_);
  if (!columns) {
    progress_->done();
    for (Error& error : columns.error()) {
      if (error.at.file.empty()) error.at.file = source_.label();
    }
    complain(io_, columns.error());
    io_.err << "cpgw: the first row names the columns: number, imsi, pin and slots, in small "
               "letters, separated by commas\n";
    return kMalformed;
  }
  columns_.emplace(std::move(*columns));
  return kDone;
}

Result<boost::json::object> Import::answer() {
  const SteadyTime end = io_.clock.steady() + kBusyPatience;
  auto pause = kFirstPause;
  while (true) {
    auto answer = client_.answer();
    if (!answer || !has_code(*answer, "gateway/busy") || io_.clock.steady() + pause > end)
      return answer;
    if (::usleep(static_cast<useconds_t>(pause.count()) * 1000) != 0) return answer;
    if (auto sent = client_.send_again(); !sent) return fail(std::move(sent).error());
    pause = std::min(pause * 2, kLongestPause);
  }
}

int Import::flush(const prov::CsvPlace& place, bool last, bool check_only) {
  if (const int status = settle(); status != kDone) return status;
  if (batch_->empty() && !last) return kDone;
  if (auto whole = source_.unchanged(); !whole && !check_only) return complain_here(whole.error());
  boost::json::object ask = request("import.rows");
  ask["expect_offset"] = cursor_.next_offset;
  ask["next_offset"] = place.offset;
  ask["next_row"] = place.row;
  ask["rows"] = batch_->take_rows();
  if (last) ask["finished"] = true;
  if (check_only) ask["check_only"] = true;
  if (auto sent = client_.send(ask); !sent) {
    progress_->done();
    return complain_connect(io_, sent.error());
  }
  sent_.emplace(Sent{std::exchange(batch_, std::make_unique<ImportBatch>()), place, check_only});
  return last || check_only ? settle() : int{kDone};
}

int Import::settle() {
  if (!sent_) return kDone;
  const Sent sent = *std::exchange(sent_, std::nullopt);
  const auto answer = this->answer();
  if (!answer || !is_ok(*answer)) progress_->done();
  if (!answer) return complain_connect(io_, answer.error());
  if (!is_ok(*answer)) {
    // A first try whose answer was lost has stored the batch: then the cursor stands exactly where
    // this batch ends.
    const Place stored = place_of(*answer);
    if (sent.check_only || !answer->contains("next_offset") ||
        stored.next_offset != sent.place.offset || stored.next_row != sent.place.row)
      return complain_refused(io_, *answer);
    cursor_ = stored;
    return cursor_.rejected == rejects_->rows() ? int{kDone} : rebuild_rejects();
  }
  std::vector<Reject> bad;
  if (auto done = read_answer([&] { bad = sent.batch->rejects(*answer); }); !done) {
    progress_->done();
    return complain_connect(io_, done.error());
  }
  if (auto done = rejects_->add(bad); !done) return complain_here(done.error());
  if (!sent.check_only) {
    cursor_ = place_of(*answer);
    progress_->show(cursor_.next_offset, fmt::format("{} rows accepted, {} rejected",
                                                     cursor_.accepted, cursor_.rejected));
  }
  return kDone;
}

int Import::rows(prov::CsvReader& reader, bool check_only, std::uint64_t end_row) {
  prov::CsvPlace place = reader.place();
  while (const auto row = next(reader)) {
    const bool whole = row->has_value();
    const std::uint64_t number = whole ? (**row)->number : reader.place().row - 1;
    if (check_only && number >= end_row) break;
    if (whole) {
      batch_->add(***row, *columns_);
    } else {
      batch_->add_broken(number, row->error().at.line, row->error());
    }
    place = reader.place();
    if (batch_->full()) {
      if (const int status = flush(place, false, check_only); status != kDone) return status;
    }
  }
  if (status_ != kDone) {
    static_cast<void>(settle());  // told already; what was sent still counts
    return status_;
  }
  // At the end of the file the place is behind its last empty lines too.
  return flush(check_only ? place : reader.place(), !check_only, check_only);
}

/// After an interruption between the commit and the rejects file, rows before the cursor are
/// checked again without storing.
int Import::rebuild_rejects() {
  if (!source_.is_file()) {
    progress_->done();
    io_.err << "cpgw: warning: the answer for one batch was lost; its bad rows are counted but not "
               "listed, standard input cannot be read again\n";
    return kDone;
  }
  const std::uint64_t here = read_;
  const bool was_at_end = at_end_;
  auto waiting = std::exchange(batch_, std::make_unique<ImportBatch>());
  if (auto done = rejects_->restart(); !done) return complain_here(done.error());
  read_ = 0;
  at_end_ = false;
  prov::CsvReader reader(source_.label());
  if (const int status = header(reader); status != kDone) return status;
  if (const int status = rows(reader, true, cursor_.next_row); status != kDone) return status;
  read_ = here;
  at_end_ = was_at_end;
  batch_ = std::move(waiting);
  return kDone;
}

/// Goes on at the cursor. Lines are only counted for messages; the octets before it are not parsed
/// again.
int Import::resume() {
  prov::CsvPlace place{cursor_.next_offset, cursor_.next_row, 1};
  for (read_ = 0; read_ < cursor_.next_offset;) {
    const auto want = std::min<std::uint64_t>(cursor_.next_offset - read_, block_.size());
    const auto got = source_.read(read_, std::span(block_).first(static_cast<std::size_t>(want)));
    if (!got) return complain_here(got.error());
    if (*got == 0) {
      return complain_here(Error(Errc::io, "the gateway says it goes on behind the file's end"));
    }
    place.line +=
        static_cast<std::uint64_t>(std::ranges::count(std::span(block_).first(*got), '\n'));
    read_ += *got;
  }
  at_end_ = false;
  prov::CsvReader reader(source_.label(), {}, place);
  return rows(reader, false, 0);
}

int Import::all() {
  if (cursor_.rejected != rejects_->rows() && cursor_.next_offset > 0) {
    if (const int status = rebuild_rejects(); status != kDone) return status;
  }
  if (cursor_.finished) return kDone;
  read_ = 0;
  at_end_ = false;
  prov::CsvReader first(source_.label());
  if (const int status = header(first); status != kDone) return status;
  return cursor_.next_offset > first.place().offset ? resume() : rows(first, false, 0);
}

int Import::report() {
  if (command_.gateway.json) {
    io_.out << boost::json::serialize(boost::json::object{
                   {"import", name_},
                   {"accepted", cursor_.accepted},
                   {"rejected", cursor_.rejected},
                   {"rejects_file",
                    cursor_.rejected != 0 ? boost::json::value(rejects_->file()) : nullptr}})
            << "\n";
  } else {
    io_.out << cursor_.accepted << " rows accepted, " << cursor_.rejected << " rejected";
    if (cursor_.rejected != 0) io_.out << " (see " << rejects_->file() << ")";
    io_.out << "\n";
  }
  return cursor_.rejected == 0 ? kDone : kNo;
}

int Import::run() {
  if (const int status = open(); status != kDone) return status;
  progress_.emplace(io_, source_.label(), source_.octets());
  const int status = all();
  progress_->done();
  if (status == kDone) return report();
  if (cursor_.next_offset > 0) {
    io_.err << "cpgw: " << cursor_.accepted << " rows are accepted, " << cursor_.rejected
            << " rejected" << (source_.is_file() ? "; run the same command again to go on" : "")
            << "\n";
  }
  return status;
}

}  // namespace

int run(const ImportRecipientsCommand& command, Io& io) {
  auto client = Client::connect(io, command.gateway);
  if (!client) return complain_connect(io, client.error());
  auto source = RecipientSource::open(io, command.file);
  if (!source) return complain(io, source.error());
  return Import(io, command, *client, *source).run();
}

}  // namespace cpgw::gateway::cli
