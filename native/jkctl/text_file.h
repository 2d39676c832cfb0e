// Whole files: read, and replaced without a moment at which there is half of one.
#pragma once

#include <optional>
#include <string>

#include "base/complaint.h"

namespace jk::ctl {

/// Returns the whole text of a file; nullopt with a complaint, worded as the module's, where it
/// cannot be read (a folder cannot).
[[nodiscard]] std::optional<std::string> read_text_file(const std::string& path,
                                                        Complaints& complaints);

/// Returns the permissions of a file or folder as chmod takes them; nullopt where there is none.
[[nodiscard]] std::optional<unsigned> permissions_of(const std::string& path);

/// Writes `text` beside the file and renames it, so that whoever reads `path` sees the old text or
/// the new one. A link stays a link; what is no regular file, such as /dev/null, is written to. The
/// new file has the permissions of the old one, otherwise those of the file `like`.
/// Returns false with a complaint where that failed; the old file is unchanged then.
[[nodiscard]] bool replace_text_file(const std::string& path, const std::string& text,
                                     const std::string& like, Complaints& complaints);

/// Returns the folder of a file as an absolute path, links resolved; "/" where there is no such
/// folder.
[[nodiscard]] std::string folder_of(const std::string& path);

}  // namespace jk::ctl
