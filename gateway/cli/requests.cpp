#include "gateway/cli/requests.h"

#include "gateway/cli/security_options.h"

namespace cpgw::gateway::cli {

Result<boost::json::object> content_of(Io& io, const std::string& file,
                                       const SecurityOptions& security, const SlotOptions& slots) {
  if (security.sec.empty()) {
    return fail(signer::Errc::bad_method,
                "name the security: netwpin, userpin, usernetwpin, userpinmac, or none; it is "
                "never defaulted",
                at_field("--sec"));
  }
  auto xml = read_input(io, file);
  if (!xml) return fail(std::move(xml).error());
  auto parsed = parse_slots(slots);
  if (!parsed) return fail(std::move(parsed).error());
  boost::json::object content{
      {"type", "text/vnd.wap.connectivity-xml"}, {"xml", *xml}, {"security", security.sec}};
  if (!parsed->specs.empty()) {
    boost::json::object declared;
    for (const wbxml::SlotSpec& slot : parsed->specs) {
      declared[slot.name] =
          boost::json::object{{"type", wbxml::to_string(slot.type)}, {"max", slot.max_octets}};
    }
    content["slots"] = std::move(declared);
  }
  return content;
}

}  // namespace cpgw::gateway::cli
