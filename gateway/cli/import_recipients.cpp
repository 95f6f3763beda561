// cpgw import recipients: a CSV file into a campaign, in batches, resumable at the exact row.
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/rejects.h"
#include "gateway/provisioning/recipients_csv.h"
#include "signer/bootstrap_mac.h"

namespace cpgw::gateway::cli {
namespace {

namespace prov = provisioning;

constexpr std::size_t kBatchRows = 1000;
constexpr std::size_t kBatchOctets = 1 << 20;

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

bool is_ok(const boost::json::object& answer) {
  const auto* ok = answer.if_contains("ok");
  return ok != nullptr && ok->is_bool() && ok->as_bool();
}

/// SHA-256 of a whole file: a file that changed under the same name is another import.
Result<std::string> digest_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  Position at;
  at.file = file;
  if (!in) return fail(Errc::io, "cannot be read", at);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::vector<char> block(1 << 20);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return fail(Errc::io, "cannot be read to its end", at);
  std::array<std::byte, 32> digest;
  EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return to_hex(digest);
}

/// One run of the command. Owned by it.
class Import {
 public:
  Import(Io& io, const ImportRecipientsCommand& command, Client& client)
      : io_(io), command_(command), client_(client) {}
  int run();

 private:
  int open();
  int header(prov::CsvReader& reader);
  /// Sends every row from where the reader stands: `check_only` up to `end_row` without storing.
  int rows(prov::CsvReader& reader, bool check_only, std::uint64_t end_row);
  int flush(const prov::CsvPlace& place, bool last, bool check_only);
  int rebuild_rejects();
  void add(const prov::CsvRow& row);
  void add_broken(std::uint64_t row, std::uint64_t line, const Error& error);
  std::optional<Result<const prov::CsvRow*>> next(prov::CsvReader& reader);
  int stream_failed();
  boost::json::object request(const char* op) const {
    return {{"op", op},
            {"tenant", client_.tenant()},
            {"campaign", command_.campaign},
            {"import", name_},
            {"source", source_}};
  }

