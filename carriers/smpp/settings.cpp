#include "carriers/smpp/settings.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>

namespace cpgw::carriers::smpp {

namespace {

template <class T>
void number(SettingsSection& in, std::string_view name, std::int64_t least, std::int64_t most,
            T& out) {
  if (const auto value = in.integer(name, least, most)) out = static_cast<T>(*value);
}
void seconds(SettingsSection& in, std::string_view name, std::int64_t most,
             std::chrono::milliseconds& out) {
  if (const auto value = in.integer(name, 1, most)) out = std::chrono::seconds(*value);
}
/// Text of at most `most` characters (the field's size without its NUL).
void text(SettingsSection& in, std::string_view name, std::size_t most, std::string& out) {
  auto value = in.text(name);
  if (!value) return;
  if (value->size() > most || value->find('\0') != std::string::npos) {
    in.mistake(name, "at most " + std::to_string(most) + " characters fit this SMPP field");
    return;
  }
  out = std::move(*value);
}
template <class T>
void one_of(SettingsSection& in, std::string_view name,
            std::initializer_list<std::pair<std::string_view, T>> choices, T& out) {
  const auto value = in.text(name);
  if (!value) return;
  std::string list;
  for (const auto& [word, meaning] : choices) {
    if (*value == word) {
      out = meaning;
      return;
    }
    list += (list.empty() ? "\"" : ", \"") + std::string(word) + "\"";
  }
  in.mistake(name, "one of " + list + " is expected");
}

constexpr std::size_t kMostPassword = 8;  // SMPP 3.4, 5.2.2

void password(SettingsSection& in, Secret& out) {
  const auto inline_text = in.text("password");
  const auto file = in.text("password_file");
  const auto take = [&](std::string_view name, std::string_view value) {
    if (value.size() > kMostPassword) {
      in.mistake(name, "an SMPP password has at most 8 characters");
    } else {
      out = Secret(value);
    }
  };
  if (inline_text && file) in.mistake("password_file", "give password or password_file, not both");
  if (inline_text) take("password", *inline_text);
  if (!file) return;
  std::ifstream from(*file, std::ios::binary);
  char buffer[64] = {};
  from.read(buffer, sizeof buffer);
  const bool readable = from.gcount() > 0 || from.eof();
  std::string_view value(buffer, static_cast<std::size_t>(from.gcount()));
  while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
  if (!from.is_open() || !readable) {
    in.mistake("password_file", "the file \"" + *file + "\" cannot be read", cpgw::Errc::io);
  } else {
    take("password_file", value);
  }
  wipe(std::as_writable_bytes(std::span(buffer)));
}

std::optional<std::uint32_t> status_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

// [carrier.status] "0x45" = "permanent": what this operator means by its codes.
void statuses(SettingsSection& in, StatusClasses& out, std::vector<Error>& mistakes) {
  const SettingsNode* node = in.child("status");
  if (node == nullptr) return;
  SettingsSection table(node, in.path() + ".status", mistakes);
  for (const auto& [name, value] : *node->table()) {
    OutcomeClass outcome = OutcomeClass::unknown;
    one_of<OutcomeClass>(table, name,
                         {{"accepted", OutcomeClass::accepted},
                          {"throttled", OutcomeClass::throttled},
                          {"temporary", OutcomeClass::temporary},
                          {"permanent", OutcomeClass::permanent},
                          {"configuration", OutcomeClass::configuration},
                          {"session", OutcomeClass::session}},
                         outcome);
    const auto code = status_number(name);
    if (!code || *code == 0) {
      table.mistake(name, "a command_status such as \"0x45\" is expected; 0 is always accepted");
    } else if (outcome != OutcomeClass::unknown) {
      out.set(*code, outcome);
    }
  }
}

// [carrier.receipt_states] "BUFFERED" = "pending": what this operator means by its words and codes.
void receipt_table(SettingsSection& in, std::string_view name, bool fold,
                   std::map<std::string, DeliveryState, std::less<>>& out,
                   std::vector<Error>& mistakes) {
  const SettingsNode* node = in.child(name);
  if (node == nullptr) return;
  SettingsSection table(node, in.path() + "." + std::string(name), mistakes);
  for (const auto& [word, value] : *node->table()) {
    std::optional<DeliveryState> state;
    one_of<std::optional<DeliveryState>>(table, word,
                                         {{"delivered", DeliveryState::delivered},
                                          {"failed", DeliveryState::failed},
                                          {"pending", DeliveryState::pending}},
                                         state);
    std::string key = word;
    if (fold)
      std::ranges::transform(key, key.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (word.empty() || word.size() > 20) {
      table.mistake(word, "1 to 20 characters are expected, as they stand in the receipt");
    } else if (state) {
      if (!out.emplace(key, *state).second)
        table.mistake(word, "given twice: letters of either case are the same here");
    }
  }
}

// [[carrier.tlv]] tag = 0x1400, value = "hex": fixed parameters of the vendor.
void vendor_tlvs(SettingsSection& in, std::vector<Tlv>& out, std::vector<Error>& mistakes) {
  std::size_t index = 0;
  for (const SettingsNode* node : in.children("tlv")) {
    SettingsSection tlv(node, in.path() + ".tlv[" + std::to_string(index++) + "]", mistakes);
    const auto tag = tlv.integer("tag", 1, 0xFFFF);
    const std::string hex = tlv.required_text("value");
    const auto value = from_hex(hex);
    if (!tag && !tlv.has("tag")) tlv.mistake("tag", "this setting is required");
    if (!value) tlv.mistake("value", "hexadecimal digits in pairs are expected");
    if (value && value->size() > 1024) tlv.mistake("value", "at most 1024 octets are allowed");
    tlv.finish();
    if (tag && value) out.push_back({static_cast<std::uint16_t>(*tag), *value});
  }
}

}  // namespace

SmppSettings read_smpp_settings(const SettingsNode& section, const std::string& path,
                                std::vector<Error>& mistakes) {
  SettingsSection in(&section, path, mistakes);
  SmppSettings s;
  (void)in.text("type");
  s.name = in.required_text("name");
  s.account = in.text("account").value_or(s.name);
  s.host = in.required_text("host");
  number(in, "port", 1, 65535, s.port);
  number(in, "links", 1, 16, s.links);
  number(in, "rate", 0, 1'000'000, s.rate);
  s.simulator = in.flag("simulator").value_or(false);
  one_of<PartOrder>(in, "part_order",
                    {{"wire", PartOrder::wire}, {"answered", PartOrder::answered}}, s.part_order);
  seconds(in, "connect_timeout", 300, s.connect_timeout);

  SessionSettings& session = s.session;
  one_of<BindMode>(in, "bind",
                   {{"transceiver", BindMode::transceiver},
                    {"transmitter", BindMode::transmitter},
                    {"receiver", BindMode::receiver}},
                   session.mode);
  one_of<std::uint8_t>(in, "version", {{"3.4", std::uint8_t{0x34}}, {"5.0", std::uint8_t{0x50}}},
                       session.interface_version);
  if (!in.has("system_id")) in.mistake("system_id", "this setting is required");
  text(in, "system_id", 15, session.system_id);
  text(in, "system_type", 12, session.system_type);
  text(in, "address_range", 40, session.address_range);
  number(in, "address_ton", 0, 255, session.addr_ton);
  number(in, "address_npi", 0, 255, session.addr_npi);
  password(in, session.password);
  number(in, "window", 1, 10'000, session.window);
  seconds(in, "bind_timeout", 300, session.bind_timeout);
  seconds(in, "response_timeout", 600, session.response_timeout);
  seconds(in, "enquire_link", 3600, session.enquire_interval);
  seconds(in, "enquire_timeout", 300, session.enquire_timeout);
  statuses(in, session.statuses, mistakes);

  SubmitSettings& submit = s.submit;
  if (const auto source = in.text("source")) {
    if (auto address = source_address(*source)) {
      submit.source = std::move(*address);
    } else {
      in.mistake("source", address.error().message, address.error().code);
    }
  }
  number(in, "source_ton", 0, 255, submit.source.ton);
  number(in, "source_npi", 0, 255, submit.source.npi);
  number(in, "destination_ton", 0, 255, submit.dest_ton);
  number(in, "destination_npi", 0, 255, submit.dest_npi);
  text(in, "service_type", 5, submit.service_type);
  one_of<Validity>(in, "validity",
                   {{"relative", Validity::relative},
                    {"absolute", Validity::absolute},
                    {"none", Validity::none}},
                   submit.validity);
  if (const auto value = in.integer("default_validity", 0, 31 * 86'400)) {
    submit.default_validity = std::chrono::seconds(*value);
  }
  one_of<ReceiptsWanted>(in, "receipts",
                         {{"all", ReceiptsWanted::all},
                          {"last", ReceiptsWanted::last},
                          {"none", ReceiptsWanted::none}},
                         submit.receipts);
  submit.user_message_reference = in.flag("user_message_reference").value_or(true);
  vendor_tlvs(in, submit.tlvs, mistakes);

  one_of<IdRule>(in, "receipt_id",
                 {{"auto", IdRule::automatic},
                  {"same", IdRule::same},
                  {"dec-to-hex", IdRule::dec_to_hex},
                  {"hex-to-dec", IdRule::hex_to_dec}},
                 s.receipts.ids);
  s.receipts.unflagged = in.flag("receipt_unflagged").value_or(false);
  s.receipts.accepted_is_final = in.flag("accepted_is_final").value_or(false);
  receipt_table(in, "receipt_states", true, s.receipts.words, mistakes);
  receipt_table(in, "receipt_errors", false, s.receipts.errors, mistakes);

  const auto delay = [&](std::string_view name, std::optional<std::chrono::seconds>& out) {
    if (const auto value = in.integer(name, 1, 86'400)) out = std::chrono::seconds(*value);
  };
  delay("retry_first", s.retry.first);
  delay("retry_most", s.retry.most);
  if (s.retry.first && s.retry.most && *s.retry.first > *s.retry.most)
    in.mistake("retry_most", "must not be shorter than retry_first");

  if (in.has("tls")) {
    in.mistake("tls", "SMPP over TLS is not in this version; use a tunnel such as stunnel",
               Errc::not_in_version);
  }
  (void)in.child("tls");
  in.finish();
  return s;
}

}  // namespace cpgw::carriers::smpp
