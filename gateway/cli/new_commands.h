// Options of cpgw new: a push document, the body of a notification, or a report, from its fields.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cpgw::gateway::cli {

struct NewSiCommand {
  std::string href, text, action, created, expires, id;
  std::vector<std::string> items;  ///< --class: name=text
};
struct NewSlCommand {
  std::string href, action;
};
struct NewCoCommand {
  std::vector<std::string> objects, services;
};
struct NewEmnCommand {
  std::string mailbox, timestamp;
};

/// A secret by file or environment only; an argument would be in the list of processes.
struct SecretFile {
  std::string file;
};
struct NonceOptions {
  std::string file;
  std::string form = "base64";  ///< or raw
};

struct NewDmBootstrapCommand {
  struct Auth {
    std::string type, name;
    SecretFile secret;
    NonceOptions nonce;
  };
  std::string provider_id, name, addr, addr_type;
  std::uint16_t port = 0;
  std::vector<std::string> to_proxy, to_napid, parms;
  bool init = false;
  Auth auth;    ///< AAUTHLEVEL APPSRV
  Auth client;  ///< AAUTHLEVEL CLIENT; left out when nothing of it is given
};

struct NewDmNotificationCommand {
  std::string server_id;
  std::uint16_t session_id = 0;
  std::string ui_mode = "not-specified", initiator = "server";
  SecretFile password;
  NonceOptions nonce;
  std::string vendor;  ///< hexadecimal digits
};

struct NewStatusReportCommand {
  std::string recipient;
  std::uint8_t reference = 0, status = 0;  ///< TP-MR, TP-ST
  std::string submitted, discharge;        ///< TP-SCTS, TP-DT; empty: now
};

}  // namespace cpgw::gateway::cli
