// Every command's options as a plain struct, and the function that runs it. Names of options are a
// contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/cli/io.h"
#include "gateway/cli/new_commands.h"
#include "gateway/simulators/handset.h"
#include "gateway/simulators/smsc.h"

namespace cpgw::gateway::cli {

/// Options of every command that talks to a running gateway.
struct ToGateway {
  std::string config;  ///< --config; empty: CPGW_CONFIG, ./cpgw.toml, /etc/cpgw/cpgw.toml
  std::string tenant;  ///< --tenant; empty: the only configured one
  bool json = false;
};

/// Security inputs as options; secrets may come from a file or the environment instead.
struct SecurityOptions {
  std::string sec;  ///< netwpin, userpin, usernetwpin, userpinmac, none; empty = not named
  std::string imsi, imsi_file, pin, pin_file;
};

/// Slots of a template: declared types and this document's values.
struct SlotOptions {
  std::vector<std::string> types;   ///< name=type[:max]
  std::vector<std::string> values;  ///< name=value
};

/// What is sent: a file, or a text.
struct ContentOptions {
  std::string file;  ///< XML, or ready octets as hexadecimal digits or raw
  std::string type;  ///< a content type; empty: the one of the XML
  std::string text;
  std::int64_t application_id = -1, message_class = -1;  ///< -1: not given
};

struct InitCommand {
  std::string directory = ".";
};
struct ServeCommand {
  std::string config;
};
struct DemoCommand {
  std::uint32_t subscribers = 100;
  std::string provider;
  std::string providers_file;
  std::string keep;  ///< folder that keeps settings, store and logs afterwards
  std::string receipts = "all";
  std::uint64_t seed = 0;
  bool json = false;
};
struct EncodeCommand {
  ContentOptions content;
  std::string as = "wbxml", to = "hex";
  SecurityOptions security;
  SlotOptions slots;
  std::vector<std::string> headers;       ///< further ones of the push: "NAME: VALUE"
  std::optional<std::uint32_t> ref, tid;  ///< concatenation reference, WSP transaction id
  bool wide_reference = false;
  std::string order;  ///< ports-first, the default, or concatenation-first
  std::optional<std::uint32_t> part_limit, data_coding;
  std::string number;                   ///< --to-number
  std::string source, url;              ///< --from, --url
  std::string at, zone;                 ///< of deliver
  std::string service_centre;           ///< of tpdu, deliver and at-cmgs
  std::string validity, validity_form;  ///< of tpdu and at-cmgs, as the next two
  bool single_shot = false, status_report = false;
  std::string output;  ///< folder for what is handed over as files
  std::optional<std::uint32_t> wbxml_version;
  bool stay_on_page = false, string_table = false;
  bool repeat_ports = false;  ///< of cdma
};
struct DecodeCommand {
  std::string file = "-";
  std::string from = "auto", to = "xml";
  std::int32_t data_coding = -1;  ///< of parts that are text; -1: not given
};
struct LintCommand {
  std::vector<std::string> files;
  bool json = false, sarif = false, rules = false;
  unsigned pin_digits = 0;  ///< of the USERPIN it will be signed by; 0: not said
};
struct VerifyCommand {
  std::string file = "-";
  std::string from = "auto";
  SecurityOptions known;  ///< sec: of a body without a push, as is `mac`
  std::string code, code_file, mac;
  std::string password_file;  ///< of a device management notification
  NonceOptions nonce;
  bool json = false;
};
struct SendCommand {
  ToGateway gateway;
  ContentOptions content;
  std::string to, key;
  SecurityOptions security;
  SlotOptions slots;
  std::uint32_t expires_in = 0;
  int priority = -1;
};
struct ImportProvidersCommand {
  std::string file;  ///< the database; empty: where the Debian package puts it
  std::string out;   ///< folder for the documents
  std::string provider;
  bool json = false;
};
struct ImportRecipientsCommand {
  ToGateway gateway;
  std::string file, campaign, name, rejects;
};
struct CampaignCommand {
  ToGateway gateway;
  std::string verb;  ///< new start pause resume cancel status watch list
  std::string name;
  ContentOptions content;
  SecurityOptions security;
  SlotOptions slots;
  std::uint32_t expires_in = 0;
  int priority = -1;
};
struct JobCommand {
  ToGateway gateway;
  std::string verb;  ///< show list cancel code
  std::string id, campaign, number, state, after;
  std::uint32_t limit = 100;
};
struct SubscriberCommand {
  ToGateway gateway;
  std::string number;
};
struct CarrierCommand {
  ToGateway gateway;
};
struct ConfigCommand {
  ToGateway gateway;
  std::string verb;  ///< check reload
};
struct StoreCommand {
  ToGateway gateway;
  std::string verb;  ///< check stats
};

using Command =
    std::variant<InitCommand, ServeCommand, DemoCommand, EncodeCommand, DecodeCommand, LintCommand,
                 VerifyCommand, SendCommand, ImportProvidersCommand, ImportRecipientsCommand,
                 CampaignCommand, JobCommand, SubscriberCommand, CarrierCommand, ConfigCommand,
                 StoreCommand, NewSiCommand, NewSlCommand, NewCoCommand, NewEmnCommand,
                 NewDmBootstrapCommand, NewDmNotificationCommand, NewStatusReportCommand,
                 simulators::SmscOptions, simulators::HandsetOptions>;

/// The command of `arguments` (without the program's name); or, for help, version and wrong usage,
/// what was printed and the status.
[[nodiscard]] std::variant<Command, Exit> parse_command(const std::vector<std::string>& arguments,
                                                        Io& io);

int run(const InitCommand& command, Io& io);
int run(const ServeCommand& command, Io& io);
int run(const DemoCommand& command, Io& io);
int run(const EncodeCommand& command, Io& io);
int run(const DecodeCommand& command, Io& io);
int run(const LintCommand& command, Io& io);
int run(const VerifyCommand& command, Io& io);
int run(const SendCommand& command, Io& io);
int run(const ImportProvidersCommand& command, Io& io);
int run(const ImportRecipientsCommand& command, Io& io);
int run(const CampaignCommand& command, Io& io);
int run(const JobCommand& command, Io& io);
int run(const SubscriberCommand& command, Io& io);
int run(const CarrierCommand& command, Io& io);
int run(const ConfigCommand& command, Io& io);
int run(const StoreCommand& command, Io& io);
int run(const NewSiCommand& command, Io& io);
int run(const NewSlCommand& command, Io& io);
int run(const NewCoCommand& command, Io& io);
int run(const NewEmnCommand& command, Io& io);
int run(const NewDmBootstrapCommand& command, Io& io);
int run(const NewDmNotificationCommand& command, Io& io);
int run(const NewStatusReportCommand& command, Io& io);
int run(const simulators::SmscOptions& options, Io& io);
int run(const simulators::HandsetOptions& options, Io& io);

/// Parses and runs.
int run_command_line(const std::vector<std::string>& arguments, Io& io);

}  // namespace cpgw::gateway::cli
