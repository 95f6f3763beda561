// Parts of requests that several commands build.
#pragma once

#include <boost/json/object.hpp>

#include "gateway/cli/commands.h"
#include "gateway/flow/content_types.h"

namespace cpgw::gateway::cli {

struct GivenContent {
  const flow::ContentType* type = nullptr;
  std::string source;  ///< in the form of the type; octets as hexadecimal digits
  std::string label;   ///< for messages: the file's name
};
/// Reads the file, and finds its type where none is named: the one of its document.
[[nodiscard]] Result<GivenContent> read_content(Io& io, const ContentOptions& options);

/// The *content* of docs/zeromq.md from a file or text and the options.
[[nodiscard]] Result<boost::json::object> content_of(Io& io, const ContentOptions& options,
                                                     const SecurityOptions& security,
                                                     const SlotOptions& slots);

}  // namespace cpgw::gateway::cli
