// Errors of provisioning.
#pragma once

#include <string_view>

namespace cpgw::gateway::provisioning {

enum class Errc {
  bad_database,        ///< the provider database is not well-formed or not of its format
  limit,               ///< larger, deeper or wider than allowed
  bad_name,            ///< not "cc/NAME" or "cc/NAME#n"
  unknown_provider,    ///< no provider of that name; the message lists near ones
  ambiguous_provider,  ///< several providers have that name; the message lists them
  no_document,         ///< the provider has nothing a document can express
  csv_syntax,          ///< a row that is not RFC 4180; that row is lost, the next is read
  csv_row,             ///< a row with more or fewer fields than the header
  bad_column,          ///< an unknown, missing or repeated column
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::bad_database: return "provisioning/bad-database";
    case Errc::limit: return "provisioning/limit";
    case Errc::bad_name: return "provisioning/bad-name";
    case Errc::unknown_provider: return "provisioning/unknown-provider";
    case Errc::ambiguous_provider: return "provisioning/ambiguous-provider";
    case Errc::no_document: return "provisioning/no-document";
    case Errc::csv_syntax: return "provisioning/csv-syntax";
    case Errc::csv_row: return "provisioning/csv-row";
    case Errc::bad_column: return "provisioning/bad-column";
  }
  return "provisioning/none";
}

}  // namespace cpgw::gateway::provisioning
