// Whether others can read what only httpd and the backend should know. A folder that others may not
// enter hides what is below it, whatever the permissions of that.
// Tested by tests/unit/conf/exposure_checks_test.cc.
#include "conf/exposure_checks.h"

#include <set>
#include <string_view>

#include "base/wording.h"

namespace jk::conf {

namespace {

constexpr unsigned others_read = 04;
constexpr unsigned others_enter = 01;

bool allows(const PermissionsOf& permissions_of, std::string_view path, unsigned right)
{
    return (permissions_of(std::string{path}).value_or(0) & right) != 0;
}

bool is_exposed(std::string_view path, const PermissionsOf& permissions_of)
{
    if (!allows(permissions_of, path, others_read)) {
        return false;
    }
    for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
        if (!allows(permissions_of, path.substr(0, slash), others_enter)) {
            return false;
        }
    }
    return true;
}

}  // namespace

void check_exposure(const Properties& properties, const PermissionsOf& permissions_of,
                    Complaints& complaints)
{
    std::set<std::string_view> known;  // files
    for (const Property& property : properties.all()) {
        const std::string& file = property.place.file;
        if (permissions_of && property.holds_secret && property.is_spelled &&
            known.insert(file).second && is_exposed(file, permissions_of)) {
            complaints.push_back(
                {Severity::warning, property.place,
                 concat({escaped(property.written), " is a secret, and every user of this machine "
                                                    "can read the file; take that right away "
                                                    "(chmod o-r), httpd reads the file before it "
                                                    "becomes another user"})});
        }
    }
}

}  // namespace jk::conf
