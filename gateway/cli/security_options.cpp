#include "gateway/cli/security_options.h"

#include <algorithm>
#include <charconv>

#include "gateway/cli/usage.h"

namespace cpgw::gateway::cli {
namespace {

/// "name=rest" cut at the first '='.
Result<std::pair<std::string, std::string>> cut(const std::string& text, const char* option) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0) {
    return misuse(std::string("expected name=value"), option);
  }
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

/// Wrong usage when it was given as an option; what a file or the environment holds is input.
tl::unexpected<Error> bad_secret(const Error& error, bool by_option, const char* option) {
  return by_option ? misuse(error, option) : fail(Error(error).in(option));
}

}  // namespace

Result<SecurityInputs> read_security(Io& io, const SecurityOptions& options) {
  SecurityInputs inputs;
  const std::string name = options.sec.empty() ? "none" : options.sec;
  auto method = signer::security(name);
  if (!method) return misuse(method.error().message, "--sec");
  inputs.method = *method;
  const bool imsi_wanted = signer::needs_imsi(*method);
  const bool pin_wanted = signer::needs_pin(*method);
  if (!imsi_wanted && (!options.imsi.empty() || !options.imsi_file.empty())) {
    return misuse(name + " uses no IMSI", "--imsi");
  }
  if (!pin_wanted && (!options.pin.empty() || !options.pin_file.empty())) {
    return misuse(name + " takes no PIN", "--pin");
  }
  if (imsi_wanted) {
    auto text = read_secret(io, options.imsi, options.imsi_file, "CPGW_IMSI");
    if (!text) return fail(std::move(text).error());
    if (text->empty()) {
      return misuse(options.sec + " needs the subscriber's IMSI: --imsi, --imsi-file or CPGW_IMSI",
                    "--imsi");
    }
    auto imsi = Imsi::parse(as_text(text->expose()));
    if (!imsi) return bad_secret(imsi.error(), !options.imsi.empty(), "--imsi");
    inputs.imsi = std::move(*imsi);
  }
  if (pin_wanted) {
    auto text = read_secret(io, options.pin, options.pin_file, "CPGW_PIN");
    if (!text) return fail(std::move(text).error());
    if (text->empty()) {
      return misuse(
          options.sec + " needs the PIN the user will type: --pin, --pin-file or CPGW_PIN",
          "--pin");
    }
    auto pin = UserPin::parse(as_text(text->expose()));
    if (!pin) return bad_secret(pin.error(), !options.pin.empty(), "--pin");
    inputs.pin = std::move(*pin);
  }
  return inputs;
}

Result<std::vector<std::string_view>> Slots::values_for(
    std::span<const wbxml::SlotSpec> wanted) const {
  std::vector<std::string_view> out;
  for (const wbxml::SlotSpec& slot : wanted) {
    const auto value =
        std::ranges::find(values, slot.name, &std::pair<std::string, std::string>::first);
    if (value == values.end()) {
      return misuse("slot '" + slot.name + "' has no value: --slot " + slot.name + "=…", "--slot");
    }
    out.emplace_back(value->second);
  }
  return out;
}

Result<Slots> parse_slots(const SlotOptions& options) {
  Slots slots;
  for (const std::string& text : options.types) {
    auto pair = cut(text, "--slot-type");
    if (!pair) return fail(std::move(pair).error());
    wbxml::SlotSpec spec;
    spec.name = pair->first;
    if (std::ranges::find(slots.specs, spec.name, &wbxml::SlotSpec::name) != slots.specs.end()) {
      return misuse("slot '" + spec.name + "' is declared twice", "--slot-type");
    }
    std::string type = pair->second;
    if (const std::size_t colon = type.find(':'); colon != std::string::npos) {
      const char* begin = type.data() + colon + 1;
      const char* end = type.data() + type.size();
      const auto [stop, problem] = std::from_chars(begin, end, spec.max_octets);
      if (problem != std::errc() || stop != end || spec.max_octets == 0) {
        return misuse("expected name=type:octets with a number of octets from 1 to 65535",
                      "--slot-type");
      }
      type.resize(colon);
    }
    auto known = wbxml::slot_type(type);
    if (!known) return misuse(known.error(), "--slot-type");
    spec.type = *known;
    slots.specs.push_back(std::move(spec));
  }
  for (const std::string& text : options.values) {
    auto pair = cut(text, "--slot");
    if (!pair) return fail(std::move(pair).error());
    if (std::ranges::find(slots.values, pair->first, &std::pair<std::string, std::string>::first) !=
        slots.values.end()) {
      return misuse("slot '" + pair->first + "' is given twice", "--slot");
    }
    if (std::ranges::find(slots.specs, pair->first, &wbxml::SlotSpec::name) == slots.specs.end()) {
      slots.specs.push_back({pair->first, wbxml::SlotType::text, 255});
    }
    slots.values.push_back(std::move(*pair));
  }
  return slots;
}

}  // namespace cpgw::gateway::cli
