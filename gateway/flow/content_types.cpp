// Names: WAP-230-WSP, table 40, OMNA, and where nothing is registered those Kannel takes.
#include "gateway/flow/content_types.h"

#include <algorithm>
#include <array>

#include "si_sl/contents_dm.h"
#include "si_sl/wsp_push.h"

namespace cpgw::gateway::flow {
namespace {

using enum ContentType::Form;

constexpr auto kTypes = std::to_array<ContentType>({
    {"text/vnd.wap.connectivity-xml", xml, true, wbxml::prov},
    {"application/vnd.wap.connectivity-wbxml", octets, true, nullptr, si_sl::kConnectivityWbxml},
    {"text/vnd.wap.si", xml, false, wbxml::si},
    {"text/vnd.wap.sl", xml, false, wbxml::sl},
    {"text/vnd.wap.co", xml, false, wbxml::co},
    {"text/vnd.wap.emn+xml", xml, false, wbxml::emn},
    {"application/vnd.oma.drm.rights+xml", xml, false, wbxml::drmrel},
    {"text/x-wap-prov.browser-settings", xml, true, wbxml::ota_settings},
    {"text/x-wap-prov.browser-bookmarks", xml, true, wbxml::ota_settings},
    {"text/vnd.nokia.syncset+xml", xml, true, wbxml::sync_settings},
    {"application/vnd.syncml.notification", octets, false, nullptr, si_sl::kDmNotification,
     si_sl::kDmApplication},
    {"application/vnd.syncml.dm+wbxml", octets, true, nullptr, si_sl::kDmWbxml,
     si_sl::kDmApplication},
    {"text/plain", text},
});

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view field_of(ContentType::Form form) {
  switch (form) {
    case xml: return "xml";
    case octets: return "octets";
    case text: break;
  }
  return "text";
}

std::span<const ContentType> content_types() { return kTypes; }

const ContentType* content_type(std::string_view name) {
  const auto found = std::ranges::find_if(kTypes, [&](const ContentType& type) {
    return std::ranges::equal(type.name, name, {}, {}, lower);
  });
  return found == kTypes.end() ? nullptr : &*found;
}

const ContentType* content_type_of(const wbxml::DocumentType* document) {
  const auto found = std::ranges::find_if(kTypes, [&](const ContentType& type) {
    return type.document != nullptr && &type.document() == document;
  });
  return found == kTypes.end() ? nullptr : &*found;
}

}  // namespace cpgw::gateway::flow
