// The layers cpgw decode takes off, one function each; every one goes on with what is inside.
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/decode_units.h"
#include "si_sl/defect.h"
#include "si_sl/text.h"
#include "wbxml/decoder.h"
#include "wbxml/document.h"

namespace cpgw::gateway::cli {

/// What is wrong with one part.
struct PartDefect {
  std::size_t part = 0;  ///< in the order given, from 1; 0: of the message
  si_sl::DefectReport report;
  std::string why;  ///< of a part that could not be used
};

/// What the input was, from the outermost layer to the innermost. At most one of document, text and
/// body is there.
struct Decoded {
  boost::json::array layers;
  Octets push;  ///< as a whole, also of one whose body could not be read
  std::optional<wbxml::Document> document;
  std::optional<std::string> text;
  Octets body;                      ///< of a push that is no document
  std::string body_about;           ///< it in one line for people; empty: nobody knows
  std::size_t left = 0;             ///< parts after the first whole message
  std::vector<PartDefect> defects;  ///< also when decoding failed
};

/// What a peer sent as text may be anything; JSON is UTF-8.
[[nodiscard]] std::string json_text(std::string_view text);

/// Text as SMS carry it. `data`: it is none.
enum class TextCoding : std::uint8_t { data, gsm7, ucs2, latin1 };
/// Of TP-DCS.
[[nodiscard]] TextCoding text_coding(std::uint8_t data_coding);
[[nodiscard]] Result<std::string> read_text(OctetView data, TextCoding coding);

/// One SMS as a part: where it came from does not matter any more.
struct Received {
  std::string originator;
  Octets user_data;  ///< of gsm7 text one septet an octet
  bool has_udh = true;
  bool synthetic_udh = false;  ///< made of what other fields say
  TextCoding coding = TextCoding::data;
  std::optional<std::uint8_t> message_class = {};
};
/// Does WAP listen there? What goes there is no text, whatever its data coding says.
[[nodiscard]] bool is_wap_port(std::uint16_t port);
/// Text is unpacked, unless it goes to a port of WAP. `user_data_length` is TP-UDL.
[[nodiscard]] Result<Received> receive(std::string originator, OctetView user_data,
                                       std::uint8_t user_data_length, bool has_udh,
                                       std::uint8_t data_coding);

[[nodiscard]] Result<void> decode_wbxml(OctetView octets, const wbxml::Transport& transport,
                                        Decoded& out);
[[nodiscard]] Result<void> decode_push(OctetView octets, Decoded& out);
[[nodiscard]] Result<void> decode_parts(const std::vector<Received>& received, Decoded& out);
[[nodiscard]] Result<void> decode_cdma(const Units& segments, Decoded& out);
/// `data_coding`: of text; nothing: 8-bit data.
[[nodiscard]] Result<void> decode_sms(const Units& units, std::optional<std::uint8_t> data_coding,
                                      Decoded& out);
/// `service_centre`: its address stands in front.
[[nodiscard]] Result<void> decode_tpdus(const Units& units, bool service_centre, Decoded& out);
[[nodiscard]] Result<void> decode_smpp(const Units& units, Decoded& out);
/// XML, or octets of any stage with a document in them. Errors of read_xml and decode_as; without a
/// document Errc::unknown_document of wbxml.
[[nodiscard]] Result<wbxml::Document> document_in(std::string_view input, const std::string& label);
/// What `said` names, or for "auto" what the octets look like. CliErrc::usage for a data coding
/// with anything but "sms"; Errc::truncated (of si_sl) for no octets; errors of detect_form.
[[nodiscard]] Result<std::string_view> form_of(std::string_view said, const Units& units,
                                               std::optional<std::uint8_t> data_coding);
/// `form`: one of decode_forms().
[[nodiscard]] Result<void> decode_as(std::string_view form, const Units& units,
                                     std::optional<std::uint8_t> data_coding, Decoded& out);

}  // namespace cpgw::gateway::cli
