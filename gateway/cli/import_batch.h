// The rows of one request of cpgw import recipients.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "gateway/cli/rejects.h"
#include "gateway/provisioning/recipients_csv.h"

namespace cpgw::gateway::cli {

/// Owned by one thread. Its memory is wiped when it is given back: rows hold IMSIs and PINs.
class ImportBatch {
 public:
  ImportBatch();

  void add(const provisioning::CsvRow& row, const provisioning::RecipientColumns& columns);
  /// A row that is none is told to the gateway without a number, so that it is counted in the same
  /// commit; why is known here.
  void add_broken(std::uint64_t row, std::uint64_t line, const Error& error);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// 1,000 rows, or 1 MiB of JSON: far below the 4 MiB a request may have.
  [[nodiscard]] bool full() const;

  /// The "rows" of the request; may be asked for once. What rejects() needs stays.
  [[nodiscard]] boost::json::array take_rows();
  /// The rows `answer` rejected, each with its line. Throws what Boost.JSON throws at an answer of
  /// another form: see read_answer().
  [[nodiscard]] std::vector<Reject> rejects(const boost::json::object& answer) const;
  [[nodiscard]] const boost::json::storage_ptr& storage() const { return storage_; }

 private:
  boost::json::storage_ptr storage_;
  boost::json::array rows_;
  std::size_t octets_ = 0;
  provisioning::RecipientRow mapped_;
  std::vector<Reject> broken_;                                  ///< rows of the batch that are none
  std::vector<std::pair<std::uint64_t, std::uint64_t>> lines_;  ///< row, line
};

}  // namespace cpgw::gateway::cli
