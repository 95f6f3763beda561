#include "gateway/flow/content.h"

#include <algorithm>

#include "si_sl/contents.h"
#include "si_sl/contents_dm.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::flow {
namespace {

constexpr std::size_t kMostUnits = queue::kMaxParts * 160 + 1;  // of a text
constexpr std::string_view kLongestMac = "0000000000000000000000000000000000000000";

}  // namespace

si_sl::PushHeaders push_headers(const CompiledContent& content) {
  si_sl::PushHeaders headers;
  headers.content_type = content.push.content_type;
  headers.content_type_text = content.push.content_type_text;
  headers.charset = content.push.charset;
  headers.application_id = content.push.application_id;
  return headers;
}

si_sl::TextOptions text_options(const CompiledContent& content) {
  si_sl::TextOptions options;
  options.message_class = content.message_class;
  options.wide_reference = content.profile.segments.wide_reference;
  options.part_limit = content.profile.segments.part_limit;
  return options;
}

namespace {

/// Parts of a text whose slots are as long as they may be. A slot of free text may bring characters
/// that make all of it UCS-2; no slot brings more units than it has octets, or twice as many
/// septets where characters of a URI are escaped.
Result<std::uint8_t> text_estimate(const CompiledContent& content) {
  const std::string_view constant = as_text(content.form.constant());
  const auto options = text_options(content);
  auto alone = si_sl::text_parts(constant, options);
  if (!alone || content.form.slots().empty()) {
    if (!alone) return fail(std::move(alone).error());
    return alone->parts;
  }
  bool free_text = false, escapes = false;
  for (const wbxml::SlotSpec& slot : content.form.slots()) {
    free_text = free_text || slot.type == wbxml::SlotType::text;
    escapes = escapes || slot.type == wbxml::SlotType::uri;
  }
  const std::size_t slots = content.form.max_octets() - constant.size();
  const bool septets = alone->alphabet == si_sl::Alphabet::gsm7 && !free_text;
  // More than any number of parts holds need not be written out to be refused.
  const std::size_t units =
      std::min(alone->units + slots * (septets && escapes ? 2 : 1), kMostUnits);
  // Of pairs, which are never cut: every part may end one unit early.
  std::string longest;
  for (std::size_t unit = 0; unit < units; unit += 2) longest += septets ? "\u20AC" : "\U0001F600";
  auto parts = si_sl::text_parts(longest, options);
  if (!parts) return fail(std::move(parts).error());
  return parts->parts;
}

Result<std::uint8_t> push_estimate(const CompiledContent& content) {
  si_sl::PushHeaders headers = push_headers(content);
  if (content.security != signer::Security::none) {
    headers.SEC = static_cast<std::uint8_t>(content.security);
    if (content.security != signer::Security::USERPINMAC) headers.MAC = kLongestMac;
  }
  const std::size_t octets = si_sl::push_octets(headers, content.form.max_octets());
  auto parts = si_sl::part_count(octets, content.profile.segments);
  if (!parts) {
    return fail(Errc::too_many_parts, "the push can grow to " + std::to_string(octets) +
                                          " octets: " + parts.error().message +
                                          "; shorten the document or its slots' maxima");
  }
  return *parts;
}

/// The form of a document, and what its kind asks for.
Result<void> compile_document(const ContentSource& source, CompiledContent& content) {
  auto document = wbxml::read_xml(source.source);
  if (!document) return fail(std::move(document).error());
  if (document->type != &source.type.document()) {
    const ContentType* const right = content_type_of(document->type);
    return fail(Errc::bad_content,
                "the root of " + std::string(source.type.name) + " is not '" + document->root.name +
                    "'" +
                    (right != nullptr ? "; that is " + std::string(right->name) : std::string()));
  }
  const auto kind = si_sl::push_kind(*document);
  if (!kind) return fail(kind.error());
  if (document->type != &wbxml::prov()) {
    content.profile.wbxml_version = document->type->version;
    content.profile.segments.destination_port = kind->destination_port;
    content.profile.segments.source_port = kind->source_port;
  }
  content.push = {kind->content_type, std::string(kind->content_type_text), kind->charset,
                  kind->application_id};
  if (source.wbxml_version) content.profile.wbxml_version = *source.wbxml_version;
  auto form = wbxml::Template::compile(*document, source.slots,
                                       {.version = content.profile.wbxml_version,
                                        .stay_on_page = content.profile.stay_on_page,
                                        .string_table = content.profile.string_table});
  if (!form) return fail(std::move(form).error());
  content.form = *std::move(form);
  return {};
}

Result<void> compile_octets(const ContentSource& source, CompiledContent& content) {
  const auto octets = from_hex(source.source);
  if (!octets) return fail(octets.error());
  if (octets->empty()) return fail(Errc::bad_content, "there are no octets");
  if (source.type.wsp_code == si_sl::kDmWbxml) {
    // No table of SyncML here: its header is read, the rest is the sender's.
    constexpr std::uint8_t kLastVersion = 0x03;
    if (octets->size() < 4 || to_u8((*octets)[0]) > kLastVersion) {
      return fail(Errc::bad_content, "these octets are no WBXML", at_offset(0));
    }
  } else if (source.type.wsp_code == si_sl::kConnectivityWbxml) {
    const auto document = wbxml::decode(*octets);
    if (!document) return fail(document.error());
    if (document->type != &wbxml::prov()) {
      return fail(Errc::bad_content, "these octets are no wap-provisioningdoc");
    }
  } else if (source.type.wsp_code == si_sl::kDmNotification) {
    if (const auto read = si_sl::read_dm_notification(*octets); !read) return fail(read.error());
  }
  if (!source.slots.empty()) {
    return fail(Errc::bad_content, "ready octets have no slots", at_field("slots"));
  }
  content.push.content_type = source.type.wsp_code;
  content.push.application_id = source.type.application_id;
  content.form = wbxml::Template::of_octets(*octets);
  return {};
}

Result<void> compile_text(const ContentSource& source, CompiledContent& content) {
  if (source.message_class && *source.message_class > 3) {
    return fail(Errc::bad_content, "a message class is 0 to 3", at_field("message_class"));
  }
  content.message_class = source.message_class;
  auto form = wbxml::Template::of_text(source.source, source.slots);
  if (!form) return fail(std::move(form).error());
  content.form = *std::move(form);
  return {};
}

/// What an option is for, where it was given to another form.
Result<void> options_fit(const ContentSource& source) {
  const bool text = source.type.form == ContentType::Form::text;
  if (source.message_class && !text) {
    return fail(Errc::bad_content, "only text/plain has a message class",
                at_field("message_class"));
  }
  if (source.application_id && text) {
    return fail(Errc::bad_content, "text/plain is no push and names no application",
                at_field("application_id"));
  }
  if (source.security != signer::Security::none && !source.type.names_security) {
    return fail(Errc::bad_content,
                std::string(source.type.name) + " is not signed: leave security out",
                at_field("security"));
  }
  return {};
}

}  // namespace

