#include "gateway/provisioning/providers.h"

#include <fmt/format.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace cpgw::gateway::provisioning {
namespace {

struct FreeParser {
  void operator()(xmlParserCtxt* context) const {
    if (context->myDoc != nullptr) xmlFreeDoc(context->myDoc);
    xmlFreeParserCtxt(context);
  }
};
using Parser = std::unique_ptr<xmlParserCtxt, FreeParser>;

std::string_view text_of(const xmlChar* text) { return reinterpret_cast<const char*>(text); }

// Collects providers from the parser's events. The first error wins and stops the parser.
class Collector {
 public:
  Collector(std::string_view file, const ProviderLimits& limits) : file_(file), limits_(limits) {}

  void bind(xmlParserCtxt* parser) { parser_ = parser; }

  void start(std::string_view name, int count, const xmlChar** attributes) {
    if (++depth_ > limits_.depth) return refuse(Errc::limit, "elements are nested too deep");
    if (depth_ == 1) {
      if (name != "serviceproviders")
        return refuse(Errc::bad_database, "the root element is not serviceproviders");
      if (attribute("format", count, attributes) != "2.0")
        return refuse(Errc::bad_database, "only format 2.0 is known");
      return;
    }
    text_.clear();
    if (name == "country") {
      country_ = attribute("code", count, attributes);
      country_name_.clear();
    } else if (name == "provider") {
      if (providers.size() >= limits_.providers) return refuse(Errc::limit, "too many providers");
      Provider& provider = providers.emplace_back();
      in_provider_ = true;
      provider.country = country_;
      provider.country_name = country_name_;
      provider.primary = attribute("primary", count, attributes) == "true";
      provider.line = line();
    } else if (in_provider_) {
      start_in_provider(name, count, attributes);
    }
  }

  void end(std::string_view name) {
    --depth_;
    const std::string text = std::exchange(text_, {});
    if (name == "provider") {
      in_provider_ = false;
    } else if (in_apn_) {
      end_in_apn(name, text);
    } else if (name == "gsm") {
      in_gsm_ = false;
    } else if (name == "cdma") {
      in_cdma_ = false;
    } else if (name == "name" && in_provider_ && !in_gsm_ && !in_cdma_) {
      providers.back().names.push_back(text);
    } else if (name == "name" && !in_provider_ && country_name_.empty()) {
      country_name_ = text;
    }
  }

  void text(std::string_view characters) {
    if (text_.size() + characters.size() > limits_.text_octets)
      return refuse(Errc::limit, "a text is too long");
    text_.append(characters);
  }

  void refuse(Errc code, std::string why) {
    if (!error) {
      Position at;
      at.file = file_;
      at.line = line();
      error = Error(code, std::move(why), std::move(at));
    }
    xmlStopParser(parser_);
  }

  std::vector<Provider> providers;
  std::optional<Error> error;

 private:
  [[nodiscard]] std::uint32_t line() const {
    const int at = xmlSAX2GetLineNumber(parser_);
    return at > 0 ? static_cast<std::uint32_t>(at) : 0;
  }

  // libxml2 gives five pointers an attribute: name, prefix, namespace, begin and end of the value.
  std::string attribute(std::string_view wanted, int count, const xmlChar** attributes) {
    for (int i = 0; i < count; ++i) {
      const xmlChar** one = attributes + 5 * i;
      if (text_of(one[0]) != wanted || one[1] != nullptr) continue;
      const auto octets = static_cast<std::size_t>(one[4] - one[3]);
      if (octets > limits_.text_octets) {
        refuse(Errc::limit, "an attribute value is too long");
        return {};
      }
      return {reinterpret_cast<const char*>(one[3]), octets};
    }
    return {};
  }

  void start_in_provider(std::string_view name, int count, const xmlChar** attributes) {
    Provider& provider = providers.back();
    if (name == "gsm") {
      provider.gsm = in_gsm_ = true;
    } else if (name == "cdma") {
      provider.cdma = in_cdma_ = true;
    } else if (name == "network-id" && in_gsm_) {
      provider.networks.push_back(
          {attribute("mcc", count, attributes), attribute("mnc", count, attributes)});
      if (provider.networks.size() > 1000) refuse(Errc::limit, "too many networks of one provider");
    } else if (name == "apn" && in_gsm_) {
      if (++apns_ > limits_.apns) return refuse(Errc::limit, "too many access points");
      in_apn_ = true;
      ApnEntry& apn = provider.apns.emplace_back();
      apn.value = attribute("value", count, attributes);
      apn.line = line();
    } else if (in_apn_) {
      ApnEntry& apn = provider.apns.back();
      if (name == "usage" && apn.usage.empty()) apn.usage = attribute("type", count, attributes);
      if (name == "plan") apn.plans.push_back(attribute("type", count, attributes));
      if (name == "authentication") apn.authentication = attribute("method", count, attributes);
    }
  }

  void end_in_apn(std::string_view name, const std::string& text) {
    ApnEntry& apn = providers.back().apns.back();
    if (name == "apn") in_apn_ = false;
    if (name == "name" && apn.name.empty()) apn.name = text;
    if (name == "gateway") apn.gateway = text;
    if (name == "username") apn.username = text;
    if (name == "password") apn.password = text;
    if (name == "mmsc") apn.mmsc = text;
    if (name == "mmsproxy") apn.mmsproxy = text;
    if (name == "dns") apn.dns.push_back(text);
  }

