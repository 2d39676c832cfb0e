// The tables of the HTML page: a section for each balancer and each direct worker.
#pragma once

#include "status/document.h"
#include "status/html.h"

namespace jk::status {

/// Appends the balancers of `document`, or the link that brings them back where they are hidden.
void append_balancers(Html& html, const Document& document);
/// Appends its direct workers likewise.
void append_workers(Html& html, const Document& document);
/// Appends what the words of the tables mean, or the link that brings it back.
void append_legend(Html& html, const Document& document);

/// Appends the link that hides a block, or that brings it back; `what` names it in the label.
void append_switch(Html& html, const Document& document, Option option, std::string_view what);

}  // namespace jk::status
