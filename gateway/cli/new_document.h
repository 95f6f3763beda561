// What the commands of cpgw new share.
#pragma once

#include <span>
#include <string_view>

#include "gateway/cli/io.h"
#include "wbxml/document.h"

namespace cpgw::gateway::cli {

/// The option a field of a document comes from.
struct OptionOfField {
  std::string_view field, option;
  bool in_file = false;  ///< the option names a file that holds the value
};
/// The error names the option instead of the field, and is CliErrc::usage when the option gives the
/// value itself.
[[nodiscard]] Error named_by_option(Error error, std::span<const OptionOfField> options);

/// Writes the document as XML, or complains. Gives the exit status.
int print_document(Io& io, const Result<wbxml::Document>& document,
                   std::span<const OptionOfField> options);

}  // namespace cpgw::gateway::cli
