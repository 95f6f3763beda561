// The small push documents from fields: service indication and loading, cache operation, e-mail
// notification. push_content() makes pushes of them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "wbxml/document.h"

namespace cpgw::si_sl {

using WallSeconds = std::chrono::sys_seconds;

/// WAP-167-ServiceInd, 5.
struct ServiceIndication {
  enum class Action : std::uint8_t {
    signal_none,
    signal_low,
    signal_medium,
    signal_high,
    erase,  ///< "delete"
  };
  struct Item {
    std::string class_name = {};  ///< `class`, a name without blanks
    std::string text = {};
  };
  std::string href = {};              ///< may be empty
  std::string text = {};              ///< shown to the user; may be empty
  std::optional<Action> action = {};  ///< without it phones take signal-medium
  std::optional<WallSeconds> created = {};
  std::optional<WallSeconds> si_expires = {};  ///< later than `created`
  std::string si_id = {};                      ///< may be empty, but not to delete
  std::vector<Item> info = {};
};

/// WAP-168-ServiceLoad, 5.
struct ServiceLoading {
  enum class Action : std::uint8_t { execute_low, execute_high, cache };
  std::string href = {};
  std::optional<Action> action = {};  ///< without it phones take execute-low
};

/// WAP-175-CacheOp, 5: objects and whole services whose cached copies are void.
struct CacheOperation {
  std::vector<std::string> objects = {}, services = {};  ///< URIs; one at least
};

/// OMA-Push-EMN-V1_0.
struct EmailNotification {
  std::string mailbox = {};  ///< URI, such as mailat:user@example.com
  std::optional<WallSeconds> timestamp = {};
};

/// Checked: URIs are absolute and in ASCII, dates are of the years 0000 to 9999, fields have at
/// most 4,096 octets. Errc::bad_value or too_long with the field.
[[nodiscard]] Result<wbxml::Document> document_of(const ServiceIndication& si);
[[nodiscard]] Result<wbxml::Document> document_of(const ServiceLoading& sl);
[[nodiscard]] Result<wbxml::Document> document_of(const CacheOperation& co);
[[nodiscard]] Result<wbxml::Document> document_of(const EmailNotification& emn);

}  // namespace cpgw::si_sl
