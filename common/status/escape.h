// Foreign text into an answer: one way for each kind of place it may stand in.
// Ordinary text passes every one of them unchanged.
#pragma once

#include <string>
#include <string_view>

namespace jk::status {

/// Appends `text` for an attribute in double quotes or for character data of XML and HTML: & < > "
/// as references, control characters left out, what is no UTF-8 or no character of XML as U+FFFD.
void append_markup(std::string& out, std::string_view text);

/// What stands around a value on a line of the text format, and therefore must not stand in it.
enum class Place {
    property,  ///< the rest of the line: only line breaks and their like end it
    word,      ///< up to the next blank, without quotes of its own
    quoted,    ///< between double quotes
    key,       ///< part of a property's key: up to the next '='
};

/// Appends `text` for a line: each control character, line break of Unicode, and what would end the
/// place, becomes '_'. Bytes that are no UTF-8 pass.
void append_line(std::string& out, std::string_view text, Place place);

/// Appends the line "name=value".
void append_property(std::string& out, std::string_view name, std::string_view value);

/// Appends `text` as the name of an XML attribute: what may not stand there becomes '_', and so does
/// a colon, which would name a namespace.
void append_attribute_name(std::string& out, std::string_view text);

/// Appends `text` for a label of OpenMetrics in double quotes: backslash, quote and line feed are
/// escaped, other control characters left out, what is no UTF-8 becomes U+FFFD.
void append_label(std::string& out, std::string_view text);

/// Appends `text` for a string of JSON, without its quotes: quote, backslash and control characters
/// are escaped, what is no UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view text);

/// Appends `text` percent-encoded for the value of a query parameter: what is left needs no other
/// escaping, in a link or anywhere.
void append_query_value(std::string& out, std::string_view text);

}  // namespace jk::status
