// The grammar of what needs no gateway: encode, decode.
#include "gateway/cli/decode_detect.h"
#include "gateway/cli/grammar.h"
#include "gateway/cli/hand_over.h"

namespace cpgw::gateway::cli {
void Grammar::encoding() {
  CLI::App* encode = command(
      app, "encode", "Provisioning XML to WBXML, push, SMS parts or TPDUs, without a gateway",
      "cpgw encode settings.xml --as sms --sec userpin --pin 1234");
  content_options(encode, "file", encode_.content);
  std::vector<std::string> forms{"wbxml", "push", "sms", "tpdu", "cdma"};
  for (const std::string_view form : hand_over_forms()) forms.emplace_back(form);
  encode
      ->add_option(
          "--as", encode_.as,
          "wbxml, push, sms, tpdu, cdma; or for another program: gammu, smstools, kannel-url, "
          "jasmin-json, at-cmgs, smpp-hex")
      ->check(CLI::IsMember(forms))
      ->capture_default_str();
  encode->add_option("--to", encode_.to, "hex, raw, json")
      ->check(CLI::IsMember({"hex", "raw", "json"}))
      ->capture_default_str();
  security_options(encode, encode_.security);
  secret_options(encode, encode_.security);
  slot_options(encode, encode_.slots, true);
  encode->add_option("--ref", encode_.ref, "concatenation reference, decimal or 0x…")
      ->check(CLI::Range(0, 65535));
  encode->add_option("--tid", encode_.tid, "WSP transaction id, decimal or 0x…")
      ->check(CLI::Range(0, 255));
  encode->add_flag("--wide-reference", encode_.wide_reference, "16-bit concatenation reference");
  encode->add_option("--order", encode_.order, "order of the header's elements")
      ->check(CLI::IsMember({"ports-first", "concatenation-first"}));
  encode->add_option("--part-limit", encode_.part_limit, "over it the document is refused")
      ->check(CLI::Range(1, 255))
      ->capture_default_str();
  encode->add_option("--data-coding", encode_.data_coding, "TP-DCS, decimal or 0x…")
      ->check(CLI::Range(0, 255));
  encode->add_option("--to-number", encode_.number,
                     "destination, international: for tpdu and other programs");
  encode->add_option("--from", encode_.source, "originator: for kannel-url, jasmin-json, smpp-hex");
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
  decode
      ->add_option("file", decode_.file,
                   "hexadecimal or raw octets, - for standard input; parts one per line")
      ->capture_default_str();
  std::vector<std::string> forms{"auto"};
  std::string names = "auto";
  for (const std::string_view form : decode_forms()) {
    forms.emplace_back(form);
    names += ", " + std::string(form);
  }
  decode->add_option("--from", decode_.from, names)
      ->check(CLI::IsMember(forms))
      ->capture_default_str();
  decode->add_option("--to", decode_.to, "xml (of a text the text itself), json (every layer)")
      ->check(CLI::IsMember({"xml", "json"}))
      ->capture_default_str();
  decode
      ->add_option("--data-coding", decode_.data_coding,
                   "TP-DCS of SMS parts that are text, which do not say it: 0 GSM 7-bit, 8 UCS-2")
      ->check(CLI::Range(0, 255));
  choose(decode, decode_);
}

}  // namespace cpgw::gateway::cli
