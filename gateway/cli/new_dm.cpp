// cpgw new dm-bootstrap and dm-notification. Secrets come from files and the environment alone.
#include <algorithm>
#include <initializer_list>
#include <ostream>
#include <tuple>

#include "gateway/cli/commands.h"
#include "gateway/cli/dm_secrets.h"
#include "gateway/cli/new_document.h"
#include "gateway/cli/usage.h"
#include "si_sl/contents_dm.h"
#include "signer/dm_digest.h"

namespace cpgw::gateway::cli {
namespace {

/// `prefix` of the options, `variables` of the environment. A transport proves itself without a
/// secret of the account.
Result<si_sl::DmAuth> auth_of(Io& io, const NewDmBootstrapCommand::Auth& given,
                              si_sl::DmAuth::Level level, const std::string& prefix,
                              const std::string& variables) {
  si_sl::DmAuth auth;
  auth.level = level;
  auth.type = given.type;
  auth.name = given.name;
  const SecretSource secret{"--" + prefix + "secret-file", variables + "SECRET"};
  auto read = given.type == "TRANSPORT" ? read_secret(io, {}, given.secret.file, secret.variable)
                                        : required_secret(io, given.secret.file, secret);
  if (!read) return fail(std::move(read).error());
  auth.secret = std::move(*read);
  auto nonce = read_nonce(io, given.nonce, {"--" + prefix + "nonce-file", variables + "NONCE"});
  if (!nonce) return fail(std::move(nonce).error());
  auth.nonce = std::move(*nonce);
  return auth;
}

bool wanted(Io& io, const NewDmBootstrapCommand::Auth& auth, const std::string& variables) {
  return !auth.type.empty() || !auth.name.empty() || !auth.secret.file.empty() ||
         !auth.nonce.file.empty() || io.environment(variables + "SECRET").has_value();
}

constexpr OptionOfField kBootstrapOptions[] = {{"PROVIDER-ID", "--provider-id"},
                                               {"NAME", "--name"},
                                               {"ADDR", "--addr"},
                                               {"ADDRTYPE", "--addr-type"},
                                               {"TO-PROXY", "--to-proxy"},
                                               {"TO-NAPID", "--to-napid"},
                                               {"further", "--parm"},
                                               {"AAUTHTYPE", "--auth-type"},
                                               {"AAUTHNAME", "--auth-name"},
                                               {"AAUTHSECRET", "--secret-file", true},
                                               {"AAUTHDATA", "--nonce-file", true}};
constexpr OptionOfField kClientOptions[] = {{"AAUTHTYPE", "--client-auth-type"},
                                            {"AAUTHNAME", "--client-auth-name"},
                                            {"AAUTHSECRET", "--client-secret-file", true},
                                            {"AAUTHDATA", "--client-nonce-file", true}};
constexpr OptionOfField kNotificationOptions[] = {{"server-identifier", "--server-id"},
                                                  {"sessionid", "--session-id"},
                                                  {"ui-mode", "--ui-mode"},
                                                  {"initiator", "--initiator"}};

si_sl::DmUiMode ui_mode_of(const std::string& name) {
  using enum si_sl::DmUiMode;
  if (name == "background") return background;
  if (name == "informative") return informative;
  return name == "user-interaction" ? user_interaction : not_specified;
}

}  // namespace

int run(const NewDmBootstrapCommand& command, Io& io) {
  const auto& [first, second] = std::tie(command.auth, command.client);
  if (std::ranges::count(std::initializer_list<std::string>{first.secret.file, first.nonce.file,
                                                            second.secret.file, second.nonce.file},
                         "-") > 1) {
    io.err << "cpgw: error: standard input can be read for one option only\n";
    return kUsage;
  }
  si_sl::DmAccount account;
  account.provider_id = command.provider_id;
  account.name = command.name;
  account.addr = command.addr;
  account.addr_type = command.addr_type;
  account.port = command.port;
  account.to_proxy = command.to_proxy;
  account.to_napid = command.to_napid;
  account.init = command.init;
  for (const std::string& parm : command.parms) {
    const std::size_t at = std::min(parm.find('='), parm.size());
    account.further.emplace_back(parm.substr(0, at), parm.substr(std::min(at + 1, parm.size())));
  }
  auto auth = auth_of(io, command.auth, si_sl::DmAuth::Level::APPSRV, "", "CPGW_DM_");
  if (!auth) return complain(io, auth.error());
  account.auth.push_back(std::move(*auth));
  // What is wrong from here on is of the other authentication: the fields have the same names.
  const auto without_client = document_of(account);
  if (!without_client || !wanted(io, command.client, "CPGW_DM_CLIENT_"))
    return print_document(io, without_client, kBootstrapOptions);
  auth = auth_of(io, command.client, si_sl::DmAuth::Level::CLIENT, "client-", "CPGW_DM_CLIENT_");
  if (!auth) return complain(io, auth.error());
  account.auth.push_back(std::move(*auth));
  return print_document(io, document_of(account), kClientOptions);
}

int run(const NewDmNotificationCommand& command, Io& io) {
  const auto vendor = from_hex(command.vendor);
  if (!vendor) return complain(io, misuse(vendor.error(), "--vendor").value());
  const auto password =
      required_secret(io, command.password.file, {"--password-file", "CPGW_DM_PASSWORD"});
  if (!password) return complain(io, password.error());
  const SecretSource nonce_source{"--nonce-file", "CPGW_DM_NONCE"};
  const auto nonce = read_nonce(io, command.nonce, nonce_source);
  if (!nonce) return complain(io, nonce.error());
  if (nonce->empty()) {
    return complain(io, misuse("needed: give --nonce-file or CPGW_DM_NONCE, as the phone has it",
                               nonce_source.option)
                            .value());
  }
  si_sl::DmTrigger trigger;
  trigger.ui_mode = ui_mode_of(command.ui_mode);
  trigger.initiator =
      command.initiator == "user" ? si_sl::DmInitiator::user : si_sl::DmInitiator::server;
  trigger.session_id = command.session_id;
  trigger.server_id = command.server_id;
  trigger.vendor = *vendor;
  Octets octets;
  if (auto done = write_dm_trigger(trigger, octets); !done)
    return complain(io, named_by_option(done.error(), kNotificationOptions));
  const auto digest = signer::dm_digest({command.server_id, *password, *nonce}, octets);
  if (!digest) return complain(io, digest.error());
  io.out << to_hex(si_sl::dm_notification(*digest, octets).body) << "\n";
  return io.out.good() ? kDone : kMalformed;
}

}  // namespace cpgw::gateway::cli
