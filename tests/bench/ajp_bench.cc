// The protocol's part of a request: describing it in a packet, understanding a head, and an answer
// that comes in many packets.
//
// `encode/small` is what a load generator asks, `encode/browser` a request with twelve headers and
// a query; `decode/head` is a head with ten headers, all of them read; `answer/1 MB` an exchange
// whose answer comes as packets of 8 KiB out of reads of 64 KiB, without the reading itself.
// A bench, not a test: `make microbench` (README.md). What they do is tested by tests/unit/ajp.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "ajp/exchange.h"
#include "ajp/request_encoder.h"
#include "ajp/response_decoder.h"
#include "answers.h"

namespace {

using jk::ajp::Exchange;
using jk::ajp::Field;
using jk::ajp::Request;
using jk::ajp::Step;

constexpr std::size_t packet_size = 8192;
constexpr std::size_t read_size = 65536;

constexpr std::array small_headers{Field{"Host", "127.0.0.1:8080"}};
constexpr std::array browser_headers{
    Field{"Host", "shop.example.com"},
    Field{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
    Field{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    Field{"Accept-Language", "en-GB,en;q=0.5"},
    Field{"Accept-Encoding", "gzip, deflate, br, zstd"},
    Field{"Connection", "keep-alive"},
    Field{"Referer", "https://shop.example.com/shop/items?page=3"},
    Field{"Cookie", "JSESSIONID=D0A1B2C3D4E5F60718293A4B5C6D7E8F.node1; theme=dark; consent=1"},
    Field{"Upgrade-Insecure-Requests", "1"},
    Field{"Sec-Fetch-Dest", "document"},
    Field{"Sec-Fetch-Mode", "navigate"},
    Field{"Cache-Control", "max-age=0"},
};

Request request_with(std::span<const Field> headers)
{
    Request request;
    request.uri = "/shop/items/4711";
    request.remote_addr = "192.0.2.17";
    request.remote_host = "192.0.2.17";
    request.server_name = "shop.example.com";
    request.headers = headers;
    return request;
}

void encode(benchmark::State& state, const Request& request)
{
    std::array<std::uint8_t, packet_size> packet{};
    for (auto unused : state) {
        const auto size = jk::ajp::encode_request(request, packet);
        if (!size.has_value())
            std::abort();
        benchmark::DoNotOptimize(packet.data());
        benchmark::ClobberMemory();
    }
}

/// SEND_HEADERS of a page: five headers with a code, five by name.
std::string head()
{
    using bench::text;
    return '\4' + bench::u16(200) + text("OK") + bench::u16(10) + "\xa0\x01" +
           text("text/html;charset=UTF-8") + "\xa0\x02" + text("en-GB") + "\xa0\x03" +
           text("18342") + "\xa0\x04" + text("Mon, 23 Nov 2026 12:00:00 GMT") + "\xa0\x07" +
           text("JSESSIONID=D0A1B2C3D4E5F60718293A4B5C6D7E8F.node1; Path=/shop; HttpOnly") +
           text("Cache-Control") + text("no-cache, no-store") + text("ETag") +
           text("W/\"18342-1700000000000\"") + text("Vary") + text("accept-encoding") +
           text("X-Frame-Options") + text("SAMEORIGIN") + text("X-Content-Type-Options") +
           text("nosniff");
}

void decode(benchmark::State& state)
{
    const std::string text = head();
    std::vector<std::uint8_t> payload(text.begin(), text.end());
    for (auto unused : state) {
        auto message = jk::ajp::decode_message(payload);
        auto* const answer = message ? std::get_if<jk::ajp::ResponseHead>(&*message) : nullptr;
        if (answer == nullptr)
            std::abort();
        std::size_t count = 0;
        while (const auto field = answer->headers.next()) {
            benchmark::DoNotOptimize(field->value.data());
            ++count;
        }
        if (count != 10)
            std::abort();
    }
}

/// The bytes of a container, given as reads take them.
class Source {
public:
    explicit Source(std::string_view bytes) : bytes_(bytes) {}

    std::size_t read(jk::MutableBytes space)
    {
        const std::size_t count = std::min(space.size(), bytes_.size());
        std::memcpy(space.data(), bytes_.data(), count);
        bytes_.remove_prefix(count);
        return count;
    }

private:
    std::string_view bytes_;
};

/// Returns how many bytes of body the exchange gave.
std::size_t run(Exchange& exchange, Source source)
{
    std::size_t size = 0;
    for (;;) {
        const jk::ajp::Action action = exchange.next();
        size += action.data.size();
        benchmark::DoNotOptimize(action.data.data());
        if (action.step == Step::write)
            exchange.written();
        else if (action.step == Step::read_backend)
            exchange.received(source.read(exchange.read_space()));
        else if (action.step == Step::done || action.step == Step::failed)
            return size;
    }
}

void answer(benchmark::State& state)
{
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::string bytes = bench::ajp_answer(bench::pattern(size), {});
    std::vector<std::uint8_t> packet(packet_size);
    std::vector<std::uint8_t> buffer(read_size);
    const std::array<std::uint8_t, 4> request{};
    for (auto unused : state) {
        jk::ajp::Plan plan;
        plan.head = request;
        plan.method = "GET";
        plan.packet = packet;
        plan.read_buffer = buffer;
        Exchange exchange(plan);
        if (run(exchange, Source(bytes)) != size)
            std::abort();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

}  // namespace

int main(int argc, char** argv)
{
    const Request small = request_with(small_headers);
    Request browser = request_with(browser_headers);
    browser.query = "page=4&sort=price&filter=blue%20shoes";
    benchmark::RegisterBenchmark("encode/small", encode, small);
    benchmark::RegisterBenchmark("encode/browser", encode, browser);
    benchmark::RegisterBenchmark("decode/head", decode);
    benchmark::RegisterBenchmark("answer/100 B", answer)->Arg(100);
    benchmark::RegisterBenchmark("answer/1 MB", answer)->Arg(1000000);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return EXIT_FAILURE;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return EXIT_SUCCESS;
}
