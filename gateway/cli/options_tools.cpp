// The grammar of what needs no gateway: encode, decode, new.
#include "gateway/cli/decode_detect.h"
#include "gateway/cli/encode_usage.h"
#include "gateway/cli/grammar.h"

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kTime = "UTC, such as 2026-01-31T23:59:59Z";

void nonce_options(CLI::App* sub, const std::string& prefix, const std::string& variable,
                   const std::string& what, NonceOptions& nonce) {
  sub->add_option("--" + prefix + "nonce-file", nonce.file,
                  "file with the nonce " + what + " (or " + variable + "); - for standard input");
  sub->add_option("--" + prefix + "nonce-form", nonce.form,
                  "base64: the first line is base64; raw: every octet counts, a line end too")
      ->check(CLI::IsMember({"base64", "raw"}))
      ->capture_default_str();
}

void auth_options(CLI::App* sub, const std::string& prefix, const std::string& variables,
                  const std::string& who, NewDmBootstrapCommand::Auth& auth) {
  sub->add_option("--" + prefix + "auth-type", auth.type,
                  "AAUTHTYPE, such as DIGEST, HMAC, HTTP-BASIC: how " + who);
  sub->add_option("--" + prefix + "auth-name", auth.name, "AAUTHNAME, the user's name");
  sub->add_option("--" + prefix + "secret-file", auth.secret.file,
                  "file whose first line is AAUTHSECRET (or " + variables + "SECRET)");
  nonce_options(sub, prefix, variables + "NONCE", "of AAUTHDATA", auth.nonce);
}

/// Octets of any stage, and what they are.
void octet_options(CLI::App* sub, std::string& file, std::string& from) {
  sub->add_option("file", file,
                  "hexadecimal or raw octets, - for standard input; parts one per line")
      ->capture_default_str();
  std::vector<std::string> forms{"auto"};
  std::string names = "auto";
  for (const std::string_view form : decode_forms()) {
    forms.emplace_back(form);
    names += ", " + std::string(form);
  }
  sub->add_option("--from", from, names)->check(CLI::IsMember(forms))->capture_default_str();
}

}  // namespace

void Grammar::encoding() {
  CLI::App* encode = command(
      app, "encode", "Provisioning XML to WBXML, push, SMS parts or TPDUs, without a gateway",
      "cpgw encode settings.xml --as sms --sec userpin --pin 1234");
  content_options(encode, "file", encode_.content);
  const std::vector<std::string> forms(encode_forms().begin(), encode_forms().end());
  encode
      ->add_option("--as", encode_.as,
                   "wbxml, push, sms, tpdu, deliver, cdma; or for another program: gammu, "
                   "smstools, kannel-url, "
                   "jasmin-json, at-cmgs, smpp-hex")
      ->check(CLI::IsMember(forms))
      ->capture_default_str();
  encode->add_option("--to", encode_.to, "hex, raw, json")
      ->check(CLI::IsMember({"hex", "raw", "json"}))
      ->capture_default_str();
  security_options(encode, encode_.security);
  secret_options(encode, encode_.security);
  slot_options(encode, encode_.slots, true);
  encode
      ->add_option("--ref", encode_.ref, "concatenation reference, decimal or 0x… (default: 0x2A)")
      ->check(CLI::Range(0, 65535));
  encode->add_option("--tid", encode_.tid, "WSP transaction id, decimal or 0x… (default: 1)")
      ->check(CLI::Range(0, 255));
  encode
      ->add_option("--header", encode_.headers,
                   "further header of the push: \"NAME: VALUE\"; as often as needed")
      ->allow_extra_args(false);
  encode->add_flag("--wide-reference", encode_.wide_reference, "16-bit concatenation reference");
  encode->add_option("--order", encode_.order, "order of the header's elements")
      ->check(CLI::IsMember({"ports-first", "concatenation-first"}));
  encode
      ->add_option("--part-limit", encode_.part_limit,
                   "over it the document is refused (default: 10)")
      ->check(CLI::Range(1, 255));
  encode->add_option("--data-coding", encode_.data_coding, "TP-DCS, decimal or 0x… (default: 4)")
      ->check(CLI::Range(0, 255));
  encode->add_option("--to-number", encode_.number,
                     "destination, international: for tpdu and other programs");
  encode->add_option("--from", encode_.source,
                     "originator, number or text: for deliver, kannel-url, jasmin-json, smpp-hex");
  encode->add_option(
      "--at", encode_.at,
      std::string("when the service centre got it, for deliver: ") + kTime + " (default: now)");
  encode->add_option("--zone", encode_.zone,
                     "how far its clock is ahead of UTC, for deliver: +hh:mm (default: +00:00)");
  encode->add_option("--validity", encode_.validity,
                     std::string("how long it is tried, for tpdu and at-cmgs: seconds, a number "
                                 "with s, m, h, d or w, or until when: ") +
                         kTime);
  encode
      ->add_option("--validity-form", encode_.validity_form,
                   "TP-VPF (default: relative for a period, absolute for a time)")
      ->check(CLI::IsMember({"relative", "enhanced", "absolute"}));
  encode->add_flag("--single-shot", encode_.single_shot,
                   "one attempt within the period, then given up (enhanced form)");
  encode->add_flag("--status-report", encode_.status_report,
                   "ask the service centre for a report of every part");
  encode->add_option("--service-centre", encode_.service_centre,
                     "its number, in front of the TPDU as AT modems have it: for at-cmgs (default: "
                     "the modem's own), tpdu, deliver");
  encode->add_option("--url", encode_.url,
                     "of Kannel's sendsms with its user, for kannel-url (default: one to fill in)");
  encode->add_option("--output", encode_.output,
                     "folder the files of gammu and smstools are put in");
  encode
      ->add_option("--wbxml-version", encode_.wbxml_version,
                   "1 = WBXML 1.1, 2 = 1.2, 3 = 1.3 (default: what is customary for the type)")
      ->check(CLI::Range(1, 3));
  encode->add_flag("--stay-on-page", encode_.stay_on_page,
                   "keep a code page while it serves: shorter, but not every reader follows");
  encode->add_flag("--string-table", encode_.string_table,
                   "repeated strings once, where that is shorter");
  encode->add_flag("--repeat-ports", encode_.repeat_ports,
                   "of cdma: the ports in every segment, as some carriers want them");
  choose(encode, encode_);
}

