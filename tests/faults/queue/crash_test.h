// The child's side of crash_test.cpp.
#pragma once

#include <string>

namespace cpgw::queue::test {

/// Writes to the store in `directory` until killed, telling on standard output what was
/// acknowledged. `die` is "" or a kind of file step and a number, such as "sync:12": the process
/// kills itself before that step.
int write_until_killed(const std::string& directory, const std::string& seed,
                       const std::string& die);

}  // namespace cpgw::queue::test
