// cpgw verify: does a MAC hold, and what was done wrong when it does not.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/decode_layers.h"
#include "gateway/cli/dm_secrets.h"
#include "gateway/cli/usage.h"
#include "gateway/provisioning/mac_check.h"
#include "si_sl/contents_dm.h"
#include "si_sl/wsp_push.h"
#include "signer/dm_digest.h"

namespace cpgw::gateway::cli {
namespace {

using provisioning::MacVerdict;
using provisioning::SignedPush;
using signer::Security;

/// What is known of the phone, as far as it was given.
struct Known {
  std::optional<Imsi> imsi;
  std::optional<UserPin> pin;
  std::optional<Secret> code;

  [[nodiscard]] provisioning::MacKeys keys() const {
    return {imsi ? &*imsi : nullptr, pin ? &*pin : nullptr, code ? &*code : nullptr};
  }
};

template <class T>
Result<std::optional<T>> read(Io& io, const std::string& value, const std::string& file,
                              const char* variable, const char* option) {
  auto text = read_secret(io, value, file, variable);
  if (!text) return fail(std::move(text).error());
  if (text->empty()) return std::nullopt;
  auto parsed = T::parse(as_text(text->expose()));
  if (parsed) return std::move(*parsed);
  if (!value.empty()) return misuse(parsed.error(), option);
  return fail(Error(std::move(parsed).error()).in(option));
}

Result<Known> read_known(Io& io, const VerifyCommand& command) {
  Known known;
  const SecurityOptions& given = command.known;
  auto imsi = read<Imsi>(io, given.imsi, given.imsi_file, "CPGW_IMSI", "--imsi");
  if (!imsi) return fail(std::move(imsi).error());
  known.imsi = std::move(*imsi);
  auto pin = read<UserPin>(io, given.pin, given.pin_file, "CPGW_PIN", "--pin");
  if (!pin) return fail(std::move(pin).error());
  known.pin = std::move(*pin);
  auto code = read_secret(io, command.code, command.code_file, "CPGW_CODE");
  if (!code) return fail(std::move(code).error());
  if (!code->empty()) known.code = std::move(*code);
  return known;
}

int verify_notification(Io& io, const VerifyCommand& command, const si_sl::PushView& push) {
  const auto view = si_sl::read_dm_notification(push.body);
  if (!view) return complain(io, view.error());
  const auto password =
      required_secret(io, command.password_file, {"--password-file", "CPGW_DM_PASSWORD"});
  if (!password) return complain(io, password.error());
  const auto nonce = read_nonce(io, command.nonce, {"--nonce-file", "CPGW_DM_NONCE"});
  if (!nonce) return complain(io, nonce.error());
  const auto holds = signer::verify_dm_digest({view->trigger.server_id, *password, *nonce},
                                              view->trigger_octets, view->digest);
  if (!holds) return complain(io, holds.error());
  if (command.json) {
    io.out << boost::json::serialize(
                  boost::json::object{{"holds", *holds}, {"method", "dm-notification"}})
           << "\n";
  } else {
    io.out << (*holds ? "the digest of the notification holds\n"
                      : "the digest does not hold: another password or nonce, or changed octets\n");
  }
  return *holds ? kDone : kNo;
}

std::string method_of(const SignedPush& push) {
  if (!push.SEC) return "no method";
  if (*push.SEC > static_cast<std::uint8_t>(Security::USERPINMAC))
    return "an unknown method (SEC " + std::to_string(*push.SEC) + ")";
  return std::string(to_string(static_cast<Security>(*push.SEC)));
}

void tell(Io& io, const SignedPush& push, const MacVerdict& verdict) {
  if (verdict.holds) {
    io.out << "the MAC holds: " << to_string(*verdict.method) << "\n";
    return;
  }
  io.out << "the MAC does not hold; the push says " << method_of(push) << "\n";
  if (verdict.method && static_cast<std::uint8_t>(*verdict.method) != push.SEC)
    io.out << "it was made by " << to_string(*verdict.method) << "\n";
  for (const provisioning::MacMistake mistake : verdict.mistakes) {
    io.out << provisioning::id_of(mistake) << ": " << provisioning::text_of(mistake)
           << "\n  mend: " << provisioning::remedy_of(mistake) << "\n";
  }
  if (verdict.mistakes.empty()) {
    io.out << "none of the " << verdict.tried
           << " keys and bodies that were tried fits: another IMSI or PIN, or octets that changed "
              "on the way\n";
  }
}

void tell_json(Io& io, const SignedPush& push, const MacVerdict& verdict) {
  boost::json::object all{{"holds", verdict.holds}};
  if (push.SEC) all["SEC"] = *push.SEC;
  if (verdict.method) all["method"] = to_string(*verdict.method);
  boost::json::array mistakes;
  for (const provisioning::MacMistake mistake : verdict.mistakes) {
    mistakes.push_back(boost::json::object{{"id", provisioning::id_of(mistake)},
                                           {"text", provisioning::text_of(mistake)},
                                           {"mend", provisioning::remedy_of(mistake)}});
  }
  all["mistakes"] = std::move(mistakes);
  all["tried"] = verdict.tried;
  io.out << boost::json::serialize(all) << "\n";
}

int verify(Io& io, const VerifyCommand& command, const SignedPush& push) {
  const auto known = read_known(io, command);
  if (!known) return complain(io, known.error());
  const auto verdict = provisioning::check_mac(push, known->keys());
  if (!verdict) {
    const Error& error = verdict.error();
    const bool missing = error.code == Code(signer::Errc::missing_imsi) ||
                         error.code == Code(signer::Errc::missing_pin);
    return complain(io, missing ? misuse(error, "--" + error.at.field).value() : error);
  }
  command.json ? tell_json(io, push, *verdict) : tell(io, push, *verdict);
  return verdict->holds ? kDone : kNo;
}

}  // namespace

int run(const VerifyCommand& command, Io& io) {
  auto input = read_input(io, command.file);
  if (!input) return complain(io, input.error());
  const auto units = units_of(*input);
  if (!units) return complain(io, units.error());
  Decoded decoded;
  const auto form = form_of(command.from, *units, std::nullopt);
  if (!form) return complain(io, form.error());
  const bool body_alone = *form == "wbxml";
  const bool said = !command.known.sec.empty() || !command.mac.empty();
  if (said != body_alone) {
    return complain(io, misuse(body_alone ? "a body alone carries no MAC: give --sec and --mac"
                                          : "goes with a body alone; a push says its own",
                               "--mac")
                            .value());
  }
  if (body_alone) {
    const auto method = signer::security(command.known.sec.empty() ? "none" : command.known.sec);
    if (!method) return complain(io, misuse(method.error(), "--sec").value());
    SignedPush push{.SEC = {}, .MAC = command.mac, .body = units->all, .pdu = {}};
    if (*method != Security::none) push.SEC = static_cast<std::uint8_t>(*method);
    return verify(io, command, push);
  }
  const auto done = decode_as(*form, *units, std::nullopt, decoded);
  const auto push = si_sl::read_push(decoded.push);
  if (!push) return complain(io, done ? push.error() : done.error());
  if (si_sl::is_dm_notification(*push)) return verify_notification(io, command, *push);
  return verify(io, command, {push->SEC, push->MAC, push->body, decoded.push});
}

}  // namespace cpgw::gateway::cli
