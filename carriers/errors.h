// What can go wrong in carriers: codecs and settings.
#pragma once

#include <string_view>

namespace cpgw::carriers {

enum class Errc {
  framing,        ///< command_length outside its limits: octet boundaries are lost; close the link
  truncated,      ///< the PDU ends inside a mandatory field; refuse the PDU, keep the link
  field_size,     ///< a field is longer than the standard allows; refuse the PDU, keep the link
  bad_tlv,        ///< an optional parameter runs past the end of the PDU; refuse it, keep the link
  bad_address,    ///< a source address no type of number fits; correct the setting
  not_in_version  ///< a carrier type or setting this version does not have
};

constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::framing: return "carriers/framing";
    case Errc::truncated: return "carriers/truncated";
    case Errc::field_size: return "carriers/field-size";
    case Errc::bad_tlv: return "carriers/bad-tlv";
    case Errc::bad_address: return "carriers/bad-address";
    case Errc::not_in_version: return "carriers/not-in-version";
  }
  return "carriers/none";
}

}  // namespace cpgw::carriers