void Grammar::decoding() {
  CLI::App* decode =
      command(app, "decode",
              "WBXML, a push, SMS parts, TPDUs or SMPP PDUs back to XML, to text or to fields",
              "cpgw decode push.hex");
  octet_options(decode, decode_.file, decode_.from);
  decode->add_option("--to", decode_.to, "xml (of a text the text itself), json (every layer)")
      ->check(CLI::IsMember({"xml", "json"}))
      ->capture_default_str();
  decode
      ->add_option("--data-coding", decode_.data_coding,
                   "TP-DCS of SMS parts that are text, which do not say it: 0 GSM 7-bit, 8 UCS-2")
      ->check(CLI::Range(0, 255));
  choose(decode, decode_);
}

void Grammar::linting() {
  CLI::App* lint =
      command(app, "lint", "What is wrong with a provisioning document before a phone sees it",
              "cpgw lint settings.xml");
  CLI::Option* files = lint->add_option(
      "file", lint_.files, "XML documents, or what decode reads; - for standard input");
  lint->add_flag("--rules", lint_.rules, "list every rule instead")->excludes(files);
  CLI::Option* json = lint->add_flag("--json", lint_.json, "one JSON document");
  lint->add_flag("--sarif", lint_.sarif, "SARIF 2.1.0, for editors and review tools")
      ->excludes(json);
  lint->add_option("--pin-digits", lint_.pin_digits, "of the userpin it will be signed by")
      ->check(CLI::Range(1, 16));
  choose(lint, lint_);
}

void Grammar::verifying() {
  CLI::App* verify = command(
      app, "verify", "Does the MAC of a push hold; and if not, what was done wrong in making it",
      "cpgw verify push.hex --pin 1234");
  octet_options(verify, verify_.file, verify_.from);
  secret_options(verify, verify_.known);
  CLI::Option* code = verify->add_option("--code", verify_.code,
                                         "what the user of USERPINMAC types (better: --code-file)");
  verify->add_option("--code-file", verify_.code_file, "file whose first line is the code")
      ->excludes(code);
  security_options(verify, verify_.known);
  verify->add_option("--mac", verify_.mac, "MAC of a body alone (wbxml), beside --sec");
  verify->add_option("--password-file", verify_.password_file,
                     "of a device management notification: file whose first line is the server's "
                     "password (or CPGW_DM_PASSWORD)");
  nonce_options(verify, "", "CPGW_DM_NONCE", "of the notification", verify_.nonce);
  verify->add_flag("--json", verify_.json, "one JSON document");
  choose(verify, verify_);
}

