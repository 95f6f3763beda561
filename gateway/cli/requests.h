// Parts of requests that several commands build.
#pragma once

#include <boost/json/object.hpp>

#include "gateway/cli/commands.h"

namespace cpgw::gateway::cli {

/// The *content* of docs/zeromq.md from a file and the options.
[[nodiscard]] Result<boost::json::object> content_of(Io& io, const std::string& file,
                                                     const SecurityOptions& security,
                                                     const SlotOptions& slots);

}  // namespace cpgw::gateway::cli
