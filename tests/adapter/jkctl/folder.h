// A folder for one test, with what is in it; removed at its end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace jk::test {

class Folder {
public:
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "jkctl-test.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error{"no folder for the test"};
        }
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

    /// Writes a file and returns its path.
    std::string file(std::string_view name, std::string_view text) const
    {
        std::ofstream{path(name), std::ios::binary} << text;
        return path(name);
    }

    [[nodiscard]] std::string text_of(std::string_view name) const
    {
        std::ostringstream text;
        text << std::ifstream{path(name), std::ios::binary}.rdbuf();
        return text.str();
    }

    /// How many files there are.
    [[nodiscard]] long count() const
    {
        return std::distance(std::filesystem::directory_iterator{path_}, {});
    }

private:
    std::filesystem::path path_;
};

}  // namespace jk::test