Result<std::uint8_t> parts_estimate(const CompiledContent& content) {
  auto parts = content.kind == ContentKind::text ? text_estimate(content) : push_estimate(content);
  if (!parts) return parts;
  if (*parts > queue::kMaxParts) {
    return fail(Errc::too_many_parts, "the push can grow to " + std::to_string(*parts) +
                                          " parts, at most " + std::to_string(queue::kMaxParts) +
                                          " are possible");
  }
  return *parts;
}

Result<CompiledContent> compile_content(const ContentSource& source,
                                        const DeliveryProfile& profile) {
  if (auto fit = options_fit(source); !fit) return fail(std::move(fit).error());
  CompiledContent content;
  content.security = source.security;
  content.profile = profile;
  Result<void> compiled;
  switch (source.type.form) {
    case ContentType::Form::xml: compiled = compile_document(source, content); break;
    case ContentType::Form::octets: compiled = compile_octets(source, content); break;
    case ContentType::Form::text:
      compiled = compile_text(source, content);
      content.kind = ContentKind::text;
      break;
  }
  if (!compiled) return fail(std::move(compiled).error());
  if (source.application_id) content.push.application_id = source.application_id;
  if (content.kind != ContentKind::text && content.push != PushType())
    content.kind = ContentKind::push;
  if (auto parts = parts_estimate(content); !parts) return fail(std::move(parts).error());
  return content;
}

Result<CompiledContent> compile_content(std::string_view xml, signer::Security security,
                                        std::span<const wbxml::SlotSpec> slots,
                                        const DeliveryProfile& profile) {
  return compile_content({.type = *content_type_of(&wbxml::prov()),
                          .source = xml,
                          .security = security,
                          .slots = slots},
                         profile);
}

}  // namespace cpgw::gateway::flow