void Grammar::documents() {
  CLI::App* group_of = group(
      "new", "A push document from its fields, for encode, send and campaign; or a status report",
      "cpgw new si --href https://m.example/mail --text \"4 new messages\"");
  CLI::App* si = command(*group_of, "si", "Service indication: a message with a link",
                         "cpgw new si --href https://m.example/mail --text \"4 new messages\" "
                         "--action signal-high --expires 2026-12-31T23:59:59Z");
  si->add_option("--href", si_.href, "absolute URI");
  si->add_option("--text", si_.text, "shown to the user");
  si->add_option("--action", si_.action, "how much it disturbs (phones take signal-medium)")
      ->check(
          CLI::IsMember({"signal-none", "signal-low", "signal-medium", "signal-high", "delete"}));
  si->add_option("--created", si_.created, kTime);
  si->add_option("--expires", si_.expires, kTime);
  si->add_option("--id", si_.id, "si-id: replaces an indication, and names the one to delete");
  si->add_option("--class", si_.items, "an item for programs: name=text")->allow_extra_args(false);
  choose(si, si_);

  CLI::App* sl = command(*group_of, "sl", "Service loading: a page the phone fetches",
                         "cpgw new sl --href https://m.example/load --action execute-low");
  sl->add_option("--href", sl_.href, "absolute URI")->required();
  sl->add_option("--action", sl_.action, "when (phones take execute-low)")
      ->check(CLI::IsMember({"execute-low", "execute-high", "cache"}));
  choose(sl, sl_);

  CLI::App* co = command(*group_of, "co", "Cache operation: cached pages that are void",
                         "cpgw new co --object https://m.example/a --service https://m.example/b/");
  co->add_option("--object", co_.objects, "URI of one object; as often as needed")
      ->allow_extra_args(false);
  co->add_option("--service", co_.services, "URI all objects of a service begin with")
      ->allow_extra_args(false);
  choose(co, co_);

  CLI::App* emn = command(*group_of, "emn", "E-mail notification: a mailbox to look into",
                          "cpgw new emn --mailbox mailat:user@mail.example "
                          "--timestamp 2026-01-31T23:59:59Z");
  emn->add_option("--mailbox", emn_.mailbox, "URI of the mailbox")->required();
  emn->add_option("--timestamp", emn_.timestamp, kTime);
  choose(emn, emn_);

  CLI::App* bootstrap = command(
      *group_of, "dm-bootstrap", "Provisioning document with an account of device management (w7)",
      "cpgw new dm-bootstrap --provider-id srv.example --addr https://dm.example/ --to-napid NAP1 "
      "--auth-type DIGEST --auth-name phone --secret-file dm.secret");
  NewDmBootstrapCommand& b = bootstrap_;
  bootstrap->add_option("--provider-id", b.provider_id, "the server's id")->required();
  bootstrap->add_option("--name", b.name, "shown to the user");
  bootstrap->add_option("--addr", b.addr, "URI of the server")->required();
  bootstrap->add_option("--addr-type", b.addr_type, "ADDRTYPE of APPADDR, such as ALPHA");
  bootstrap->add_option("--port", b.port, "PORTNBR of the server")->check(CLI::Range(1, 65535));
  bootstrap->add_option("--to-proxy", b.to_proxy, "PROXY-ID it is reached through")
      ->allow_extra_args(false);
  bootstrap->add_option("--to-napid", b.to_napid, "NAPID it is reached through")
      ->allow_extra_args(false);
  bootstrap->add_flag("--init", b.init, "open a session at once");
  bootstrap->add_option("--parm", b.parms, "further parm of the application: NAME=VALUE, or NAME")
      ->allow_extra_args(false);
  auth_options(bootstrap, "", "CPGW_DM_", "the phone proves itself to the server", b.auth);
  auth_options(bootstrap, "client-", "CPGW_DM_CLIENT_", "the server proves itself to the phone",
               b.client);
  choose(bootstrap, bootstrap_);

  CLI::App* notification = command(
      *group_of, "dm-notification",
      "Body of a device management notification as hexadecimal digits, for encode - --type "
      "application/vnd.syncml.notification",
      "cpgw new dm-notification --server-id srv.example --session-id 500 --ui-mode background "
      "--password-file dm.secret --nonce-file dm.nonce");
  NewDmNotificationCommand& n = notification_;
  notification->add_option("--server-id", n.server_id, "PROVIDER-ID of the account")->required();
  notification->add_option("--session-id", n.session_id, "1 to 65535; the same for repeats")
      ->required()
      ->check(CLI::Range(1, 65535));
  notification->add_option("--ui-mode", n.ui_mode, "what the user notices")
      ->check(CLI::IsMember({"not-specified", "background", "informative", "user-interaction"}))
      ->capture_default_str();
  notification->add_option("--initiator", n.initiator, "who wants the session")
      ->check(CLI::IsMember({"server", "user"}))
      ->capture_default_str();
  notification->add_option("--password-file", n.password.file,
                           "file whose first line is the server's password (or CPGW_DM_PASSWORD)");
  nonce_options(notification, "", "CPGW_DM_NONCE", "the phone expects", n.nonce);
  notification->add_option("--vendor", n.vendor, "octets of the vendor, hexadecimal digits");
  choose(notification, notification_);

  CLI::App* report =
      command(*group_of, "status-report",
              "SMS-STATUS-REPORT as hexadecimal digits, for trying what reads them",
              "cpgw new status-report --recipient +358401234567 --reference 42 --status 0x00");
  report->add_option("--recipient", report_.recipient, "who was to get it, international")
      ->required();
  report->add_option("--reference", report_.reference, "TP-MR of the SMS-SUBMIT, decimal or 0x…")
      ->required()
      ->check(CLI::Range(0, 255));
  report
      ->add_option("--status", report_.status,
                   "TP-ST, decimal or 0x…: 0x00 received, 0x30 trying, "
                   "0x46 expired")
      ->required()
      ->check(CLI::Range(0, 255));
  report->add_option("--submitted", report_.submitted,
                     std::string("when the service centre got it: ") + kTime + " (default: now)");
  report->add_option("--discharge", report_.discharge,
                     std::string("when it ended: ") + kTime + " (default: now)");
  choose(report, report_);
}

}  // namespace cpgw::gateway::cli
