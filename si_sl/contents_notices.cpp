// WAP-167-ServiceInd, WAP-168-ServiceLoad, WAP-175-CacheOp, OMA-Push-EMN-V1_0: their elements. The
// order of attributes is free; this one is that of published pushes.
#include "si_sl/contents_notices.h"

#include <algorithm>

#include "si_sl/contents_fields.h"
#include "si_sl/errors.h"
#include "wbxml/token_table.h"

namespace cpgw::si_sl {
namespace {

using detail::check_text;
using detail::check_uri;
using detail::element;
using detail::put;

constexpr std::string_view name_of(ServiceIndication::Action action) {
  switch (action) {
    case ServiceIndication::Action::signal_none: return "signal-none";
    case ServiceIndication::Action::signal_low: return "signal-low";
    case ServiceIndication::Action::signal_medium: return "signal-medium";
    case ServiceIndication::Action::signal_high: return "signal-high";
    case ServiceIndication::Action::erase: return "delete";
  }
  return {};
}
constexpr std::string_view name_of(ServiceLoading::Action action) {
  switch (action) {
    case ServiceLoading::Action::execute_low: return "execute-low";
    case ServiceLoading::Action::execute_high: return "execute-high";
    case ServiceLoading::Action::cache: return "cache";
  }
  return {};
}

void put_text(wbxml::Node& node, std::string_view text) {
  if (text.empty()) return;
  wbxml::Node run;
  run.kind = wbxml::Node::Kind::text;
  run.text = text;
  node.children.push_back(std::move(run));
}

Result<void> put_date(wbxml::Node& node, std::string_view name,
                      const std::optional<WallSeconds>& time) {
  if (!time) return {};
  auto text = detail::date_text(*time, name);
  if (!text) return fail(std::move(text).error());
  put(node, name, *text);
  return {};
}

Result<wbxml::Node> info_of(const std::vector<ServiceIndication::Item>& items) {
  wbxml::Node info = element("info");
  for (const auto& item : items) {
    if (auto done = check_text(item.class_name, "class"); !done) {
      return fail(std::move(done).error());
    }
    const bool blank = std::ranges::any_of(item.class_name, [](char c) { return c <= ' '; });
    if (item.class_name.empty() || blank) {
      return fail(Errc::bad_value, "a class is a name without blanks", at_field("class"));
    }
    if (auto done = check_text(item.text, "item"); !done) return fail(std::move(done).error());
    wbxml::Node node = element("item");
    put(node, "class", item.class_name);
    put_text(node, item.text);
    info.children.push_back(std::move(node));
  }
  return info;
}

}  // namespace

Result<wbxml::Document> document_of(const ServiceIndication& si) {
  if (!si.href.empty()) {
    if (auto done = check_uri(si.href, "href"); !done) return fail(std::move(done).error());
  }
  for (const auto& [value, field] : {std::pair{&si.text, "text"}, std::pair{&si.si_id, "si-id"}}) {
    if (auto done = check_text(*value, field); !done) return fail(std::move(done).error());
  }
  // 5.2.4: what is deleted is found by its si-id, which then is not taken from href.
  if (si.action == ServiceIndication::Action::erase && si.si_id.empty()) {
    return fail(Errc::bad_value, "a delete needs the si-id of what is to be deleted",
                at_field("si-id"));
  }
  if (si.created && si.si_expires && *si.si_expires <= *si.created) {
    return fail(Errc::bad_value, "it expires before it was created", at_field("si-expires"));
  }
  wbxml::Node indication = element("indication");
  put(indication, "href", si.href);
  for (const auto& [time, name] :
       {std::pair{&si.created, "created"}, std::pair{&si.si_expires, "si-expires"}}) {
    if (auto done = put_date(indication, name, *time); !done) return fail(std::move(done).error());
  }
  if (si.action) put(indication, "action", name_of(*si.action));
  put(indication, "si-id", si.si_id);
  put_text(indication, si.text);
  wbxml::Document document{&wbxml::si(), element("si")};
  document.root.children.push_back(std::move(indication));
  if (!si.info.empty()) {
    auto info = info_of(si.info);
    if (!info) return fail(std::move(info).error());
    document.root.children.push_back(std::move(*info));
  }
  return document;
}

Result<wbxml::Document> document_of(const ServiceLoading& sl) {
  if (auto done = check_uri(sl.href, "href"); !done) return fail(std::move(done).error());
  wbxml::Document document{&wbxml::sl(), element("sl")};
  if (sl.action) put(document.root, "action", name_of(*sl.action));
  put(document.root, "href", sl.href);
  return document;
}

Result<wbxml::Document> document_of(const CacheOperation& co) {
  if (co.objects.empty() && co.services.empty()) {
    return fail(Errc::bad_value, "neither an object nor a service to invalidate", at_field("co"));
  }
  wbxml::Document document{&wbxml::co(), element("co")};
  for (const auto& [uris, name] : {std::pair{&co.objects, "invalidate-object"},
                                   std::pair{&co.services, "invalidate-service"}}) {
    for (const std::string& uri : *uris) {
      if (auto done = check_uri(uri, name); !done) return fail(std::move(done).error());
      wbxml::Node node = element(name);
      put(node, "uri", uri);
      document.root.children.push_back(std::move(node));
    }
  }
  return document;
}

Result<wbxml::Document> document_of(const EmailNotification& emn) {
  if (auto done = check_uri(emn.mailbox, "mailbox"); !done) return fail(std::move(done).error());
  wbxml::Document document{&wbxml::emn(), element("emn")};
  put(document.root, "mailbox", emn.mailbox);
  if (auto done = put_date(document.root, "timestamp", emn.timestamp); !done) {
    return fail(std::move(done).error());
  }
  return document;
}

}  // namespace cpgw::si_sl
