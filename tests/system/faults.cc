// A library to preload into httpd, with which a test makes a system call or an allocation of
// mod_jk.so fail: the n-th read, write, connect, socket, poll or operator new.
//
// FAULTS_CONTROL names a file of five 32-bit numbers, which the test and the children of httpd
// share: what to disturb (0: nothing), the number of the call (0: each), what comes of it (an errno,
// 0 for "one byte only", -1 for an end of file or an elapsed time), how many such calls there were,
// and how many were disturbed. System calls count when the module that FAULTS_MODULE names makes
// them, so httpd itself stays whole; allocations whoever makes them, for no other module of a test's
// httpd is written in C++.
//
// Tested by test_faults.py, which writes that file.
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

enum Target : std::int32_t { nothing, reading, writing, connecting, opening, polling, allocating };

constexpr std::int32_t one_byte = 0;
constexpr std::int32_t ended = -1;

struct Control {
    std::atomic<std::int32_t> target;
    std::atomic<std::int32_t> number;
    std::atomic<std::int32_t> outcome;
    std::atomic<std::int32_t> calls;
    std::atomic<std::int32_t> hits;
};

Control* control = nullptr;
const char* module_path = "";

[[gnu::constructor]] void map_control()
{
    const char* const path = std::getenv("FAULTS_CONTROL");
    const char* const module = std::getenv("FAULTS_MODULE");
    const int file = path == nullptr || module == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    module_path = module;
    void* const place =
        ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    control = place == MAP_FAILED ? nullptr : static_cast<Control*>(place);
    ::close(file);
}

bool is_of_module(const void* caller)
{
    Dl_info info{};
    return ::dladdr(caller, &info) != 0 && info.dli_fname != nullptr &&
           std::strcmp(info.dli_fname, module_path) == 0;
}

bool is_armed(Target target)
{
    return control != nullptr && control->target == target;
}

/// Counts a call; true for the one, or each, that is to be disturbed.
bool is_hit()
{
    const std::int32_t call = ++control->calls;
    const std::int32_t number = control->number;
    const bool is_it = number == 0 || number == call;
    control->hits += is_it ? 1 : 0;
    return is_it;
}

bool is_hit(Target target, const void* caller)
{
    return is_armed(target) && is_of_module(caller) && is_hit();
}

int failed(std::int32_t outcome)
{
    errno = outcome;
    return -1;
}

template <class Function> Function* next(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" ssize_t recv(int descriptor, void* space, std::size_t size, int flags)
{
    static auto* const real = next<ssize_t(int, void*, std::size_t, int)>("recv");
    if (!is_hit(reading, __builtin_return_address(0))) {
        return real(descriptor, space, size, flags);
    }
    switch (const std::int32_t outcome = control->outcome) {
    case one_byte: return real(descriptor, space, std::min<std::size_t>(size, 1), flags);
    case ended: return 0;
    default: return failed(outcome);
    }
}

extern "C" ssize_t send(int descriptor, const void* data, std::size_t size, int flags)
{
    static auto* const real = next<ssize_t(int, const void*, std::size_t, int)>("send");
    if (!is_hit(writing, __builtin_return_address(0))) {
        return real(descriptor, data, size, flags);
    }
    if (control->outcome == one_byte) {
        return real(descriptor, data, std::min<std::size_t>(size, 1), flags);
    }
    return failed(control->outcome);
}

extern "C" ssize_t sendmsg(int descriptor, const msghdr* message, int flags)
{
    static auto* const real = next<ssize_t(int, const msghdr*, int)>("sendmsg");
    if (!is_hit(writing, __builtin_return_address(0))) {
        return real(descriptor, message, flags);
    }
    if (control->outcome == one_byte) {
        iovec first{message->msg_iov->iov_base,
                    std::min<std::size_t>(message->msg_iov->iov_len, 1)};
        msghdr little = *message;
        little.msg_iov = &first;
        little.msg_iovlen = 1;
        return real(descriptor, &little, flags);
    }
    return failed(control->outcome);
}

extern "C" int connect(int descriptor, const sockaddr* address, socklen_t size)
{
    static auto* const real = next<int(int, const sockaddr*, socklen_t)>("connect");
    if (!is_hit(connecting, __builtin_return_address(0))) {
        return real(descriptor, address, size);
    }
    const std::int32_t outcome = control->outcome;
    if (outcome == EINTR) {  // it goes on, as it does with a real one
        (void)real(descriptor, address, size);
    }
    return failed(outcome);
}

extern "C" int socket(int domain, int type, int protocol) noexcept
{
    static auto* const real = next<int(int, int, int)>("socket");
    if (!is_hit(opening, __builtin_return_address(0))) {
        return real(domain, type, protocol);
    }
    return failed(control->outcome);
}

extern "C" int poll(pollfd* wanted, nfds_t count, int timeout)
{
    static auto* const real = next<int(pollfd*, nfds_t, int)>("poll");
    if (!is_hit(polling, __builtin_return_address(0))) {
        return real(wanted, count, timeout);
    }
    return control->outcome == ended ? 0 : failed(control->outcome);
}

void* operator new(std::size_t size)
{
    void* const place =
        is_armed(allocating) && is_hit() ? nullptr : std::malloc(size == 0 ? 1 : size);
    if (place == nullptr) {
        throw std::bad_alloc{};
    }
    return place;
}

void operator delete(void* place) noexcept
{
    std::free(place);
}

void operator delete(void* place, std::size_t) noexcept
{
    std::free(place);
}
