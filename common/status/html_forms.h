// The forms of the HTML page. What changes anything is posted with the token of the answer; a link
// changes nothing.
#pragma once

#include "status/document.h"
#include "status/html.h"

namespace jk::status {

/// Appends the form that the document is asked for: settings of a balancer, of a member or of a
/// direct worker, or one setting of all members.
void append_edit(Html& html, const Document& document);

/// Appends what can be done with a balancer, a member or a direct worker: a link to its form,
/// buttons that reset it and, where it has failed, let it be tried again. Nothing where nothing may
/// be changed.
void append_actions(Html& html, const Subject& subject);

/// Appends the choice of a setting to change of all members of a balancer; nothing likewise.
void append_attribute_choice(Html& html, const Subject& balancer);

}  // namespace jk::status
