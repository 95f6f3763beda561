// Content types and application ids: WAP-230-WSP table 40, OMNA. Ports: OMNA; Over The Air Settings
// Specification 7.0 (Ericsson, Nokia), 9 and 12.
#include "si_sl/contents.h"

#include <algorithm>
#include <array>

#include "si_sl/wsp_tables.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"

namespace cpgw::si_sl {
namespace {

constexpr std::uint16_t kUtf8 = 106;
constexpr std::uint16_t kPushPort = 2948, kPushSource = 9200;
constexpr std::uint16_t kSettingsPort = 49999, kSyncPort = 49996, kSettingsSource = 49154;
constexpr std::uint32_t kEmnApplication = 0x09;  // x-wap-application:emn.ua

/// One media type.
struct MediaType {
  std::uint16_t code = 0;  ///< its name stands in wsp_tables.h
  std::string_view text;   ///< its name when no code is registered
  const wbxml::DocumentType& (*type)() = nullptr;
  std::optional<std::uint32_t> application_id = {};
  std::optional<std::uint16_t> charset = {};
  std::uint16_t destination_port = kPushPort, source_port = kPushSource;
  bool decode_only = false;  ///< a name others use
};

/// By document type; of two that are written for one type, bookmarks stand behind settings.
constexpr auto kMediaTypes = std::to_array<MediaType>({
    {kConnectivityWbxml, "", wbxml::prov},
    {kSic, "", wbxml::si},
    {0x30, "", wbxml::sl},
    {0x32, "", wbxml::co},
    {0x030A, "", wbxml::emn, kEmnApplication},
    {0x4B, "", wbxml::drmrel},
    {0,
     "application/x-wap-prov.browser-settings",
     wbxml::ota_settings,
     {},
     kUtf8,
     kSettingsPort,
     kSettingsSource},
    {0,
     "application/x-wap-prov.browser-bookmarks",
     wbxml::ota_settings,
     {},
     kUtf8,
     kSettingsPort,
     kSettingsSource},
    {0x020B, "", wbxml::sync_settings, {}, kUtf8, kSyncPort, kSettingsSource},
    // Names of the same before it was registered: Wireshark has the first, a handset the second.
    {0, "application/x-prov.syncset+wbxml", wbxml::sync_settings, {}, {}, 0, 0, true},
    {0, "application/x-wap-prov.syncset+wbxml", wbxml::sync_settings, {}, {}, 0, 0, true},
});

consteval bool media_types_are_unique() {
  for (std::size_t i = 0; i < kMediaTypes.size(); ++i) {
    if ((kMediaTypes[i].code == 0) == kMediaTypes[i].text.empty()) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (kMediaTypes[i].code == kMediaTypes[j].code &&
          kMediaTypes[i].text == kMediaTypes[j].text) {
        return false;
      }
    }
  }
  return true;
}
static_assert(media_types_are_unique());

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_bookmark(const wbxml::Node& node) {
  const wbxml::Attribute* const type = node.attribute("TYPE");
  return type != nullptr && type->value == "BOOKMARK";
}

const MediaType* media_type_of(const wbxml::Document& document) {
  const auto row = std::ranges::find_if(kMediaTypes, [&](const MediaType& m) {
    return &m.type() == document.type && !m.decode_only;
  });
  if (row == kMediaTypes.end()) return nullptr;
  const auto& children = document.root.children;
  const bool bookmarks = document.type == &wbxml::ota_settings() && !children.empty() &&
                         std::ranges::all_of(children, is_bookmark);
  return bookmarks ? &*std::next(row) : &*row;
}

}  // namespace

Result<PushKind> push_kind(const wbxml::Document& document) {
  const MediaType* const media = media_type_of(document);
  if (media == nullptr) {
    return fail(wbxml::Errc::unknown_document, "the document is of no type that travels as a push");
  }
  return PushKind{media->code,
                  media->text,
                  media->charset,
                  media->application_id,
                  media->destination_port,
                  media->source_port};
}

Result<PushContent> push_content(const wbxml::Document& document) {
  auto kind = push_kind(document);
  if (!kind) return fail(std::move(kind).error());
  auto body = wbxml::encode(document, {.version = document.type->version});
  if (!body) return fail(std::move(body).error());
  return PushContent{*kind, std::move(*body)};
}

PushHeaders push_headers(const PushKind& kind) {
  PushHeaders headers;
  headers.content_type = kind.content_type;
  headers.content_type_text = kind.content_type_text;
  headers.charset = kind.charset;
  headers.application_id = kind.application_id;
  return headers;
}

const wbxml::DocumentType* document_type_of(std::uint16_t content_type) {
  const auto row = std::ranges::find(kMediaTypes, content_type, &MediaType::code);
  return content_type != 0 && row != kMediaTypes.end() ? &row->type() : nullptr;
}

const wbxml::DocumentType* document_type_of(std::string_view content_type) {
  if (const auto code = media_type_code(content_type)) return document_type_of(*code);
  const auto row = std::ranges::find_if(kMediaTypes, [&](const MediaType& m) {
    return m.code == 0 &&
           std::ranges::equal(m.text, content_type, [](char a, char b) { return a == lower(b); });
  });
  return row != kMediaTypes.end() ? &row->type() : nullptr;
}

const wbxml::DocumentType* document_type_of(const PushView& push) {
  return push.content_type ? document_type_of(*push.content_type)
                           : document_type_of(push.content_type_text);
}

}  // namespace cpgw::si_sl
