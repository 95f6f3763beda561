#include "gateway/cli/encode_files.h"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace cpgw::gateway::cli {

Result<void> put_files(const std::filesystem::path& folder, const std::vector<HandedOver>& all) {
  const auto failed = [](const std::filesystem::path& file, const std::string& why) {
    Position at;
    at.file = file.string();
    return fail(Error(Errc::io, why, std::move(at)));
  };
  std::error_code problem;
  for (const HandedOver& one : all) {
    if (std::filesystem::exists(folder / one.file, problem))
      return failed(folder / one.file, "exists already; give this push another --ref");
  }
  const auto half = [&](const HandedOver& one) { return folder / ("." + one.file); };
  const auto give_up = [&] {
    for (const HandedOver& one : all) std::filesystem::remove(half(one), problem);
  };
  for (const HandedOver& one : all) {
    std::ofstream out(half(one), std::ios::binary | std::ios::trunc);
    const int why = errno;
    std::filesystem::permissions(
        half(one), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
        problem);
    out << one.text;
    out.close();
    if (!out) {
      give_up();
      return failed(half(one), std::string("cannot be written: ") + std::strerror(why));
    }
  }
  for (const HandedOver& one : all) {
    std::filesystem::rename(half(one), folder / one.file, problem);
    if (problem) {
      const std::string why = problem.message();
      give_up();
      return failed(folder / one.file, "cannot be written: " + why);
    }
  }
  return {};
}

}  // namespace cpgw::gateway::cli
