// JSON in: one pass into a small tree that refuses what is ambiguous and wipes what it held.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cpgw::gateway::service {

/// One value. Texts view the document's memory.
struct JsonNode {
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, array, object };
  Kind kind = Kind::null;
  bool flag = false;
  std::int64_t integer = 0;
  std::string_view text;  ///< decoded
  std::string_view name;  ///< of this value within its object
  std::uint32_t children = 0;
  const JsonNode* first = nullptr;
  const JsonNode* next = nullptr;
};

struct JsonLimits {
  std::size_t octets = 4 << 20;
  std::size_t depth = 16;
  std::size_t values = 400'000;
};

/// RFC 8259 without duplicate names, without invalid UTF-8, within limits. Its texts are wiped when
/// it dies. gateway/bad-request with line, column and offset otherwise.
class JsonDocument {
 public:
  [[nodiscard]] static Result<JsonDocument> parse(std::string_view text,
                                                  const JsonLimits& limits = {});
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept = delete;
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  [[nodiscard]] const JsonNode& root() const;

 private:
  struct Memory;
  explicit JsonDocument(std::unique_ptr<Memory> memory);
  std::unique_ptr<Memory> memory_;
};

/// Mistakes of one request, bounded: the first hundred, then how many more there are.
class Mistakes {
 public:
  void add(Error error);
  [[nodiscard]] bool empty() const { return errors_.empty(); }
  [[nodiscard]] std::size_t count() const { return errors_.size() + more_; }
  [[nodiscard]] std::vector<Error> take() &&;

 private:
  std::vector<Error> errors_;
  std::size_t more_ = 0;
};

/// Reads one object field by field and collects every mistake; finish() refuses the names nobody
/// asked for. Values never appear in messages.
class ObjectReader {
 public:
  /// A node that is no object is a mistake, and then every field is absent. `mistakes` outlives it.
  ObjectReader(const JsonNode& node, std::string path, Mistakes& mistakes);

  [[nodiscard]] bool is_object() const { return object_ != nullptr; }
  [[nodiscard]] std::optional<std::string_view> text(std::string_view name, std::size_t least,
                                                     std::size_t most);
  [[nodiscard]] std::string_view required_text(std::string_view name, std::size_t least,
                                               std::size_t most);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, std::int64_t least,
                                                    std::int64_t most);
  [[nodiscard]] std::int64_t required_integer(std::string_view name, std::int64_t least,
                                              std::int64_t most);
  [[nodiscard]] std::optional<bool> flag(std::string_view name);
  /// Null when absent, or when a mistake was added.
  [[nodiscard]] const JsonNode* object(std::string_view name);
  [[nodiscard]] const JsonNode* required_object(std::string_view name);
  [[nodiscard]] const JsonNode* required_array(std::string_view name, std::size_t least,
                                               std::size_t most);

  template <class E>
  void mistake(std::string_view name, std::string message, E code) {
    mistakes_.add(Error(code, std::move(message), at_field(field(name))));
  }
  [[nodiscard]] std::string field(std::string_view name) const;
  void finish();

 private:
  const JsonNode* find(std::string_view name);
  const JsonNode* require(std::string_view name, const JsonNode* found);
  const JsonNode* object_ = nullptr;
  std::string path_;
  Mistakes& mistakes_;
  std::vector<std::string_view> asked_;
};

/// A name as it may appear in a message: cut to 64 octets, control characters replaced.
[[nodiscard]] std::string shown(std::string_view name);

}  // namespace cpgw::gateway::service
