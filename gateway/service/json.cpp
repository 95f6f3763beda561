#include "gateway/service/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <span>

#include "base/secret.h"
#include "gateway/flow/content.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;
namespace json = boost::json;
using Kind = JsonNode::Kind;

constexpr std::size_t kMostMistakes = 100;
constexpr std::size_t kMostShown = 64;

std::string joined(std::string_view path, std::string_view name) {
  if (path.empty()) return std::string(name);
  return name.empty() ? std::string(path) : std::string(path) + "." + std::string(name);
}

Position place(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  Position at = at_offset(offset);
  const std::string_view before = text.substr(0, offset);
  at.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_start = before.rfind('\n');
  at.column = static_cast<std::uint32_t>(
      offset - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1);
  return at;
}

}  // namespace

struct JsonDocument::Memory {
  std::string texts;  // never grows past its reservation: nodes view it
  std::deque<JsonNode> nodes;
  ~Memory() { wipe(std::as_writable_bytes(std::span(texts))); }
};

namespace {

/// What Boost.JSON's event parser calls. Builds the tree; refuses what the parser itself would
/// take.
template <class Memory>
struct Handler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  Handler(Memory& to, std::size_t most) : memory(to), most_values(most) {}

  Memory& memory;
  std::size_t most_values;
  std::string refusal;  // why a handler stopped the parser
  struct Open {
    JsonNode* node;
    JsonNode* last = nullptr;
  };
  std::vector<Open> open;
  std::string_view key;
  std::size_t text_begin = 0;
  std::vector<std::string_view> names;

  bool refuse(std::string why, json::error_code& ec) {
    refusal = std::move(why);
    ec = json::make_error_code(json::error::incomplete);
    return false;
  }
  JsonNode* add(Kind kind, json::error_code& ec) {
    if (memory.nodes.size() >= most_values) {
      static_cast<void>(refuse("the document has too many values", ec));
      return nullptr;
    }
    JsonNode& node = memory.nodes.emplace_back();
    node.kind = kind;
    node.name = std::exchange(key, {});
    if (!open.empty()) {
      Open& parent = open.back();
      (parent.last ? parent.last->next : parent.node->first) = &node;
      parent.last = &node;
      ++parent.node->children;
    }
    return &node;
  }
  bool append(std::string_view part, json::error_code& ec) {
    if (memory.texts.size() + part.size() > memory.texts.capacity()) {
      return refuse("the document's texts are too long", ec);
    }
    memory.texts.append(part);
    return true;
  }
  std::string_view text() {
    const std::string_view all = memory.texts;
    return all.substr(std::exchange(text_begin, memory.texts.size()));
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool begin(Kind kind, json::error_code& ec) {
    JsonNode* node = add(kind, ec);
    if (node) open.push_back({node});
    return node != nullptr;
  }
  bool on_array_begin(json::error_code& ec) { return begin(Kind::array, ec); }
  bool on_array_end(std::size_t, json::error_code&) {
    open.pop_back();
    return true;
  }
  bool on_object_begin(json::error_code& ec) { return begin(Kind::object, ec); }
  bool on_object_end(std::size_t, json::error_code& ec) {
    names.clear();
    for (const JsonNode* n = open.back().node->first; n; n = n->next) names.push_back(n->name);
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
      return refuse("\"" + shown(*twice) + "\" appears twice in the object that ends here", ec);
    }
    open.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code& ec) {
    return append({part.data(), part.size()}, ec);
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& ec) {
    if (!append({part.data(), part.size()}, ec)) return false;
    key = text();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code& ec) {
    return append({part.data(), part.size()}, ec);
  }
  bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
    if (!append({part.data(), part.size()}, ec)) return false;
    JsonNode* node = add(Kind::text, ec);
    if (node) node->text = text();
    return node != nullptr;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code& ec) {
    JsonNode* node = add(Kind::integer, ec);
    if (node) node->integer = value;
    return node != nullptr;
  }
  // Only values above the signed range come here; no field of ours takes them.
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) {
    return add(Kind::real, ec) != nullptr;
  }
  bool on_double(double, json::string_view, json::error_code& ec) {
    return add(Kind::real, ec) != nullptr;
  }
  bool on_bool(bool value, json::error_code& ec) {
    JsonNode* node = add(Kind::boolean, ec);
    if (node) node->flag = value;
    return node != nullptr;
  }
  bool on_null(json::error_code& ec) { return add(Kind::null, ec) != nullptr; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "true or false";
    case Kind::integer: return "an integer";
    case Kind::real: return "a number that is no 64-bit integer";
    case Kind::text: return "a text";
    case Kind::array: return "an array";
    case Kind::object: return "an object";
  }
  return "nothing";
}

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<Memory> memory) : memory_(std::move(memory)) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;

const JsonNode& JsonDocument::root() const { return memory_->nodes.front(); }

Result<JsonDocument> JsonDocument::parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.octets) {
    return fail(Errc::bad_request, "the document has " + std::to_string(text.size()) +
                                       " octets; at most " + std::to_string(limits.octets) +
                                       " are taken");
  }
  auto memory = std::make_unique<Memory>();
  memory->texts.reserve(text.size());
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<Handler<Memory>> parser(options, *memory, limits.values);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec) {
    std::string why = parser.handler().refusal;
    if (why.empty()) {
      why = ec == json::error::too_deep
                ? "the document is nested more than " + std::to_string(limits.depth) + " deep"
                : "not JSON: " + ec.message();
    }
    return fail(Errc::bad_request, std::move(why), place(text, used));
  }
  for (std::size_t i = used; i < text.size(); ++i) {
    if (std::string_view(" \t\r\n").find(text[i]) == std::string_view::npos) {
      return fail(Errc::bad_request, "something follows the end of the document", place(text, i));
    }
  }
  return JsonDocument(std::move(memory));
}

