// cpgw import providers: one document per provider of the database, and every fault of its data.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/table.h"
#include "gateway/provisioning/provider_document.h"
#include "wbxml/encoder.h"

namespace cpgw::gateway::cli {
namespace {

namespace prov = provisioning;

struct Counts {
  std::size_t providers = 0, documents = 0, internet = 0, mms = 0, faults = 0;
  std::map<std::string, std::size_t> by_kind;
};

Result<void> write_document(const std::filesystem::path& file, const wbxml::Document& document) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << wbxml::write_xml(document);
  out.close();
  Position at;
  at.file = file.string();
  if (!out) return fail(Errc::io, "cannot be written", std::move(at));
  return {};
}

}  // namespace

int run(const ImportProvidersCommand& command, Io& io) {
  const std::string file =
      command.file.empty() ? std::string(prov::kProviderDatabase) : command.file;
  const auto providers = prov::read_providers(file);
  if (!providers) {
    complain(io, providers.error());
    if (command.file.empty())
      io.err << "cpgw: the database is in Debian's package mobile-broadband-provider-info\n";
    return kMalformed;
  }
  std::optional<std::size_t> only;
  if (!command.provider.empty()) {
    const auto found = prov::find_provider(*providers, command.provider);
    if (!found) return complain(io, found.error(), kNo);
    only = *found;
  }
  if (!command.out.empty()) {
    std::error_code problem;
    std::filesystem::create_directories(command.out, problem);
    if (problem) return complain(io, Error(Errc::io, command.out + ": " + problem.message()));
  }
  const std::vector<std::string> slugs = prov::provider_slugs(*providers);
  Counts counts;
  boost::json::array documents;
  std::vector<std::vector<std::string>> fault_rows;
  for (std::size_t i = 0; i < providers->size(); ++i) {
    if (only && *only != i) continue;
    const prov::ProviderDocument made = prov::provider_document((*providers)[i]);
    ++counts.providers;
    counts.documents += made.document ? 1 : 0;
    counts.internet += made.document && made.internet ? 1 : 0;
    counts.mms += made.document && made.mms ? 1 : 0;
    const std::string name = prov::provider_reference(*providers, i);
    boost::json::array faults;
    for (const prov::DataFault& fault : made.faults) {
      ++counts.faults;
      ++counts.by_kind[std::string(prov::to_string(fault.kind))];
      faults.push_back(boost::json::object{
          {"kind", prov::to_string(fault.kind)}, {"line", fault.line}, {"message", fault.message}});
      fault_rows.push_back({std::to_string(fault.line), name,
                            std::string(prov::to_string(fault.kind)), fault.message});
    }
    std::string path;
    if (made.document && !command.out.empty()) {
      path = (std::filesystem::path(command.out) / (slugs[i] + ".xml")).string();
      if (auto done = write_document(path, *made.document); !done)
        return complain(io, done.error());
    }
    boost::json::object one{{"provider", name},
                            {"document", made.document.has_value()},
                            {"internet", made.internet},
                            {"mms", made.mms},
                            {"faults", std::move(faults)}};
    if (!path.empty()) one["file"] = path;
    documents.push_back(std::move(one));
  }
  if (command.json) {
    boost::json::object kinds;
    for (const auto& [kind, n] : counts.by_kind) kinds[kind] = n;
    io.out << boost::json::serialize(boost::json::object{{"providers", counts.providers},
                                                         {"documents", counts.documents},
                                                         {"internet", counts.internet},
                                                         {"mms", counts.mms},
                                                         {"faults", counts.faults},
                                                         {"faults_by_kind", std::move(kinds)},
                                                         {"list", std::move(documents)}})
           << "\n";
    return kDone;
  }
  if (!fault_rows.empty())
    io.out << table({"line", "provider", "fault", "what was found and done"}, fault_rows) << "\n";
  io.out << counts.providers << " providers, " << counts.documents << " documents ("
         << counts.internet << " with internet, " << counts.mms << " with MMS), " << counts.faults
         << " faults of the data\n";
  if (command.out.empty()) io.out << "nothing written: name a folder with --out\n";
  return kDone;
}

}  // namespace cpgw::gateway::cli
