#include "gateway/cli/encode_usage.h"

#include <algorithm>
#include <array>

#include "gateway/cli/usage.h"
#include "si_sl/data_coding.h"

namespace cpgw::gateway::cli {
namespace {

using E = EncodeCommand;
using Forms = std::uint32_t;  ///< a bit per form

constexpr auto kForms = std::to_array<std::string_view>({"wbxml", "push", "sms", "tpdu", "deliver",
                                                         "cdma", "gammu", "smstools", "kannel-url",
                                                         "jasmin-json", "at-cmgs", "smpp-hex"});

template <class... Name>
consteval Forms only(Name... names) {
  Forms bits = 0;
  for (const std::string_view name : {std::string_view(names)...}) {
    const auto found = std::ranges::find(kForms, name);
    if (found == kForms.end()) throw "no such form";  // ends the compilation
    bits |= Forms{1} << (found - kForms.begin());
  }
  return bits;
}
constexpr Forms kAll = (Forms{1} << kForms.size()) - 1;
constexpr Forms kPushes = kAll & ~only("wbxml");           ///< WBXML becomes a push
constexpr Forms kParts = kPushes & ~only("push", "cdma");  ///< cut into SMS
constexpr Forms kLines =
    only("wbxml", "push", "sms", "tpdu", "deliver", "cdma");  ///< octets on the terminal
constexpr Forms kAddressed = kParts & ~only("sms", "deliver");
constexpr Forms kSubmits = only("tpdu", "at-cmgs");  ///< SMS-SUBMIT
constexpr Forms kTexts = kParts & ~only("gammu", "smstools", "kannel-url");

Forms bit_of(std::string_view form) {
  return Forms{1} << (std::ranges::find(kForms, form) - kForms.begin());
}

bool is_set(bool flag) { return flag; }
bool is_set(std::int64_t number) { return number >= 0; }  // -1: not given
bool is_set(const std::string& text) { return !text.empty(); }
bool is_set(const std::vector<std::string>& all) { return !all.empty(); }
template <class T>
bool is_set(const std::optional<T>& value) {
  return value.has_value();
}

/// Is the member at the end of the path given?
template <auto... Path>
bool given(const E& command) {
  return is_set((command.*....*Path));
}

enum class Contents : std::uint8_t { any, push, document, text };

struct Option {
  std::string_view name;
  bool (*given)(const E&);
  Forms forms;
  Contents contents = Contents::any;
};

constexpr auto kOptions = std::to_array<Option>({
    {"--to", [](const E& c) { return c.to != "hex"; }, kLines},
    {"--sec", given<&E::security, &SecurityOptions::sec>, kPushes},
    {"--imsi", given<&E::security, &SecurityOptions::imsi>, kPushes},
    {"--imsi-file", given<&E::security, &SecurityOptions::imsi_file>, kPushes},
    {"--pin", given<&E::security, &SecurityOptions::pin>, kPushes},
    {"--pin-file", given<&E::security, &SecurityOptions::pin_file>, kPushes},
    {"--application-id", given<&E::content, &ContentOptions::application_id>, kPushes,
     Contents::push},
    {"--message-class", given<&E::content, &ContentOptions::message_class>, kTexts, Contents::text},
    {"--tid", given<&E::tid>, kPushes, Contents::push},
    {"--header", given<&E::headers>, kPushes, Contents::push},
    {"--ref", given<&E::ref>, kParts},
    {"--wide-reference", given<&E::wide_reference>, kParts},
    {"--order", given<&E::order>, kParts, Contents::push},
    {"--part-limit", given<&E::part_limit>, kPushes},
    {"--data-coding", given<&E::data_coding>, kParts, Contents::push},
    {"--to-number", given<&E::number>, kAddressed},
    {"--from", given<&E::source>, only("deliver", "kannel-url", "jasmin-json", "smpp-hex")},
    {"--at", given<&E::at>, only("deliver")},
    {"--zone", given<&E::zone>, only("deliver")},
    {"--validity", given<&E::validity>, kSubmits},
    {"--validity-form", given<&E::validity_form>, kSubmits},
    {"--single-shot", given<&E::single_shot>, kSubmits},
    {"--status-report", given<&E::status_report>, kSubmits},
    {"--service-centre", given<&E::service_centre>, only("tpdu", "deliver", "at-cmgs")},
    {"--url", given<&E::url>, only("kannel-url")},
    {"--output", given<&E::output>, only("gammu", "smstools")},
    {"--wbxml-version", given<&E::wbxml_version>, kAll, Contents::document},
    {"--stay-on-page", given<&E::stay_on_page>, kAll, Contents::document},
    {"--string-table", given<&E::string_table>, kAll, Contents::document},
    {"--repeat-ports", given<&E::repeat_ports>, only("cdma")},
});

/// What a form cannot do without.
constexpr auto kNeeded = std::to_array<Option>({
    {"--to-number", given<&E::number>, kAddressed},
    {"--from", given<&E::source>, only("deliver")},
});

using Form = flow::ContentType::Form;

bool serves(Contents contents, Form form) {
  switch (contents) {
    case Contents::any: return true;
    case Contents::push: return form != Form::text;
    case Contents::document: return form == Form::xml;
    case Contents::text: return form == Form::text;
  }
  return false;
}

std::string_view name_of(Contents contents) {
  switch (contents) {
    case Contents::any: break;
    case Contents::push: return "pushes";
    case Contents::document: return "XML";
    case Contents::text: return "text/plain";
  }
  return "everything";
}

std::string names_of(Forms forms) {
  std::string names;
  for (const std::string_view form : kForms) {
    if ((forms & bit_of(form)) != 0) names += (names.empty() ? "" : ", ") + std::string(form);
  }
  return names;
}

}  // namespace

std::span<const std::string_view> encode_forms() { return kForms; }

Result<void> check_usage(const EncodeCommand& command) {
  const Forms form = bit_of(command.as);
  for (const Option& option : kOptions) {
    if ((option.forms & form) != 0 || !option.given(command)) continue;
    const std::string name(option.name);
    return misuse(
        name + " does nothing for --as " + command.as + "; it goes with " + names_of(option.forms),
        name);
  }
  for (const Option& option : kNeeded) {
    if ((option.forms & form) == 0 || option.given(command)) continue;
    const std::string name(option.name);
    return misuse(name + " is needed for --as " + command.as, name);
  }
  if (command.data_coding && si_sl::alphabet_of(static_cast<std::uint8_t>(*command.data_coding)) !=
                                 si_sl::Alphabet::octets) {
    return misuse(
        "one of 8-bit data is expected, such as 0x04 or 0xF5; for a text see --message-class",
        "--data-coding");
  }
  return {};
}

Result<void> check_usage(const EncodeCommand& command, const flow::ContentType& type) {
  if (type.form == Form::text && (kTexts & bit_of(command.as)) == 0)
    return misuse("a text is no push; texts go by " + names_of(kTexts), "--as");
  if (type.names_security && command.security.sec.empty() && command.as != "wbxml") {
    return misuse("--sec is needed for --as " + command.as +
                      ": netwpin, userpin, usernetwpin, userpinmac, or none",
                  "--sec");
  }
  for (const Option& option : kOptions) {
    if (serves(option.contents, type.form) || !option.given(command)) continue;
    const std::string name(option.name);
    return misuse(name + " does nothing for " + std::string(type.name) + "; it goes with " +
                      std::string(name_of(option.contents)),
                  name);
  }
  return {};
}

}  // namespace cpgw::gateway::cli
