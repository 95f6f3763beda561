#include "gateway/service/json_requests.h"

#include <algorithm>
#include <charconv>

#include "gateway/service/time_text.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;
using Form = flow::ContentType::Form;

constexpr std::size_t kMostNumber = 64;
constexpr std::size_t kMostDigits = 32;  // of an IMSI or PIN as text; the form is checked by flow
constexpr std::size_t kMostSlots = 64;
constexpr std::size_t kMostImportName = 128;
constexpr std::size_t kMostSlotValue = 4096;
constexpr std::int64_t kMostSlotOctets = 4096;
constexpr std::int64_t kDefaultSlotOctets = 64;
constexpr std::chrono::days kMostAhead{366};

std::vector<std::pair<std::string, Secret>> read_slot_values(ObjectReader& recipient,
                                                             Mistakes& mistakes) {
  std::vector<std::pair<std::string, Secret>> values;
  const JsonNode* slots = recipient.object("slots");
  if (!slots) return values;
  if (slots->children > kMostSlots) {
    recipient.mistake("slots", "at most " + std::to_string(kMostSlots) + " slots are taken",
                      Errc::bad_request);
    return values;
  }
  values.reserve(slots->children);
  for (const JsonNode* n = slots->first; n; n = n->next) {
    if (n->kind != JsonNode::Kind::text || n->text.size() > kMostSlotValue) {
      mistakes.add(Error(Errc::bad_request,
                         "must be a text of at most " + std::to_string(kMostSlotValue) + " octets",
                         at_field(recipient.field("slots." + shown(n->name)))));
      continue;
    }
    values.emplace_back(std::string(n->name), Secret(n->text));
  }
  return values;
}

flow::RecipientRequest read_recipient(ObjectReader& reader, Mistakes& mistakes) {
  flow::RecipientRequest recipient;
  recipient.number = reader.required_text("number", 1, kMostNumber);
  recipient.imsi = Secret(reader.text("imsi", 0, kMostDigits).value_or(""));
  recipient.pin = Secret(reader.text("pin", 0, kMostDigits).value_or(""));
  recipient.slots = read_slot_values(reader, mistakes);
  return recipient;
}

}  // namespace

namespace {

bool has_member(const JsonNode& object, std::string_view name) {
  for (const JsonNode* n = object.first; n != nullptr; n = n->next) {
    if (n->name == name) return true;
  }
  return false;
}

}  // namespace

