// Files of what is handed over.
#pragma once

#include <filesystem>
#include <vector>

#include "gateway/cli/hand_over.h"

namespace cpgw::gateway::cli {

/// Written beside and then named, all or none: whoever watches the folder never reads half a file
/// or half a push. For the owner alone: signed octets are nearly secrets. Errc::io; a file that
/// exists is left alone.
[[nodiscard]] Result<void> put_files(const std::filesystem::path& folder,
                                     const std::vector<HandedOver>& all);

}  // namespace cpgw::gateway::cli