  Io& io_;
  const ImportRecipientsCommand& command_;
  Client& client_;
  std::string name_, source_, label_;
  std::unique_ptr<std::ifstream> file_;
  std::istream* in_ = nullptr;
  std::vector<char> block_ = std::vector<char>(256 * 1024);
  bool at_end_ = false;
  prov::RecipientColumnRules rules_;
  std::optional<prov::RecipientColumns> columns_;
  prov::RecipientRow mapped_;
  std::optional<Rejects> rejects_;
  std::optional<Progress> progress_;
  Place cursor_;
  boost::json::array batch_;
  std::size_t batch_octets_ = 0;
  std::vector<Reject> broken_;  ///< rows of the batch that are no rows
  std::vector<std::pair<std::uint64_t, std::uint64_t>> lines_;  ///< row → line of the batch
};

std::optional<Result<const prov::CsvRow*>> Import::next(prov::CsvReader& reader) {
  while (true) {
    if (auto row = reader.next()) return row;
    if (at_end_) return std::nullopt;
    in_->read(block_.data(), static_cast<std::streamsize>(block_.size()));
    const auto got = static_cast<std::size_t>(in_->gcount());
    if (got > 0) reader.feed(std::string_view(block_.data(), got));
    if (!*in_) {
      at_end_ = true;
      reader.finish();
    }
  }
}

int Import::stream_failed() {
  io_.err << "cpgw: error: " << label_
          << ": cannot be read to its end; run the same command again to go on\n";
  return kMalformed;
}

int Import::open() {
  const bool from_stdin = command_.file == "-";
  label_ = from_stdin ? "standard input" : command_.file;
  std::array<std::byte, 32> drawn;
  if (from_stdin) {  // cannot be read again: never the same import as another
    io_.random.fill(drawn);
    source_ = to_hex(drawn);
    name_ = command_.name.empty() ? "stdin-" + source_.substr(0, 16) : command_.name;
    in_ = &io_.in;
  } else {
    auto digest = digest_of(command_.file);
    if (!digest) return complain(io_, digest.error());
    source_ = *digest;
    name_ = command_.name.empty() ? std::filesystem::path(command_.file).filename().string()
                                  : command_.name;
    file_ = std::make_unique<std::ifstream>(command_.file, std::ios::binary);
    in_ = file_.get();
  }
  const auto status = client_.ask(
      {{"op", "campaign.status"}, {"tenant", client_.tenant()}, {"name", command_.campaign}});
  if (!status) return complain_connect(io_, status.error());
  if (!is_ok(*status)) return complain_refused(io_, *status);
  const std::string security = text_of(status->at("campaign").as_object(), "security");
  const auto method = signer::security(security);
  using prov::ColumnUse;
  const bool imsi = method && signer::needs_imsi(*method);
  const bool pin = method && signer::needs_pin(*method);
  rules_.imsi = imsi ? ColumnUse::required : ColumnUse::refused;
  rules_.pin = pin ? ColumnUse::required : ColumnUse::refused;
  rules_.any_slots = true;  // the gateway knows the content's slots

  const auto opened = client_.ask(request("import.open"));
  if (!opened) return complain_connect(io_, opened.error());
  if (!is_ok(*opened)) return complain_refused(io_, *opened);
  cursor_ = place_of(*opened);
  if (from_stdin && cursor_.next_offset != 0) {
    io_.err << "cpgw: error: import '" << name_
            << "' was begun from another standard input; use another --name\n";
    return kNo;
  }
  const std::string rejects = !command_.rejects.empty()
                                  ? command_.rejects
                                  : (from_stdin ? name_ : command_.file) + ".rejected.csv";
  auto file = Rejects::open(rejects, cursor_.next_row);
  if (!file) return complain(io_, file.error());
  rejects_.emplace(std::move(*file));
  return kDone;
}

int Import::header(prov::CsvReader& reader) {
  const auto row = next(reader);
  if (!row) {
    io_.err << "cpgw: error: " << label_
            << ": empty; a header row with the column 'number' is expected\n";
    return kMalformed;
  }
  if (!*row) return complain(io_, row->error());
  auto columns = prov::RecipientColumns::read(***row, rules_);
  if (!columns) return complain(io_, columns.error());
  columns_.emplace(std::move(*columns));
  return kDone;
}

void Import::add(const prov::CsvRow& row) {
  if (auto done = columns_->map(row, mapped_); !done) {
    add_broken(row.number, row.line, done.error());
    return;
  }
  boost::json::object one{{"row", row.number}, {"number", mapped_.number}};
  if (!mapped_.imsi.empty()) one["imsi"] = mapped_.imsi;
  if (!mapped_.pin.empty()) one["pin"] = mapped_.pin;
  if (!mapped_.slots.empty()) {
    boost::json::object slots;
    for (std::size_t i = 0; i < mapped_.slots.size(); ++i)
      slots[columns_->slot_names()[i]] = mapped_.slots[i];
    one["slots"] = std::move(slots);
  }
  batch_octets_ += 64 + (row.next_offset - row.offset);
  batch_.push_back(std::move(one));
  lines_.emplace_back(row.number, row.line);
}

/// A row that is none is told to the gateway without a number, so that it is counted in the same
/// commit; why is known here.
void Import::add_broken(std::uint64_t row, std::uint64_t line, const Error& error) {
  broken_.push_back({row, line, std::string(error.code.name()), error.at.field, error.message});
  batch_.push_back(boost::json::object{{"row", row}, {"number", ""}});
  lines_.emplace_back(row, line);
}

int Import::flush(const prov::CsvPlace& place, bool last, bool check_only) {
  if (batch_.empty() && !last) return kDone;
  boost::json::object ask = request("import.rows");
  ask["expect_offset"] = cursor_.next_offset;
  ask["next_offset"] = place.offset;
  ask["next_row"] = place.row;
  ask["rows"] = std::move(batch_);
  if (last) ask["finished"] = true;
  if (check_only) ask["check_only"] = true;
  batch_ = {};
  batch_octets_ = 0;
  std::optional<boost::json::object> answer;
  for (int pause = 0;; pause = std::min(pause * 2 + 50, 2000)) {
    auto got = client_.ask(ask);
    if (!got) return complain_connect(io_, got.error());
    const bool busy =
        !is_ok(*got) && got->contains("errors") &&
        boost::json::serialize(got->at("errors")).find("gateway/busy") != std::string::npos;
    if (busy && pause < 2000) {  // told to send it again later
      usleep(static_cast<useconds_t>(pause + 50) * 1000);
      continue;
    }
    answer = std::move(*got);
    break;
  }
  if (!is_ok(*answer)) {
    // A first try whose answer was lost has stored the batch: then the cursor stands exactly where
    // this batch ends.
    const Place stored = place_of(*answer);
    if (!answer->contains("next_offset") || stored.next_offset != place.offset ||
        stored.next_row != place.row)
      return complain_refused(io_, *answer);
    cursor_ = stored;
    broken_.clear();
    lines_.clear();
    return rebuild_rejects();
  }
  std::vector<Reject> bad;
  if (const auto* list = answer->if_contains("rejected_rows");
      list != nullptr && list->is_array()) {
    for (const auto& item : list->as_array()) {
      const auto& one = item.as_object();
      const std::uint64_t row = number_of(one, "row");
      const auto known = std::ranges::find(broken_, row, &Reject::row);
      if (known != broken_.end()) {
        bad.push_back(*known);
        continue;
      }
      const auto line =
          std::ranges::find(lines_, row, &std::pair<std::uint64_t, std::uint64_t>::first);
      for (const auto& error : one.at("errors").as_array()) {
        const auto& e = error.as_object();
        bad.push_back({row, line == lines_.end() ? 0 : line->second, text_of(e, "code"),
                       e.contains("field") ? text_of(e, "field") : "", text_of(e, "message")});
      }
    }
  }
  broken_.clear();
  lines_.clear();
  if (auto done = rejects_->add(bad); !done) return complain(io_, done.error());
  if (!check_only) {
    cursor_ = place_of(*answer);
    progress_->show(cursor_.next_offset, fmt::format("{} rows accepted, {} rejected",
                                                     cursor_.accepted, cursor_.rejected));
  }
  return kDone;
}

int Import::rows(prov::CsvReader& reader, bool check_only, std::uint64_t end_row) {
  while (true) {
    const auto row = next(reader);
    if (!row) break;
    const bool whole = row->has_value();
    const std::uint64_t number = whole ? (**row)->number : reader.place().row - 1;
    if (check_only && number >= end_row) break;
    if (whole) {
      add(***row);
    } else {
      add_broken(number, row->error().at.line, row->error());
    }
    if (batch_.size() >= kBatchRows || batch_octets_ >= kBatchOctets) {
      if (const int status = flush(reader.place(), false, check_only); status != kDone)
        return status;
    }
  }
  if (in_->bad()) return stream_failed();
  return flush(reader.place(), !check_only, check_only);
}

/// After an interruption between the commit and the rejects file, rows before the cursor are
/// checked again without storing.
int Import::rebuild_rejects() {
  if (file_ == nullptr) {
    io_.err << "cpgw: warning: the answer for one batch was lost; its bad rows are counted but not "
               "listed, standard input cannot be read again\n";
    return kDone;
  }
  const std::streampos here = in_->tellg();
  const bool was_at_end = at_end_;
  if (auto done = rejects_->restart(); !done) return complain(io_, done.error());
  file_->clear();
  file_->seekg(0);
  at_end_ = false;
  prov::CsvReader reader(label_);
  if (const int status = header(reader); status != kDone) return status;
  if (const int status = rows(reader, true, cursor_.next_row); status != kDone) return status;
  file_->clear();
  if (here != std::streampos(-1)) file_->seekg(here);
  if (was_at_end) file_->seekg(0, std::ios::end);
  at_end_ = was_at_end;
  return kDone;
}

int Import::run() {
  if (const int status = open(); status != kDone) return status;
  std::error_code ignored;
  const auto size = file_ ? std::filesystem::file_size(command_.file, ignored) : 0;
  progress_.emplace(io_, label_, size);
  if (cursor_.rejected != rejects_->rows() && cursor_.next_offset > 0) {
    if (const int status = rebuild_rejects(); status != kDone) return status;
  }
  if (!cursor_.finished) {
    if (file_ != nullptr) {
      file_->clear();
      file_->seekg(0);
    }
    at_end_ = false;
    prov::CsvReader first(label_);
    if (const int status = header(first); status != kDone) return status;
    if (cursor_.next_offset > first.place().offset) {
      // Lines are only counted for messages; the octets before the cursor are not parsed again.
      prov::CsvPlace place{cursor_.next_offset, cursor_.next_row, 1};
      file_->clear();
      file_->seekg(0);
      for (std::uint64_t left = cursor_.next_offset; left > 0;) {
        const auto want = std::min<std::uint64_t>(left, block_.size());
        if (!file_->read(block_.data(), static_cast<std::streamsize>(want))) return stream_failed();
        place.line += static_cast<std::uint64_t>(
            std::count(block_.begin(), block_.begin() + static_cast<std::ptrdiff_t>(want), '\n'));
        left -= want;
      }
      at_end_ = false;
      prov::CsvReader reader(label_, {}, place);
      if (const int status = rows(reader, false, 0); status != kDone) return status;
    } else {
      if (const int status = rows(first, false, 0); status != kDone) return status;
    }
  }
  progress_->done();
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

}  // namespace

int run(const ImportRecipientsCommand& command, Io& io) {
  auto client = Client::connect(io, command.gateway);
  if (!client) return complain_connect(io, client.error());
  return Import(io, command, *client).run();
}

}  // namespace cpgw::gateway::cli
