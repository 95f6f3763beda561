// The command line's grammar as it is built up; only its own sources see it, and with it CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <optional>

#include "gateway/cli/commands.h"
#include "signer/bootstrap_mac.h"

namespace cpgw::gateway::cli {

/// Builds one CLI::App; every sub-command's callback puts its filled options into `chosen`.
class Grammar {
 public:
  Grammar();

  CLI::App app{"Client provisioning push gateway: settings onto phones over the air", "cpgw"};
  std::optional<Command> chosen;

 private:
  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& text,
                    const std::string& example) {
    CLI::App* sub = parent.add_subcommand(name, text);
    sub->footer("\nExample:\n  " + example);
    return sub;
  }
  /// A word that only leads to others.
  CLI::App* group(const std::string& name, const std::string& text, const std::string& example) {
    CLI::App* sub = command(app, name, text, example);
    sub->require_subcommand(1);
    return sub;
  }
  template <class T>
  void choose(CLI::App* sub, T& options) {
    sub->callback([this, &options] { chosen = options; });
  }
  static void gateway_options(CLI::App* sub, ToGateway& to, bool tenant = true) {
    sub->add_option("--config", to.config,
                    "settings file (else CPGW_CONFIG, ./cpgw.toml, /etc/cpgw/cpgw.toml)");
    if (tenant)
      sub->add_option("--tenant", to.tenant, "tenant (may be left out when one is configured)");
    sub->add_flag("--json", to.json, "one JSON document");
  }
  static void security_options(CLI::App* sub, SecurityOptions& security) {
    // Names the methods, but never what was given instead: it may be a PIN in the wrong place.
    const CLI::Validator method(
        [](std::string& name) {
          return signer::security(name) ? std::string() : std::string("no such method");
        },
        "{netwpin,userpin,usernetwpin,userpinmac,none}");
    sub->add_option("--sec", security.sec, "how the push is signed; never defaulted")
        ->check(method);
  }
  static void secret_options(CLI::App* sub, SecurityOptions& security) {
    CLI::Option* imsi =
        sub->add_option("--imsi", security.imsi, "IMSI digits (better: --imsi-file or CPGW_IMSI)");
    sub->add_option("--imsi-file", security.imsi_file, "file whose first line is the IMSI")
        ->excludes(imsi);
    CLI::Option* pin =
        sub->add_option("--pin", security.pin, "PIN digits (better: --pin-file or CPGW_PIN)");
    sub->add_option("--pin-file", security.pin_file, "file whose first line is the PIN")
        ->excludes(pin);
  }
  /// `file`: how the file is named on the command line.
  static void content_options(CLI::App* sub, const char* file, ContentOptions& content) {
    CLI::Option* given =
        sub->add_option(file, content.file, "XML document, or ready octets; - for standard input");
    sub->add_option("--text", content.text, "plain text to send instead of a file")
        ->excludes(given)
        ->check(CLI::Validator(
            [](std::string& text) { return std::string(text.empty() ? "the text is empty" : ""); },
            ""));
    sub->add_option("--type", content.type,
                    "content type, where it is not that of the XML: octets and text/plain");
    sub->add_option("--application-id", content.application_id,
                    "X-Wap-Application-Id of the push, decimal or 0x…")
        ->check(CLI::Range(0, 0x7FFFFFFF));
    sub->add_option("--message-class", content.message_class,
                    "of a text: 0 is shown at once, 1 phone, 2 SIM, 3 terminal")
        ->check(CLI::Range(0, 3));
  }
  static void slot_options(CLI::App* sub, SlotOptions& slots, bool values) {
    sub->add_option("--slot-type", slots.types,
                    "declare a slot: name=text|digits|host|ip|uri[:octets]")
        ->allow_extra_args(false);
    if (values)
      sub->add_option(
             "--slot", slots.values,
             "give a slot its value: name=value (a text slot unless --slot-type says otherwise)")
          ->allow_extra_args(false);
  }
  static void job_options(CLI::App* sub, std::uint32_t& expires_in, int& priority) {
    sub->add_option("--expires-in", expires_in,
                    "seconds until it is given up (else the gateway's setting)")
        ->check(CLI::Range(1, 2592000));
    sub->add_option("--priority", priority, "0 first to 9 last")->check(CLI::Range(0, 9));
  }

  void encoding();
  void decoding();
  void linting();
  void verifying();
  void documents();
  void gateway_process();
  void sending();
  void looking();
  void simulators_();

  InitCommand init_;
  ServeCommand serve_;
  DemoCommand demo_;
  EncodeCommand encode_;
  DecodeCommand decode_;
  LintCommand lint_;
  VerifyCommand verify_;
  SendCommand send_;
  ImportProvidersCommand providers_;
  ImportRecipientsCommand recipients_;
  std::map<std::string, CampaignCommand> campaigns_;
  std::map<std::string, JobCommand> jobs_;
  SubscriberCommand subscriber_;
  CarrierCommand carrier_;
  std::map<std::string, ConfigCommand> configs_;
  std::map<std::string, StoreCommand> stores_;
  NewSiCommand si_;
  NewSlCommand sl_;
  NewCoCommand co_;
  NewEmnCommand emn_;
  NewDmBootstrapCommand bootstrap_;
  NewDmNotificationCommand notification_;
  NewStatusReportCommand report_;
  simulators::SmscOptions smsc_;
  simulators::HandsetOptions handset_;
};

}  // namespace cpgw::gateway::cli
