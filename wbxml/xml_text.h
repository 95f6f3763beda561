// What libxml2 says and how it says it, and what it is not to be given.
#pragma once

#include <libxml/xmlerror.h>

#include <optional>
#include <string>
#include <string_view>

namespace cpgw::wbxml::detail {

/// libxml2 takes a NUL for the end of the document and would not see what follows it.
[[nodiscard]] std::optional<std::size_t> find_nul(std::string_view xml);

/// Is `name`, in any case, a declared encoding that is read?
[[nodiscard]] bool encoding_is_read(std::string_view name);

/// Without entity replacement libxml2 gives every ampersand of an attribute value as "&#38;",
/// however it was written, and has refused every other reference.
void assign_value(std::string& to, std::string_view given);

/// libxml2's sentence where it cannot hold a piece of a value, else one of our own.
[[nodiscard]] std::string message_of(const xmlError& error);

}  // namespace cpgw::wbxml::detail