  std::string file_;
  const ProviderLimits& limits_;
  xmlParserCtxt* parser_ = nullptr;
  unsigned depth_ = 0;
  std::size_t apns_ = 0;
  std::string country_, country_name_, text_;
  bool in_provider_ = false, in_gsm_ = false, in_cdma_ = false, in_apn_ = false;
};

Collector& collector(void* context) {
  return *static_cast<Collector*>(static_cast<xmlParserCtxt*>(context)->_private);
}

void on_start(void* context, const xmlChar* name, const xmlChar*, const xmlChar*, int,
              const xmlChar**, int count, int, const xmlChar** attributes) {
  collector(context).start(text_of(name), count, attributes);
}
void on_end(void* context, const xmlChar* name, const xmlChar*, const xmlChar*) {
  collector(context).end(text_of(name));
}
void on_text(void* context, const xmlChar* characters, int octets) {
  collector(context).text(
      {reinterpret_cast<const char*>(characters), static_cast<std::size_t>(octets)});
}
void on_entity_declaration(void* context, const xmlChar*, int, const xmlChar*, const xmlChar*,
                           xmlChar*) {
  collector(context).refuse(Errc::bad_database, "entity declarations are not read");
}
xmlEntity* on_entity(void* context, const xmlChar* name) {
  xmlEntity* predefined = xmlGetPredefinedEntity(name);
  if (predefined == nullptr)
    collector(context).refuse(Errc::bad_database,
                              "an entity that is none of the five of XML is not read");
  return predefined;
}
xmlEntity* on_parameter_entity(void* context, const xmlChar*) {
  collector(context).refuse(Errc::bad_database, "parameter entities are not read");
  return nullptr;
}
void on_reference(void* context, const xmlChar*) {
  collector(context).refuse(Errc::bad_database, "an entity reference is not read");
}
// The DOCTYPE's external subset is named but never fetched; no tree is built.
void on_subset(void*, const xmlChar*, const xmlChar*, const xmlChar*) {}
xmlParserInput* on_resolve(void*, const xmlChar*, const xmlChar*) { return nullptr; }
void on_error(void* context, xmlError* error) {
  if (error == nullptr || error->level < XML_ERR_ERROR) return;
  std::string_view why = error->message != nullptr ? error->message : "not well-formed";
  while (why.ends_with('\n')) why.remove_suffix(1);
  collector(context).refuse(Errc::bad_database, fmt::format("not well-formed XML: {}", why));
}

xmlSAXHandler handlers() {
  xmlSAXHandler sax{};
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = on_start;
  sax.endElementNs = on_end;
  sax.characters = on_text;
  sax.cdataBlock = on_text;
  sax.entityDecl = on_entity_declaration;
  sax.getEntity = on_entity;
  sax.getParameterEntity = on_parameter_entity;
  sax.reference = on_reference;
  sax.internalSubset = on_subset;
  sax.externalSubset = on_subset;
  sax.resolveEntity = on_resolve;
  sax.serror = reinterpret_cast<xmlStructuredErrorFunc>(on_error);
  return sax;
}

}  // namespace

Result<std::vector<Provider>> parse_providers(std::string_view xml, std::string_view file,
                                              const ProviderLimits& limits) {
  Position at;
  at.file = file;
  if (xml.size() > limits.octets)
    return fail(Errc::limit, fmt::format("the database may have {} octets", limits.octets), at);
  static const xmlSAXHandler kHandlers = handlers();
  xmlSAXHandler sax = kHandlers;
  const Parser parser(xmlCreatePushParserCtxt(&sax, nullptr, nullptr, 0, nullptr));
  if (!parser) return fail(cpgw::Errc::io, "libxml2 gives no parser", at);
  xmlCtxtUseOptions(parser.get(), XML_PARSE_NONET);
  Collector collect(file, limits);
  collect.bind(parser.get());
  parser->_private = &collect;
  parser->sax->serror = sax.serror;
  constexpr std::size_t kChunk = 64 * 1024;
  for (std::size_t from = 0; from < xml.size() && !collect.error; from += kChunk) {
    const std::string_view chunk = xml.substr(from, kChunk);
    xmlParseChunk(parser.get(), chunk.data(), static_cast<int>(chunk.size()), 0);
  }
  if (!collect.error) xmlParseChunk(parser.get(), nullptr, 0, 1);
  if (!collect.error && parser->wellFormed == 0)
    collect.refuse(Errc::bad_database, "not well-formed XML");
  if (collect.error) return fail(std::move(*collect.error));
  return std::move(collect.providers);
}

Result<std::vector<Provider>> read_providers(const std::string& path,
                                             const ProviderLimits& limits) {
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  Position at;
  at.file = path;
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return fail(cpgw::Errc::io,
                fmt::format("cannot open the provider database: {}; it comes with the package "
                            "mobile-broadband-provider-info",
                            std::strerror(errno)),
                at);
  std::string xml;
  std::vector<char> chunk(64 * 1024);
  for (;;) {
    const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), file.get());
    if (got == 0) break;
    xml.append(chunk.data(), got);
    if (xml.size() > limits.octets) break;
  }
  if (std::ferror(file.get()) != 0)
    return fail(cpgw::Errc::io, "cannot read the provider database", at);
  return parse_providers(xml, path, limits);
}

}  // namespace cpgw::gateway::provisioning
