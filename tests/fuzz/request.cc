// Fuzzes the request encoder: the input is the fields of a request, taken off piece by piece, with
// the size of the packet in front. What comes out is read by a decoder of its own, which knows the
// packet's layout and nothing of the encoder.
#include <array>
#include <map>
#include <optional>
#include <string>

#include "ajp/protocol.h"
#include "ajp/request_encoder.h"
#include "input.h"

namespace {

using jk::ajp::BodyKind;
using jk::ajp::Field;
using jk::ajp::Request;
using jk::fuzz::Input;
using jk::fuzz::require;

constexpr std::size_t most_fields = 128;
constexpr std::array<std::string_view, 5> methods{"GET", "POST", "OPTIONS", "PURGE", "get"};
constexpr std::array<std::string_view, 7> usual_names{
    "Content-Length", "Transfer-Encoding", "Host", "Connection", "Upgrade", "Proxy", "X-A"};

/// A request and what it points to.
struct Given {
    Request request;
    std::vector<Field> headers;
    std::vector<Field> attributes;
};

std::optional<std::string_view> optional(Input& input, unsigned bits, unsigned bit)
{
    return (bits >> bit & 1) != 0 ? std::optional{input.text()} : std::nullopt;
}

void take_headers(Input& input, std::vector<Field>& headers)
{
    for (std::size_t left = input.u8() % (most_fields + 1); left > 0; --left) {
        const std::size_t name = input.u8();
        headers.push_back(
            {name < usual_names.size() ? usual_names[name] : input.text(), input.text()});
    }
}

Given given(Input& input)
{
    Given all;
    const unsigned bits = input.u16();
    const std::size_t method = input.u8();
    Request& request = all.request;
    request.method = method < methods.size() ? methods[method] : input.text();
    request.body = static_cast<BodyKind>(input.u8() % 3);
    request.uri = input.text();
    request.protocol = (bits & 1) != 0 ? input.text() : "HTTP/1.1";
    request.is_ssl = (bits & 2) != 0;
    request.remote_addr = optional(input, bits, 2);
    request.remote_host = optional(input, bits, 3);
    request.server_name = optional(input, bits, 4);
    request.secret = optional(input, bits, 5);
    request.remote_user = optional(input, bits, 6);
    request.auth_type = optional(input, bits, 7);
    request.query = optional(input, bits, 8);
    request.route = optional(input, bits, 9);
    request.ssl_cert = optional(input, bits, 10);
    request.ssl_cipher = optional(input, bits, 11);
    request.ssl_session = optional(input, bits, 12);
    if ((bits & 0x2000) != 0) {
        request.ssl_key_size = input.u16();
    }
    take_headers(input, all.headers);
    while (!input.is_at_end() && all.attributes.size() < most_fields) {
        const std::string_view name = input.text();
        all.attributes.push_back({name, input.text()});
    }
    request.headers = all.headers;
    request.attributes = all.attributes;
    return all;
}

using Text = std::optional<std::string>;

/// What a packet says, as far as it is compared.
struct Told {
    std::vector<std::string> lengths;
    std::vector<std::string> encodings;
    std::size_t headers = 0;
    std::vector<std::string> values;      ///< of all other headers
    std::vector<std::string> attributes;  ///< those with a name: name, value, name, …
    Text protocol, remote_addr, remote_host, server_name;
    std::map<std::uint8_t, Text> coded;  ///< attributes by code
};

constexpr std::array<std::string_view, 6> dropped{
    "upgrade", "http2-settings", "keep-alive", "proxy-connection", "proxy-authorization", "proxy"};

bool is_one_of_dropped(std::string_view name)
{
    return std::any_of(dropped.begin(), dropped.end(),
                       [&](std::string_view one) { return jk::equals_caseless(one, name); });
}

/// Reads a packet as a container does.
class Decoder {
public:
    explicit Decoder(jk::Bytes packet) : packet_(packet) {}

    Told read(const Request& request)
    {
        require(packet_.u16() == jk::ajp::request_magic, "a packet has the server's magic");
        require(packet_.u16() == packet_.rest().size(), "a packet's length is right");
        require(packet_.u8() == 2, "a packet is a request");
        const std::uint8_t method = packet_.u8();
        require(method == 0xff || (method >= 1 && method <= 27), "a method has a code");
        told_.protocol = text();
        require(text() == request.uri, "the path goes out as it came in");
        told_.remote_addr = text();
        told_.remote_host = text();
        told_.server_name = text();
        require(packet_.u16() == request.server_port, "the port goes out as it came in");
        require(packet_.u8() == (request.is_ssl ? 1 : 0), "the scheme goes out as it came in");
        for (std::size_t left = packet_.u16(); left > 0; --left) {
            read_header();
        }
        while (read_attribute()) {
        }
        require(!packet_.has_failed() && packet_.is_at_end(), "a packet ends where it says");
        require((method == 0xff) == told_.coded.contains(0x0d), "a method is sent once");
        return std::move(told_);
    }

private:
    enum class Controls : std::uint8_t { none, some };

    Text text(Controls controls = Controls::none)
    {
        const std::uint16_t length = packet_.u16();
        if (length == jk::ajp::null_string) {
            return std::nullopt;
        }
        const std::string_view text = jk::as_text(packet_.take(length));
        require(packet_.u8() == 0 && !packet_.has_failed(), "a text ends with NUL");
        require(controls == Controls::some ||
                    std::none_of(text.begin(), text.end(),
                                 [](char c) { return c != '\t' && jk::is_control(c); }),
                "a text has no control characters");
        return std::string{text};
    }

