#include "gateway/cli/import_batch.h"

#include <algorithm>

#include "gateway/cli/client.h"
#include "wbxml/characters.h"

namespace cpgw::gateway::cli {
namespace {

namespace prov = provisioning;

constexpr std::size_t kMostRows = 1000;
constexpr std::size_t kMostOctets = 1 << 20;

/// Octets of `text` as a JSON string with its comma or colon.
std::size_t json_octets(std::string_view text) {
  std::size_t octets = 3;
  for (const char c : text)
    octets += static_cast<unsigned char>(c) < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : 1;
  return octets;
}

}  // namespace

ImportBatch::ImportBatch() : storage_(wiping_storage()), rows_(storage_) {}

void ImportBatch::add(const prov::CsvRow& row, const prov::RecipientColumns& columns) {
  if (auto done = columns.map(row, mapped_); !done) {
    add_broken(row.number, row.line, done.error());
    return;
  }
  // One row that is no text must not make the whole request unreadable.
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    if (wbxml::detail::find_bad_character(row.fields[i])) {
      add_broken(
          row.number, row.line,
          Error(prov::Errc::csv_syntax, "a character that is not UTF-8, or a control character",
                at_field("field " + std::to_string(i + 1))));
      return;
    }
  }
  boost::json::object one({{"row", row.number}, {"number", mapped_.number}}, storage_);
  octets_ += 64 + json_octets(mapped_.number);
  const auto secret = [&](const char* name, std::string_view value) {
    if (value.empty()) return;
    one[name] = value;
    octets_ += 8 + json_octets(value);
  };
  secret("imsi", mapped_.imsi);
  secret("pin", mapped_.pin);
  if (!mapped_.slots.empty()) {
    boost::json::object slots(storage_);
    for (std::size_t i = 0; i < mapped_.slots.size(); ++i) {
      const std::string& name = columns.slot_names()[i];
      slots[name] = mapped_.slots[i];
      octets_ += json_octets(name) + json_octets(mapped_.slots[i]);
    }
    one["slots"] = std::move(slots);
  }
  rows_.push_back(std::move(one));
  lines_.emplace_back(row.number, row.line);
}

void ImportBatch::add_broken(std::uint64_t row, std::uint64_t line, const Error& error) {
  broken_.push_back({row, line, std::string(error.code.name()), error.at.field, error.message});
  rows_.push_back(boost::json::object({{"row", row}, {"number", ""}}, storage_));
  octets_ += 64;
  lines_.emplace_back(row, line);
}

bool ImportBatch::full() const { return rows_.size() >= kMostRows || octets_ >= kMostOctets; }

boost::json::array ImportBatch::take_rows() {
  octets_ = 0;
  return std::exchange(rows_, boost::json::array(storage_));
}

std::vector<Reject> ImportBatch::rejects(const boost::json::object& answer) const {
  std::vector<Reject> bad;
  const auto* list = answer.if_contains("rejected_rows");
  if (list == nullptr) return bad;
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
  return bad;
}

}  // namespace cpgw::gateway::cli
