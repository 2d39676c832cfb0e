// The files of the status page: which path names one, and how it is sent.
#include "status/assets.h"

#include <algorithm>
#include <string>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Asset;

const Asset& page()
{
    const Asset* const found = httpd::asset_at("/jkmanager/assets/page.js");
    assert_non_null(found);
    return *found;
}

int serve(request_rec* request, const Asset& asset)
{
    fakes().written.clear();
    return httpd::serve_asset(request, asset);
}

void every_file_is_found_by_its_name()
{
    assert_true(httpd::assets().size() >= 4);
    for (const Asset& asset : httpd::assets()) {
        assert_ptr_equal(httpd::asset_at("/a/b/assets/" + std::string{asset.name}), &asset);
        assert_false(asset.bytes.empty());
    }
}

void other_paths_name_no_file()
{
    for (const char* const path :
         {"", "/", "/assets/", "/assets/none.js", "/page.js", "/myassets/page.js", "page.js",
          "/assets/page.js/", "/assets/x/page.js", "/assets/PAGE.JS", "/assets/page.js.gz"}) {
        assert_null(httpd::asset_at(path));
    }
    assert_ptr_equal(httpd::asset_at("/assets/page.js"), &page());
}

void the_bytes_are_those_of_the_file()
{
    const Asset* const chart = httpd::asset_at("/assets/uPlot.iife.min.js");
    assert_non_null(chart);
    assert_true(chart->bytes.starts_with("/*! https://github.com/leeoniya/uPlot"));
    assert_int_equal(chart->bytes.size(), 51081);
    // a file with text beyond ASCII is not cut, nor has it got a zero at its end
    for (const Asset& asset : httpd::assets()) {
        assert_true(asset.bytes.find('\0') == std::string_view::npos);
    }
}

void entity_tags_are_strong_and_all_different()
{
    for (const Asset& asset : httpd::assets()) {
        const std::string_view tag = asset.entity_tag;
        assert_true(tag.size() > 2 && tag.front() == '"' && tag.back() == '"');
        assert_true(tag.substr(1, tag.size() - 2).find('"') == std::string_view::npos);
        const auto has_tag = [tag](const Asset& other) { return other.entity_tag == tag; };
        const std::span<const Asset> all = httpd::assets();
        assert_int_equal(std::count_if(all.begin(), all.end(), has_tag), 1);
    }
}

void a_file_is_sent_with_its_headers()
{
    Site site;
    request_rec* const request = site.request("/jkmanager/assets/page.js");
    assert_int_equal(serve(request, page()), OK);
    assert_true(fakes().written == page().bytes);
    assert_int_equal(request->clength, page().bytes.size());
    assert_text_equal(request->content_type, "text/javascript; charset=utf-8");
    assert_text_equal(answer_header(request, "ETag"), page().entity_tag);
    assert_text_equal(answer_header(request, "Cache-Control"), "no-cache");
    assert_text_equal(answer_header(request, "X-Content-Type-Options"), "nosniff");
    request_rec* const style = site.request("/assets/page.css");
    assert_int_equal(serve(style, *httpd::asset_at("/assets/page.css")), OK);
    assert_text_equal(style->content_type, "text/css; charset=utf-8");
}

void what_the_client_has_is_not_sent_again()
{
    Site site;
    const std::string tag = page().entity_tag;
    for (const std::string& tags : {tag, "\"x\", W/" + tag, std::string{"*"}}) {
        request_rec* const request = site.request("/jkmanager/assets/page.js");
        apr_table_set(request->headers_in, "If-None-Match", tags.c_str());
        assert_int_equal(serve(request, page()), HTTP_NOT_MODIFIED);
        assert_text_equal(fakes().written, "");
        assert_text_equal(answer_header(request, "ETag"), tag);
    }
    request_rec* const old = site.request("/jkmanager/assets/page.js");
    apr_table_set(old->headers_in, "If-None-Match", "\"1-1\"");
    assert_int_equal(serve(old, page()), OK);
    assert_true(fakes().written == page().bytes);
}

void a_head_request_gets_the_size_alone()
{
    Site site;
    request_rec* const request = site.request("/jkmanager/assets/page.js");
    request->header_only = 1;
    assert_int_equal(serve(request, page()), OK);
    assert_text_equal(fakes().written, "");
    assert_int_equal(request->clength, page().bytes.size());
}

}  // namespace

Group status_assets_tests()
{
    return {"status/assets",
            {
                jk_test(every_file_is_found_by_its_name),
                jk_test(other_paths_name_no_file),
                jk_test(the_bytes_are_those_of_the_file),
                jk_test(entity_tags_are_strong_and_all_different),
                jk_test(a_file_is_sent_with_its_headers),
                jk_test(what_the_client_has_is_not_sent_again),
                jk_test(a_head_request_gets_the_size_alone),
            }};
}

}  // namespace jk::test
