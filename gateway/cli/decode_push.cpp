// A push with every header by name, and what is in it.
#include <boost/json/object.hpp>

#include "gateway/cli/decode_layers.h"
#include "si_sl/contents.h"
#include "si_sl/contents_dm.h"
#include "si_sl/wsp_fields.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/characters.h"
#include "wbxml/token_table.h"

namespace cpgw::gateway::cli {
namespace {

std::string field_name(const si_sl::PushField& field) {
  if (!field.name.empty()) return json_text(field.name);
  if (!field.code || *field.code > UINT8_MAX) return "unassigned";
  const std::byte code{static_cast<std::uint8_t>(*field.code)};
  return "0x" + to_hex(OctetView(&code, 1), HexCase::upper);
}

/// Parameters of the content type and the headers after it, in their order.
void list_fields(OctetView push, boost::json::object& layer) {
  const auto fields = si_sl::push_fields(push);
  if (!fields) return;  // more than anybody sends
  boost::json::array parameters, headers;
  for (const si_sl::PushField& field : std::span(*fields).subspan(1)) {
    boost::json::object one{{"name", field_name(field)},
                            {"value", json_text(si_sl::value_text(field))}};
    if (field.page != 1) one["page"] = field.page;
    (field.parameter ? parameters : headers).push_back(std::move(one));
  }
  layer["content_type_name"] = json_text(si_sl::value_text(fields->front()));
  if (!parameters.empty()) layer["parameters"] = std::move(parameters);
  if (!headers.empty()) layer["headers"] = std::move(headers);
}

std::string_view to_string(si_sl::DmUiMode mode) {
  switch (mode) {
    case si_sl::DmUiMode::not_specified: return "not-specified";
    case si_sl::DmUiMode::background: return "background";
    case si_sl::DmUiMode::informative: return "informative";
    case si_sl::DmUiMode::user_interaction: return "user-interaction";
  }
  return "";
}

std::string_view to_string(si_sl::DmInitiator initiator) {
  return initiator == si_sl::DmInitiator::server ? "server" : "user";
}

Result<void> decode_dm_notification(OctetView body, Decoded& out) {
  const auto view = si_sl::read_dm_notification(body);
  if (!view) return fail(view.error());
  const si_sl::DmTrigger& trigger = view->trigger;
  const std::string version =
      std::to_string(trigger.version / 10) + "." + std::to_string(trigger.version % 10);
  boost::json::object layer{{"layer", "dm-notification"},
                            {"octets", body.size()},
                            {"version", version},
                            {"ui_mode", to_string(trigger.ui_mode)},
                            {"initiator", to_string(trigger.initiator)},
                            {"session_id", trigger.session_id},
                            {"server_id", json_text(trigger.server_id)},
                            {"vendor", to_hex(trigger.vendor)},
                            {"digest", to_hex(view->digest)}};
  if (trigger.future_use != 0) layer["future_use"] = trigger.future_use;
  out.layers.push_back(std::move(layer));
  out.body_about = "a DM notification " + version + ": ui-mode " +
                   std::string(to_string(trigger.ui_mode)) + ", initiator " +
                   std::string(to_string(trigger.initiator)) + ", session " +
                   std::to_string(trigger.session_id) + ", server " + json_text(trigger.server_id) +
                   ", " + std::to_string(trigger.vendor.size()) + " octets of the vendor, digest " +
                   to_hex(view->digest);
  return {};
}

}  // namespace

std::string json_text(std::string_view text) {
  return wbxml::detail::find_bad_character(text) ? "0x" + to_hex(as_octets(text))
                                                 : std::string(text);
}

Result<void> decode_wbxml(OctetView octets, const wbxml::Transport& transport, Decoded& out) {
  auto document = wbxml::decode(octets, {}, transport);
  if (!document) return fail(std::move(document).error());
  boost::json::object layer{
      {"layer", "wbxml"}, {"octets", octets.size()}, {"document", document->type->name}};
  if (!document->notes.empty()) {
    boost::json::array notes;
    for (const wbxml::Note& note : document->notes) {
      notes.push_back(boost::json::object{{"offset", note.at.offset}, {"note", note.text}});
    }
    layer["notes"] = std::move(notes);
  }
  out.layers.push_back(std::move(layer));
  out.document = std::move(*document);
  return {};
}

Result<void> decode_push(OctetView octets, Decoded& out) {
  auto push = si_sl::read_push(octets);
  if (!push) return fail(std::move(push).error());
  out.push.assign(octets.begin(), octets.end());
  boost::json::object layer{
      {"layer", "push"}, {"octets", octets.size()}, {"transaction_id", push->transaction_id}};
  if (push->content_type) {
    layer["content_type"] = *push->content_type;
  } else {
    layer["content_type"] = json_text(push->content_type_text);
  }
  if (push->SEC) {
    layer["SEC"] = *push->SEC;
    if (*push->SEC <= 3)
      layer["security"] = signer::to_string(static_cast<signer::Security>(*push->SEC));
  }
  if (!push->MAC.empty()) layer["MAC"] = json_text(push->MAC);
  if (push->charset) layer["charset"] = *push->charset;
  list_fields(octets, layer);
  if (!push->further_headers.empty()) layer["further_headers"] = to_hex(push->further_headers);
  out.layers.push_back(std::move(layer));

  const auto start = static_cast<std::size_t>(push->body.data() - octets.data());
  Result<void> done;
  if (const wbxml::DocumentType* const type = si_sl::document_type_of(*push)) {
    done = decode_wbxml(push->body, {push->charset.value_or(0), type}, out);
  } else {
    out.body.assign(push->body.begin(), push->body.end());
    if (si_sl::is_dm_notification(*push)) done = decode_dm_notification(push->body, out);
  }
  if (!done) return fail(std::move(done).error().shifted(start));
  return {};
}

}  // namespace cpgw::gateway::cli