ContentRequest read_content(const JsonNode& node, const std::string& path, Mistakes& mistakes) {
  ObjectReader reader(node, path, mistakes);
  ContentRequest content;
  content.type = reader.required_text("type", 1, 128);
  // Where none is given, the one the type asks for is missing.
  const auto* const named = flow::content_type(content.type);
  content.form = named != nullptr ? named->form : Form::xml;
  const bool given = has_member(node, "text") || has_member(node, "octets");
  if (const auto text = reader.text("text", 1, kMostXml)) {
    content.form = Form::text;
    content.source = *text;
  }
  if (const auto octets = reader.text("octets", 2, 2 * kMostXml)) {
    if (has_member(node, "text")) {
      reader.mistake("octets", "give one of xml, text and octets", Errc::bad_request);
    }
    content.form = Form::octets;
    content.source = *octets;
  }
  if (!given) {
    const bool xml = content.form == Form::xml || has_member(node, "xml");
    if (xml) content.form = Form::xml;
    content.source = reader.required_text(xml ? "xml" : flow::field_of(content.form), 1, kMostXml);
  } else if (reader.text("xml", 0, kMostXml)) {
    reader.mistake("xml", "give one of xml, text and octets", Errc::bad_request);
  }
  if (const auto id = reader.integer("application_id", 0, 0x7FFF'FFFF)) {
    content.application_id = static_cast<std::uint32_t>(*id);
  }
  if (const auto value = reader.integer("message_class", 0, 3)) {
    content.message_class = static_cast<std::uint8_t>(*value);
  }
  content.security = reader.text("security", 0, 32);
  if (const JsonNode* slots = reader.object("slots")) {
    if (slots->children > kMostSlots) {
      reader.mistake("slots", "at most " + std::to_string(kMostSlots) + " slots are taken",
                     Errc::bad_request);
      slots = nullptr;
    }
    for (const JsonNode* n = slots ? slots->first : nullptr; n; n = n->next) {
      ObjectReader slot(*n, reader.field("slots." + shown(n->name)), mistakes);
      wbxml::SlotSpec spec;
      spec.name = n->name;
      if (const auto type = slot.required_text("type", 1, 16); !type.empty()) {
        if (const auto known = wbxml::slot_type(type)) {
          spec.type = *known;
        } else {
          slot.mistake("type", known.error().message, known.error().code);
        }
      }
      spec.max_octets = static_cast<std::uint16_t>(
          slot.integer("max", 1, kMostSlotOctets).value_or(kDefaultSlotOctets));
      slot.finish();
      content.slots.push_back(std::move(spec));
    }
    // Declared in any order, it is the same content.
    std::sort(content.slots.begin(), content.slots.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  reader.finish();
  return content;
}

Outcome<Submission> read_submission(const JsonNode& node, WallTime now) {
  Mistakes mistakes;
  ObjectReader reader(node, "", mistakes);
  Submission submission;
  if (const auto key = reader.text("key", 1, kMostKey)) submission.key = *key;
  if (const JsonNode* content = reader.required_object("content")) {
    submission.content = read_content(*content, "content", mistakes);
  }
  if (const JsonNode* list = reader.required_array("recipients", 1, kMostRecipients)) {
    submission.recipients.reserve(list->children);
    std::size_t i = 0;
    for (const JsonNode* n = list->first; n; n = n->next, ++i) {
      ObjectReader recipient(*n, "recipients[" + std::to_string(i) + "]", mistakes);
      submission.recipients.push_back(read_recipient(recipient, mistakes));
      recipient.finish();
    }
  }
  submission.priority = read_priority(reader);
  if (const auto text = reader.text("not_before", 1, 32)) {
    const auto at = read_time(*text);
    if (!at) {
      reader.mistake("not_before", at.error().message, at.error().code);
    } else if (*at > now + kMostAhead) {
      reader.mistake("not_before", "must be within 366 days", Errc::bad_request);
    } else {
      submission.not_before = *at;
    }
  }
  submission.expires_in = read_expires_in(reader);
  reader.finish();
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes).take());
  return submission;
}

ImportRow read_row(const JsonNode& node, const std::string& path, Mistakes& mistakes) {
  ImportRow row;
  ObjectReader numbered(node, path, mistakes);
  if (!numbered.is_object()) return row;
  row.row = static_cast<std::uint64_t>(numbered.required_integer("row", 0, INT64_MAX));
  Mistakes own;
  ObjectReader reader(node, "", own);
  static_cast<void>(reader.integer("row", INT64_MIN, INT64_MAX));
  row.recipient = read_recipient(reader, own);
  reader.finish();
  row.mistakes = std::move(own).take();
  return row;
}

std::uint8_t read_priority(ObjectReader& reader) {
  return static_cast<std::uint8_t>(reader.integer("priority", 0, 9).value_or(kDefaultPriority));
}

std::optional<std::chrono::seconds> read_expires_in(ObjectReader& reader) {
  const auto seconds = reader.integer("expires_in", 1, kMostExpiresIn);
  return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

std::string read_import_name(ObjectReader& reader) {
  const std::string_view name = reader.required_text("import", 1, kMostImportName);
  if (std::any_of(name.begin(), name.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    reader.mistake("import", "must hold no control characters", Errc::bad_request);
  }
  return std::string(name);
}

queue::Digest read_digest(ObjectReader& reader, std::string_view name) {
  queue::Digest digest{};
  const std::string_view text = reader.required_text(name, 0, 128);
  if (text.data() == nullptr) return digest;
  const auto octets = from_hex(text);
  if (!octets || octets->size() != digest.size() || text.size() != 2 * digest.size()) {
    reader.mistake(name, "must be 64 hexadecimal digits", Errc::bad_request);
    return digest;
  }
  std::copy(octets->begin(), octets->end(), digest.begin());
  return digest;
}

queue::JobId read_job_id(ObjectReader& reader, std::string_view name, bool required) {
  queue::JobId id;
  const auto text =
      required ? std::optional(reader.required_text(name, 0, 32)) : reader.text(name, 0, 32);
  if (!text || text->data() == nullptr) return id;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id.value);
  if (error != std::errc() || end != text->data() + text->size()) {
    reader.mistake(name, "must be a job's id: a text of decimal digits", Errc::bad_request);
    id.value = 0;
  }
  return id;
}

}  // namespace cpgw::gateway::service