    std::string name()
    {
        const std::uint16_t code = packet_.peek_u16();
        if ((code & 0xff00) == 0xa000) {
            require(code >= 0xa001 && code <= 0xa00e, "a header's code is one of the table");
            (void)packet_.u16();
            return code == 0xa008 ? "content-length" : "coded";
        }
        const std::string name = text().value_or("");
        require(jk::is_token(name) && name.size() <= 255, "a header's name is a short token");
        require(!is_one_of_dropped(name), "what is of one connection is not sent");
        return name;
    }

    void read_header()
    {
        ++told_.headers;
        const std::string header = name();
        const Text value = text();
        require(value.has_value(), "a header has a value");
        if (jk::equals_caseless(header, "content-length")) {
            told_.lengths.push_back(*value);
        } else if (jk::equals_caseless(header, "transfer-encoding")) {
            told_.encodings.push_back(*value);
        } else {
            told_.values.push_back(*value);
        }
    }

    bool read_attribute()
    {
        const std::uint8_t code = packet_.u8();
        require(!packet_.has_failed(), "attributes have an end");
        if (code == 0xff) {
            return false;
        }
        require(code >= 0x03 && code <= 0x0d, "an attribute has a code of the table");
        if (code == 0x0a) {
            told_.attributes.push_back(text().value_or(""));
            told_.attributes.push_back(text().value_or(""));
            return true;
        }
        require(!told_.coded.contains(code), "an attribute is sent once");
        told_.coded[code] = code == 0x0b ? Text{std::to_string(packet_.u16())}
                                         : text(code == 0x07 ? Controls::some : Controls::none);
        return true;
    }

    jk::Reader packet_;
    Told told_;
};

bool is_zero(std::string_view text)
{
    return jk::parse_digits(text) == 0 ||
           (!text.empty() && text.find_first_not_of('0') == std::string_view::npos);
}

void check_framing(const Request& request, const Told& told)
{
    const std::vector<std::string>& lengths = told.lengths;
    const std::vector<std::string>& encodings = told.encodings;
    switch (request.body) {
    case BodyKind::none:
        require(encodings.empty() && std::all_of(lengths.begin(), lengths.end(), is_zero),
                "a request without body says so");
        require(!lengths.empty() || told.headers >= 100, "no length is said in header 101");
        break;
    case BodyKind::sized:
        require(lengths.size() == 1 && encodings.empty() && jk::parse_digits(lengths[0]),
                "a sized body has one length");
        break;
    case BodyKind::unknown:
        require(lengths.empty() && encodings.size() <= 1, "a body of unknown length has none");
        require(encodings.empty() || encodings[0] == "chunked", "the one encoding is chunked");
        break;
    }
}

/// What is sent of a text: control characters but TAB are blanks.
Text sent(std::optional<std::string_view> text)
{
    if (!text) {
        return std::nullopt;
    }
    Text out{*text};
    std::replace_if(
        out->begin(), out->end(), [](char c) { return c != '\t' && jk::is_control(c); }, ' ');
    return out;
}

void check_lists(const Request& request, const Told& told)
{
    std::vector<std::string> values;
    for (const Field& field : request.headers) {
        if (!is_one_of_dropped(field.name) && !jk::equals_caseless(field.name, "content-length") &&
            !jk::equals_caseless(field.name, "transfer-encoding")) {
            values.push_back(*sent(field.value));
        }
    }
    require(told.values == values, "all other headers are sent, in their order");
    std::vector<std::string> attributes;
    for (const Field& field : request.attributes) {
        attributes.push_back(*sent(field.name));
        attributes.push_back(*sent(field.value));
    }
    require(told.attributes == attributes, "all attributes are sent, in their order");
}

void check(const Request& request, const Told& told)
{
    check_framing(request, told);
    check_lists(request, told);
    require(told.protocol == sent(request.protocol) &&
                told.remote_addr == sent(request.remote_addr) &&
                told.remote_host == sent(request.remote_host) &&
                told.server_name == sent(request.server_name),
            "what is said of the connection goes out as it came in");
    const auto is_told = [&](std::uint8_t code, const Text& want) {
        const auto found = told.coded.find(code);
        require((found == told.coded.end() ? Text{} : found->second) == want,
                "an attribute goes out as it came in");
    };
    const bool is_ssl = request.is_ssl;
    is_told(0x03, sent(request.remote_user));
    is_told(0x04, sent(request.auth_type));
    is_told(0x05, sent(request.query));
    is_told(0x06, sent(request.route));
    is_told(0x07, is_ssl && request.ssl_cert ? Text{*request.ssl_cert} : Text{});
    is_told(0x08, is_ssl ? sent(request.ssl_cipher) : Text{});
    is_told(0x09, is_ssl ? sent(request.ssl_session) : Text{});
    is_told(0x0b,
            is_ssl && request.ssl_key_size ? Text{std::to_string(*request.ssl_key_size)} : Text{});
    is_told(0x0c, sent(request.secret));
    require(!told.coded.contains(0x0d) || told.coded.at(0x0d) == request.method,
            "a method is sent by its name");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input{data, size};
    std::vector<std::uint8_t> packet(input.u16() + std::size_t{1});
    const Given all = given(input);
    const auto length = jk::ajp::encode_request(all.request, packet);
    if (!length) {
        const jk::Errc code = length.error().code;
        require(code == jk::Errc::overflow || code == jk::Errc::bad_name ||
                    code == jk::Errc::bad_path || code == jk::Errc::bad_value,
                "a refusal has one of four kinds");
        return 0;
    }
    require(*length <= packet.size(), "a packet fits its room");
    packet.resize(*length);
    check(all.request, Decoder{packet}.read(all.request));
    // with one byte less there is no packet
    packet.resize(*length - 1);
    const auto short_of = jk::ajp::encode_request(all.request, packet);
    require(!short_of && short_of.error().code == jk::Errc::overflow, "a packet is never cut");
    return 0;
}
