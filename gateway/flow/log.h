// What the rooms of the gateway write to the log: structured, without secrets. The sink is made by
// the composition root.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cpgw::gateway {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::string value;
};

/// May be called from any thread. A full queue drops debug and info lines and says later how many.
class Log {
 public:
  virtual ~Log() = default;
  /// False: a line of this level would be dropped, so its fields need not be made.
  [[nodiscard]] virtual bool enabled(LogLevel) const { return true; }
  /// `event` is a stable short name such as "link-bound"; `text` one sentence for people.
  virtual void write(LogLevel level, std::string_view event, std::string_view text,
                     std::initializer_list<LogField> fields = {}) = 0;
};

}  // namespace cpgw::gateway
