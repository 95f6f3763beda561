// What goes together in cpgw encode: which options serve which form and which kind of content.
#pragma once

#include <span>
#include <string_view>

#include "gateway/cli/commands.h"
#include "gateway/flow/content_types.h"

namespace cpgw::gateway::cli {

/// What --as takes.
[[nodiscard]] std::span<const std::string_view> encode_forms();

/// Every option serves the form and none that it needs is missing, before anything is read.
/// CliErrc::usage.
[[nodiscard]] Result<void> check_usage(const EncodeCommand& command);
/// The same of the content, once it is known. CliErrc::usage.
[[nodiscard]] Result<void> check_usage(const EncodeCommand& command, const flow::ContentType& type);

}  // namespace cpgw::gateway::cli
