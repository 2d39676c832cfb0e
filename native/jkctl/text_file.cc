// Files by POSIX calls: a stream does not say why it failed.
// Tested by tests/adapter/jkctl/text_file_test.cc.
#include "jkctl/text_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wording.h"

namespace jk::ctl {

namespace {

/// An open file, closed at the end.
class OpenFile {
public:
    explicit OpenFile(int descriptor) noexcept : descriptor_(descriptor) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() { (void)close(); }

    [[nodiscard]] int get() const noexcept { return descriptor_; }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    /// False with errno where the system only now says that writing failed.
    [[nodiscard]] bool close() noexcept
    {
        const int descriptor = std::exchange(descriptor_, -1);
        return descriptor < 0 || ::close(descriptor) == 0;
    }

private:
    int descriptor_;
};

void complain(Complaints& complaints, const std::string& path, std::string_view what)
{
    const char* const reason = std::strerror(errno);
    complaints.push_back({Severity::error, {path, 0}, concat({what, ": ", reason})});
}

bool read_all(int descriptor, std::string& text)
{
    char piece[65536];
    for (;;) {
        const ssize_t size = ::read(descriptor, piece, sizeof piece);
        if (size > 0) {
            text.append(piece, static_cast<std::size_t>(size));
        } else if (size == 0 || errno != EINTR) {
            return size == 0;
        }
    }
}

bool write_all(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t size = ::write(descriptor, text.data(), text.size());
        if (size > 0) {
            text.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/// The file that `path` is in the end, links resolved; `path` itself where there is none yet.
std::string real_path(const std::string& path)
{
    const std::unique_ptr<char, decltype(&std::free)> real{::realpath(path.c_str(), nullptr),
                                                           &std::free};
    return real == nullptr ? path : std::string{real.get()};
}

bool write_in_place(const std::string& path, const std::string& text)
{
    OpenFile file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    return file.is_open() && write_all(file.get(), text) && file.close();
}

/// Writes the file `temporary`, a name for mkstemp, and brings it to `path`.
bool write_beside(std::string temporary, const std::string& path, const std::string& text,
                  mode_t mode)
{
    OpenFile file{::mkostemp(temporary.data(), O_CLOEXEC)};
    if (!file.is_open()) {
        return false;
    }
    if (write_all(file.get(), text) && ::fchmod(file.get(), mode & 07777) == 0 &&
        ::fsync(file.get()) == 0 && file.close() &&
        ::rename(temporary.c_str(), path.c_str()) == 0) {
        return true;
    }
    const int reason = errno;
    (void)::unlink(temporary.c_str());
    errno = reason;
    return false;
}

}  // namespace

std::optional<std::string> read_text_file(const std::string& path, Complaints& complaints)
{
    const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    std::string text;
    if (!file.is_open() || !read_all(file.get(), text)) {
        complain(complaints, path, "the file cannot be read");
        return std::nullopt;
    }
    return text;
}

std::optional<unsigned> permissions_of(const std::string& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional{status.st_mode & 07777U}
                                              : std::nullopt;
}

bool replace_text_file(const std::string& path, const std::string& text, const std::string& like,
                       Complaints& complaints)
{
    constexpr mode_t private_file = 0600;
    const std::string real = real_path(path);
    struct stat status {};
    bool is_written = false;
    if (::stat(real.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        is_written = write_in_place(real, text);
    } else {
        const bool is_known = status.st_mode != 0 || ::stat(like.c_str(), &status) == 0;
        is_written =
            write_beside(real + ".XXXXXX", real, text, is_known ? status.st_mode : private_file);
    }
    if (!is_written) {
        complain(complaints, path, "the file cannot be written");
    }
    return is_written;
}

std::string folder_of(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const std::string real = real_path(folder);
    return real.starts_with('/') ? real : "/";
}

}  // namespace jk::ctl
