#include "gateway/provisioning/recipients_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cpgw::gateway::provisioning {
namespace {

Position at_row(const CsvRow& row, std::string field) {
  Position at;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  at.line = static_cast<std::uint32_t>(std::min(row.line, kMost));
  at.offset = row.offset;
  at.field = std::move(field);
  return at;
}

}  // namespace

tl::expected<RecipientColumns, std::vector<Error>> RecipientColumns::read(
    const CsvRow& header, const RecipientColumnRules& rules) {
  RecipientColumns columns;
  columns.columns_ = header.fields.size();
  std::vector<Error> mistakes;
  const auto mistake = [&](std::string_view name, std::string text) {
    mistakes.emplace_back(Errc::bad_column, std::move(text), at_row(header, std::string(name)));
  };
  std::optional<std::size_t> number;
  std::vector<std::pair<std::string, std::size_t>> slots;
  const auto take = [&](std::optional<std::size_t>& place, std::string_view name, std::size_t i) {
    if (place)
      mistake(name, fmt::format("column \"{}\" stands twice, as column {} and {}", name, *place + 1,
                                i + 1));
    else
      place = i;
  };
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const std::string_view name = header.fields[i];
    if (name == "number") {
      take(number, name, i);
    } else if (name == "imsi" && rules.imsi != ColumnUse::refused) {
      take(columns.imsi_, name, i);
    } else if (name == "pin" && rules.pin != ColumnUse::refused) {
      take(columns.pin_, name, i);
    } else if (name == "imsi" || name == "pin") {
      mistake(name, fmt::format("this content's security does not use column \"{}\": leave it out",
                                name));
    } else if (name.empty()) {
      mistake("", fmt::format("column {} has no name", i + 1));
    } else if (rules.any_slots || std::ranges::find(rules.slots, name) != rules.slots.end()) {
      const auto known =
          std::ranges::find(slots, name, &std::pair<std::string, std::size_t>::first);
      if (known != slots.end())
        mistake(name, fmt::format("column \"{}\" stands twice, as column {} and {}", name,
                                  known->second + 1, i + 1));
      else
        slots.emplace_back(name, i);
    } else {
      mistake(name,
              fmt::format("column {} \"{}\" is neither number, imsi, pin nor a slot of the content",
                          i + 1, name));
    }
  }
  const auto missing = [&](std::string_view name) {
    mistake(name, fmt::format("column \"{}\" is missing", name));
  };
  if (!number) missing("number");
  if (!columns.imsi_ && rules.imsi == ColumnUse::required) missing("imsi");
  if (!columns.pin_ && rules.pin == ColumnUse::required) missing("pin");
  for (const std::string& slot : rules.slots) {
    const auto found = std::ranges::find(slots, slot, &std::pair<std::string, std::size_t>::first);
    if (found == slots.end()) {
      missing(slot);
      continue;
    }
    columns.slot_names_.push_back(slot);
    columns.slots_.push_back(found->second);
    slots.erase(found);
  }
  for (auto& [name, place] : slots) {
    columns.slot_names_.push_back(std::move(name));
    columns.slots_.push_back(place);
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  columns.number_ = *number;
  return columns;
}

Result<void> RecipientColumns::map(const CsvRow& row, RecipientRow& out) const {
  if (row.fields.size() != columns_)
    return fail(Errc::csv_row,
                fmt::format("row {} has {} fields, the header has {}", row.number,
                            row.fields.size(), columns_),
                at_row(row, fmt::format("row {}", row.number)));
  out.number = row.fields[number_];
  out.imsi = imsi_ ? row.fields[*imsi_] : std::string_view();
  out.pin = pin_ ? row.fields[*pin_] : std::string_view();
  out.slots.clear();
  for (const std::size_t slot : slots_) out.slots.push_back(row.fields[slot]);
  return {};
}

}  // namespace cpgw::gateway::provisioning