void Mistakes::add(Error error) {
  if (errors_.size() < kMostMistakes) {
    errors_.push_back(std::move(error));
  } else {
    ++more_;
  }
}

std::vector<Error> Mistakes::take() && {
  if (more_ != 0) {
    errors_.emplace_back(Errc::bad_request,
                         std::to_string(more_) + " more mistakes are not listed");
  }
  return std::move(errors_);
}

ObjectReader::ObjectReader(const JsonNode& node, std::string path, Mistakes& mistakes)
    : path_(std::move(path)), mistakes_(mistakes) {
  if (node.kind == Kind::object) {
    object_ = &node;
  } else {
    mistake("", "must be an object, not " + std::string(kind_name(node.kind)), Errc::bad_request);
  }
}

std::string ObjectReader::field(std::string_view name) const { return joined(path_, name); }

const JsonNode* ObjectReader::find(std::string_view name) {
  asked_.push_back(name);
  if (!object_) return nullptr;
  for (const JsonNode* n = object_->first; n; n = n->next) {
    if (n->name == name) return n;
  }
  return nullptr;
}

const JsonNode* ObjectReader::require(std::string_view name, const JsonNode* found) {
  if (found || !object_) return found;
  for (const JsonNode* n = object_->first; n; n = n->next) {
    if (n->name == name) return nullptr;  // present and wrong: said already
  }
  mistake(name, "is required", Errc::bad_request);
  return nullptr;
}

std::optional<std::string_view> ObjectReader::text(std::string_view name, std::size_t least,
                                                   std::size_t most) {
  const JsonNode* node = find(name);
  if (!node) return std::nullopt;
  if (node->kind != Kind::text) {
    mistake(name, "must be a text, not " + std::string(kind_name(node->kind)), Errc::bad_request);
    return std::nullopt;
  }
  if (node->text.size() < least || node->text.size() > most) {
    mistake(name,
            "must have " + std::to_string(least) + " to " + std::to_string(most) + " octets, not " +
                std::to_string(node->text.size()),
            Errc::bad_request);
    return std::nullopt;
  }
  return node->text;
}

std::string_view ObjectReader::required_text(std::string_view name, std::size_t least,
                                             std::size_t most) {
  const auto value = text(name, least, most);
  if (!value) require(name, nullptr);
  return value.value_or(std::string_view());
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t least,
                                                  std::int64_t most) {
  const JsonNode* node = find(name);
  if (!node) return std::nullopt;
  if (node->kind != Kind::integer) {
    mistake(name, "must be an integer, not " + std::string(kind_name(node->kind)),
            Errc::bad_request);
    return std::nullopt;
  }
  if (node->integer < least || node->integer > most) {
    mistake(name, "must be from " + std::to_string(least) + " to " + std::to_string(most),
            Errc::bad_request);
    return std::nullopt;
  }
  return node->integer;
}

std::int64_t ObjectReader::required_integer(std::string_view name, std::int64_t least,
                                            std::int64_t most) {
  const auto value = integer(name, least, most);
  if (!value) require(name, nullptr);
  return value.value_or(least);
}

std::optional<bool> ObjectReader::flag(std::string_view name) {
  const JsonNode* node = find(name);
  if (!node) return std::nullopt;
  if (node->kind != Kind::boolean) {
    mistake(name, "must be true or false, not " + std::string(kind_name(node->kind)),
            Errc::bad_request);
    return std::nullopt;
  }
  return node->flag;
}

const JsonNode* ObjectReader::object(std::string_view name) {
  const JsonNode* node = find(name);
  if (node && node->kind != Kind::object) {
    mistake(name, "must be an object, not " + std::string(kind_name(node->kind)),
            Errc::bad_request);
    return nullptr;
  }
  return node;
}

const JsonNode* ObjectReader::required_object(std::string_view name) {
  return require(name, object(name));
}

const JsonNode* ObjectReader::required_array(std::string_view name, std::size_t least,
                                             std::size_t most) {
  const JsonNode* node = find(name);
  if (!node) return require(name, nullptr);
  if (node->kind != Kind::array) {
    mistake(name, "must be an array, not " + std::string(kind_name(node->kind)), Errc::bad_request);
    return nullptr;
  }
  if (node->children < least || node->children > most) {
    mistake(name,
            "must have " + std::to_string(least) + " to " + std::to_string(most) +
                " elements, not " + std::to_string(node->children),
            Errc::bad_request);
    return nullptr;
  }
  return node;
}

void ObjectReader::finish() {
  if (!object_) return;
  for (const JsonNode* n = object_->first; n; n = n->next) {
    if (std::find(asked_.begin(), asked_.end(), n->name) == asked_.end()) {
      mistake(shown(n->name), "is not a field of this request", Errc::bad_request);
    }
  }
}

std::string shown(std::string_view name) {
  std::string out(name.substr(0, kMostShown));
  // A cut inside a UTF-8 sequence takes the rest of that sequence away too.
  if (name.size() > kMostShown) {
    while (!out.empty() && (static_cast<unsigned char>(name[out.size()]) & 0xC0) == 0x80) {
      out.pop_back();
    }
    out += "...";
  }
  // Four digits or more in a row may be a PIN or an IMSI in the wrong place.
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= out.size(); ++i) {
    if (i < out.size() && out[i] >= '0' && out[i] <= '9') {
      ++digits;
      continue;
    }
    if (digits >= 4)
      std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(i - digits), digits, '#');
    digits = 0;
  }
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return out;
}

}  // namespace cpgw::gateway::service
