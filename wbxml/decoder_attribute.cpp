// Attributes and what their values are made of.
#include "wbxml/base64.h"
#include "wbxml/characters.h"
#include "wbxml/date.h"
#include "wbxml/decoder_impl.h"

namespace cpgw::wbxml::detail {

Result<void> Decoder::start_attribute(Node& node, std::uint8_t token, std::size_t at,
                                      std::size_t most) {
  if (node.attributes.size() == most) {
    return refuse(Errc::limit, "more than " + std::to_string(most) + " attributes", at);
  }
  Attribute attribute;
  attribute.at.offset = at;
  form_ = ValueForm::text;
  if (token == kLiteral) {
    auto name = in_.literal_name();
    if (!name) return fail(std::move(name).error());
    attribute.name = std::move(*name);
  } else if (const AttributeToken* const row =
                 by_token(document_.type->attributes, attribute_page_, token)) {
    attribute.name = row->name;
    attribute.value = row->value_prefix;
    form_ = row->form;
  } else {
    attribute.name = "_attribute" + page_and_token(attribute_page_, token);
    if (auto done = unknown(Errc::unknown_name,
                            "attribute token " + hex8(token) + " is not assigned on page " +
                                std::to_string(attribute_page_),
                            at);
        !done) {
      return done;
    }
  }
  if (node.attribute(attribute.name) != nullptr) {
    return refuse(Errc::malformed, "attribute '" + attribute.name + "' stands twice in one element",
                  at);
  }
  node.attributes.push_back(std::move(attribute));
  return {};
}

Result<void> Decoder::extension(std::string& to, std::uint8_t token, std::size_t at) {
  if (auto done = unknown(Errc::unsupported,
                          "token " + hex8(token) + " (extension) has no meaning in " +
                              std::string(document_.type->name),
                          at);
      !done) {
    return done;
  }
  const std::string number(1, static_cast<char>('0' + (token & kIdentity)));
  if (token >= kExt) return in_.append(to, "_ext." + number, at);
  if (token >= kExtT) {
    const auto value = in_.mb_u_int32();
    if (!value) return fail(value.error());
    return in_.append(to, "_ext_t." + number + "(" + std::to_string(*value) + ")", at);
  }
  std::string text = "_ext_i." + number + "(";
  if (auto done = in_.append_string(text, kStrI, at); !done) return done;
  return in_.append(to, text + ")", at);
}

Result<void> Decoder::opaque(std::string& to, Content content, ValueForm form, std::size_t at) {
  const auto octets = in_.opaque(at);
  if (!octets) return fail(octets.error());
  if (content == Content::base64) return in_.append(to, to_base64(*octets), at);
  if (form == ValueForm::date) {
    const auto text = date_text(*octets);
    if (!text) return refuse(Errc::bad_value, "opaque data that is no date", at);
    return in_.append(to, *text, at);
  }
  // Nowhere else do these document types give it a meaning: it is text if it can be.
  const std::size_t begin = in_.offset() - octets->size();
  auto done = in_.append_text(to, *octets, begin);
  if (done || done.error().code != Code(Errc::bad_value)) return done;
  if (auto noted = unknown(Errc::bad_value, "opaque data that is no text", begin); !noted) {
    return noted;
  }
  return in_.append(to, "_opaque(" + to_hex(*octets, HexCase::upper) + ")", at);
}

Result<void> Decoder::attribute_value(std::string& value, std::uint8_t token, std::size_t at) {
  if (is_string(token)) return in_.append_string(value, token, at);
  if (token == kOpaque) return opaque(value, Content::text, form_, at);
  if (is_extension(token)) return extension(value, token, at);
  if (token < 0x80 || (token & kIdentity) < 0x05) {
    return refuse(Errc::malformed, "token " + hex8(token) + " cannot stand in a value", at);
  }
  if (const ValueToken* const row = by_token(document_.type->values, attribute_page_, token)) {
    return in_.append(value, row->text, at);
  }
  if (auto done = unknown(Errc::unknown_name,
                          "attribute value token " + hex8(token) + " is not assigned on page " +
                              std::to_string(attribute_page_),
                          at);
      !done) {
    return done;
  }
  return in_.append(value, "_value" + page_and_token(attribute_page_, token), at);
}

Result<void> Decoder::attributes(Node& node, std::size_t most) {
  while (true) {
    const std::size_t at = in_.offset();
    const auto token = in_.octet();
    if (!token) return fail(token.error());
    if (*token == kEnd) {
      if (node.attributes.empty()) {
        return refuse(Errc::malformed, "an attribute list without an attribute", at);
      }
      return {};
    }
    Result<void> done;
    if (*token == kSwitchPage) {
      const auto next = in_.octet();
      if (!next) return fail(next.error());
      attribute_page_ = *next;
    } else if (*token == kLiteral || (*token < 0x80 && (*token & kIdentity) >= 0x05)) {
      done = start_attribute(node, *token, at, most);
    } else if (node.attributes.empty()) {
      return refuse(Errc::malformed, "a value before the first attribute", at);
    } else {
      done = attribute_value(node.attributes.back().value, *token, at);
    }
    if (!done) return done;
  }
}

Result<void> Decoder::processing_instruction(std::size_t at) {
  // PI attrStart *attrValue END: one attribute of an element that is not there.
  if (auto done = count_node(at); !done) return done;
  Node scratch;
  if (auto done = attributes(scratch, 1); !done) return done;
  const Attribute& only = scratch.attributes.front();
  document_.notes.push_back({Note::Kind::processing_instruction,
                             "processing instruction " + only.name + "=\"" + only.value + "\"",
                             {.offset = at}});
  return {};
}

}  // namespace cpgw::wbxml::detail
