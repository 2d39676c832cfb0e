// The main program of a fuzz target without a fuzzer: runs the files given, and those of the
// folders given, through it; without arguments the target's corpus below FUZZ_DIR. Every input that
// was ever a finding is there, so `make check` finds it again. TAP; an input that ends the process
// is the one named last.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "input.h"

namespace {

using Paths = std::vector<std::filesystem::path>;

std::filesystem::path corpus()
{
    const char* const folder = std::getenv("FUZZ_DIR");
    return std::filesystem::path{folder != nullptr ? folder : "tests/fuzz"} / "corpus" /
           FUZZ_TARGET;
}

void add(const std::filesystem::path& path, Paths& files)
{
    if (!std::filesystem::is_directory(path)) {
        files.push_back(path);
        return;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator{path}) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        }
    }
}

// From memory of exactly that size: a sanitizer sees each byte that is read beyond it.
bool replay(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto bytes = std::make_unique<std::uint8_t[]>(text.size());
    std::copy(text.begin(), text.end(), bytes.get());
    return file.is_open() && LLVMFuzzerTestOneInput(bytes.get(), text.size()) == 0;
}

}  // namespace

int main(int count, char** arguments)
{
    Paths files;
    std::for_each(arguments + 1, arguments + count, [&](const char* path) { add(path, files); });
    if (count <= 1) {
        add(corpus(), files);
    }
    std::sort(files.begin(), files.end());
    std::cout << "1.." << std::max<std::size_t>(files.size(), 1) << '\n';
    bool is_good = !files.empty();
    for (std::size_t at = 0; at < files.size(); ++at) {
        std::cout << "# " << files[at].string() << std::endl;
        const bool passes = replay(files[at]);
        is_good = is_good && passes;
        std::cout << (passes ? "ok " : "not ok ") << at + 1 << " - "
                  << files[at].filename().string() << '\n';
    }
    return is_good ? 0 : 1;
}
