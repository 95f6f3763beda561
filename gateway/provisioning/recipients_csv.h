// A recipients file: a header row, then one phone per row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/provisioning/csv.h"

namespace cpgw::gateway::provisioning {

enum class ColumnUse : std::uint8_t { required, optional, refused };

/// What the columns of a file must be: "number", then as the content needs "imsi" and "pin", and
/// one column per slot, in any order.
struct RecipientColumnRules {
  ColumnUse imsi = ColumnUse::optional;
  ColumnUse pin = ColumnUse::optional;
  std::vector<std::string> slots;  ///< every one must be a column
  /// A slot may have any name but the three above; unknown columns are errors unless this is set,
  /// then they are slots.
  bool any_slots = false;
};

/// One row as views of the reader's row. An absent column gives empty text.
struct RecipientRow {
  std::string_view number, imsi, pin;
  std::vector<std::string_view> slots;  ///< in the order of slot_names()
};

/// The header row, read once.
class RecipientColumns {
 public:
  /// Every unknown, missing and repeated column at once, each by name with its place.
  [[nodiscard]] static tl::expected<RecipientColumns, std::vector<Error>> read(
      const CsvRow& header, const RecipientColumnRules& rules);

  [[nodiscard]] const std::vector<std::string>& slot_names() const { return slot_names_; }
  /// Errc::csv_row when the row has more or fewer fields than the header. `out` is reused.
  [[nodiscard]] Result<void> map(const CsvRow& row, RecipientRow& out) const;

 private:
  std::size_t columns_ = 0;
  std::size_t number_ = 0;
  std::optional<std::size_t> imsi_, pin_;
  std::vector<std::string> slot_names_;
  std::vector<std::size_t> slots_;
};

}  // namespace cpgw::gateway::provisioning
