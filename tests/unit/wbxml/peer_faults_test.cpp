// Documents that other encoders or decoders are known to get wrong, and our octets for them, both
// ways. tests/conformance/wbxml/README.md says whose fault each one is.
#include <gtest/gtest.h>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

struct Fault {
  const char* name;
  const char* xml;
  const char* hex;
  EncodeOptions options{};
};

const Fault kFaults[] = {
    {"TetraIsNotTretra", "<wap-provisioningdoc><parm value='TETRA-SDS'/></wap-provisioningdoc>",
     "030b6a00458706b50101"},
    {"ANameIsNoBeginning", "<wap-provisioningdoc><parm name='NAMESPACE'/></wap-provisioningdoc>",
     "030b6a00458705034e414d455350414345000101"},
    {"AValueIsNotCutAtTokens",
     "<wap-provisioningdoc><parm value='ALOHA,HAL'/></wap-provisioningdoc>",
     "030b6a0045870603414c4f48412c48414c000101"},
    {"ValueMayStayOnPageOne",
     "<wap-provisioningdoc><parm name='APPID' value='w2'/></wap-provisioningdoc>",
     "030b6a00458700013606037732000101",
     {.stay_on_page = true}},
    {"TextInCdataIsAString",
     "<si><indication><![CDATA[a<b]]></indication></si>",
     "02056a00454603613c62000101",
     {.version = 2}},
    {"PrefixesOfRightsAreKept",
     "<o-ex:rights xmlns:o-ex='http://odrl.net/1.1/ODRL-EX'><o-ex:permission><o-dd:play/>"
     "</o-ex:permission></o-ex:rights>",
     "030e6a00c50585014d0e0101"},
    {"AUrlOfAnotherSchemeIsWhole",
     "<sl href='ftp://acme.net/z'/>",
     "02066a008508036674703a2f2f61636d650087037a0001",
     {.version = 2}},
    {"AUrlWithoutASchemeIsWhole",
     "<sl href='//acme.edu/x'/>",
     "02066a008508032f2f61636d65008603780001",
     {.version = 2}},
    {"TheLongestBeginningOfAUrlIsTaken",
     "<sl href='https://www.a'/>",
     "02066a00850c03610001",
     {.version = 2}},
    {"EveryKindOfEndingOfAUrlIsTaken",
     "<sl href='a.org/b.com/'/>",
     "02066a0085080361008803620085"
     "01",
     {.version = 2}},
    {"NoEmptyStringAfterATokenOfAUrl",
     "<sl href='http://www.'/>",
     "02066a00850a01",
     {.version = 2}},
    {"CaseIsKept",
     "<wap-provisioningdoc><parm name='napid' value='gsm-gprs'/><parm value='Chap'/>"
     "</wap-provisioningdoc>",
     "030b6a00458705036e61706964000603"
     "67736d2d67707273000187060343686170000101"},
    {"UserNameIsNoWlanToken",
     "<wap-provisioningdoc><parm name='UserName'/><parm name='PASSWORD'/></wap-provisioningdoc>",
     "030b6a0045870503557365724e616d650001870503"
     "50415353574f5244000101"},
    {"BlanksAreKept", "<wap-provisioningdoc><parm value='a   b'/></wap-provisioningdoc>",
     "030b6a0045870603612020"
     "2062000101"},
    {"BlanksOfAnIndicationAreKept",
     "<si><indication>t  u   v</indication></si>",
     "02056a004546037420207520202076000101",
     {.version = 2}},
    {"ProvisioningNeedsNoDoctype", "<wap-provisioningdoc/>", "030b6a0005"},
    {"NamesThatClashWithGlobalTokensAreInLine",
     "<wap-provisioningdoc><parm name='NETMODE'/><parm name='PRI-H-SSID'/></wap-provisioningdoc>",
     "030b6a00458705034e45544d4f4445000187"
     "05035052492d482d53534944000101"},
    {"EncapsIsNoSecSsid",
     "<wap-provisioningdoc><parm name='ENCAPS'/><characteristic type='SEC-SSID'/>"
     "</wap-provisioningdoc>",
     "030b6a0045870503454e434150530001865003"
     "5345432d53534944000101"},
    {"AnEmptyValueIsItsStartAlone",
     "<wap-provisioningdoc><parm name='NAME' value=''/></wap-provisioningdoc>",
     "030b6a00458707060101"},
    {"AListOfAuthenticationsIsItsPieces",
     "<wap-provisioningdoc><parm name='AAUTHTYPE' value='HTTP-BASIC,HTTP-DIGEST'/>"
     "</wap-provisioningdoc>",
     "030b6a0045870001330691929091930101"},
    {"AutoBaudingAndPacketAreWhole",
     "<wap-provisioningdoc><parm value='AUTOBAUDING'/><parm value='IS-95-CDMA-PACKET'/>"
     "</wap-provisioningdoc>",
     "030b6a00458706c501"
     "8706a70101"},
    {"TheOneInCdma2000IsADigit",
     "<wap-provisioningdoc><parm value='CDMA2000-1X-SIMPLE-IP'/></wap-provisioningdoc>",
     "030b6a00458706b90101"},
    {"AaaAndHaStandOnPageZero",
     "<wap-provisioningdoc><parm value='AAA'/><parm value='HA'/></wap-provisioningdoc>",
     "030b6a00458706e0018706e10101"},
    {"EndingsOfAMailboxHaveNoSlash", "<emn mailbox='pop://a.com'/>",
     "030d6a00850803610085"
     "01"},
    {"VendorConfigIsNotLost",
     "<wap-provisioningdoc><characteristic type='VENDORCONFIG'/></wap-provisioningdoc>",
     "030b6a004586570101"},
    {"TheHeaderOfVersionOneOneHasACharset", "<wap-provisioningdoc/>", "010b6a0005", {.version = 1}},
};

class WbxmlPeerFaults : public testing::TestWithParam<Fault> {};

TEST_P(WbxmlPeerFaults, AreNotOurs) {
  const Fault& fault = GetParam();
  const auto document = read_xml(fault.xml);
  ASSERT_TRUE(document) << to_string(document.error());
  const auto octets = encode(*document, fault.options);
  ASSERT_TRUE(octets) << to_string(octets.error());
  EXPECT_EQ(to_hex(*octets), fault.hex);
  const auto back = decode(from_hex(fault.hex).value(), {.unknown = 0});
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(*back, *document);
}

INSTANTIATE_TEST_SUITE_P(All, WbxmlPeerFaults, testing::ValuesIn(kFaults),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace cpgw::wbxml
