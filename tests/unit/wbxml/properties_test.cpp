#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "documents.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/template.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

using test::Choice;
using test::random_document;

constexpr DecodeLimits kWide{.octets = 1 << 20, .text_octets = 1 << 20};

RC_GTEST_PROP(WbxmlProperties, DecodingWhatWasEncodedGivesTheDocument, (std::uint64_t seed)) {
  const Document document = test::random_document_of_any_type(seed);
  std::size_t in_line = 0;
  for (const unsigned how : {0u, 1u, 2u, 3u}) {
    const auto octets = encode(document, {.version = static_cast<std::uint8_t>(2 + seed % 2),
                                          .stay_on_page = (how & 1) != 0,
                                          .string_table = (how & 2) != 0});
    RC_ASSERT(octets.has_value());
    const auto back = decode(*octets, kWide);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->notes.empty());
    RC_ASSERT(*back == document);
    if (how == 0) in_line = octets->size();
    if (how == 2) RC_ASSERT(octets->size() <= in_line);
  }
}

/// Some names replaced by ones no table has.
void rename_some(Choice& choose, Node& node) {
  static constexpr const char* kNames[] = {"datatype", "x-name", "name.1", "o:p", "_"};
  for (Attribute& a : node.attributes) {
    const char* const name = kNames[choose.below(std::size(kNames))];
    if (choose.one_in(3) && node.attribute(name) == nullptr) {
      a = {name, test::random_text(choose), {}};
    }
  }
  for (Node& child : node.children) {
    if (child.kind == Node::Kind::element && choose.one_in(3)) {
      child.name = kNames[choose.below(std::size(kNames))];
    }
    rename_some(choose, child);
  }
}

RC_GTEST_PROP(WbxmlProperties, LiteralsComeBackAsTheirNames, (std::uint64_t seed)) {
  Choice choose(seed);
  Document document = test::random_document_of_any_type(seed);
  rename_some(choose, document.root);
  const auto octets = encode(document, {.string_table = choose.one_in(2), .literals = true});
  RC_ASSERT(octets.has_value());
  const auto back = decode(*octets, kWide);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == document);
}

RC_GTEST_PROP(WbxmlProperties, ReadingWhatWasWrittenAsXmlGivesTheDocument, (std::uint64_t seed)) {
  static XmlReader reader({.octets = 1 << 20});
  const Document document = test::random_document_of_any_type(seed);
  const auto back = reader.read(write_xml(document, seed % 2 == 0 ? 0 : 3));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == document);
}

/// Every value of `node` replaced by its slots filled in by hand.
void fill_by_hand(Node& node, std::span<const std::string> values) {
  for (Attribute& a : node.attributes) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string mark = "${s" + std::to_string(i) + "}";
      if (const std::size_t at = a.value.find(mark); at != std::string::npos) {
        a.value.replace(at, mark.size(), values[i]);
        break;
      }
    }
  }
  for (Node& child : node.children) fill_by_hand(child, values);
}

void remove_dollars(Node& node) {
  for (Attribute& a : node.attributes) std::erase(a.value, '$');
  for (Node& child : node.children) remove_dollars(child);
}

void collect(Node& node, std::vector<Attribute*>& all) {
  for (Attribute& a : node.attributes) all.push_back(&a);
  for (Node& child : node.children) collect(child, all);
}

RC_GTEST_PROP(WbxmlProperties, FillingATemplateChangesTextAndNeverTheTree, (std::uint64_t seed)) {
  Choice choose(seed);
  Document document = random_document(seed);
  remove_dollars(document.root);
  std::vector<Attribute*> all;
  collect(document.root, all);
  RC_PRE(!all.empty());

  std::vector<SlotSpec> slots;
  std::vector<std::string> values;
  const std::size_t wanted = std::min<std::size_t>(1 + choose.below(4), all.size());
  for (std::size_t i = 0; i < wanted; ++i) {
    std::swap(all[i], all[i + choose.below(all.size() - i)]);
    std::string& value = all[i]->value;
    const std::string mark = "${s" + std::to_string(i) + "}";
    if (choose.one_in(2)) {
      value = mark;
    } else {
      value += mark;
    }
    slots.push_back({"s" + std::to_string(i), SlotType::text, 100});
    // Hostile on purpose: what looks like tokens, octets of the grammar, slots, markup.
    std::string given = choose.one_in(4)
                            ? std::string(prov().values[choose.below(prov().values.size())].text)
                            : test::random_text(choose, 20);
    if (choose.one_in(5)) given = "${s0}\"/><parm name=\"X\"/>";
    values.push_back(given);
  }
  const auto compiled = Template::compile(document, slots);
  RC_ASSERT(compiled.has_value());
  Octets out;
  const std::vector<std::string_view> views(values.begin(), values.end());
  RC_ASSERT(compiled->fill(views, out).has_value());
  RC_ASSERT(out.size() <= compiled->max_octets());
  const auto back = decode(out, kWide);
  RC_ASSERT(back.has_value());
  fill_by_hand(document.root, values);
  RC_ASSERT(*back == document);

  const auto stored = Template::parse(compiled->serialize());
  RC_ASSERT(stored.has_value());
  RC_ASSERT(*stored == *compiled);
}

RC_GTEST_PROP(WbxmlProperties, AnyOctetsAreADocumentOrAnErrorInsideThem,
              (const std::vector<std::uint8_t>& tail)) {
  Octets octets = from_hex("030b6a00c546").value();
  for (const std::uint8_t b : tail) octets.push_back(std::byte{b});
  const auto document = decode(octets);
  RC_ASSERT(document.has_value() || *document.error().at.offset <= octets.size());
}

}  // namespace
}  // namespace cpgw::wbxml
