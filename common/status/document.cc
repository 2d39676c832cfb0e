// The walk over a document (status.md 6): header, balancers with members and maps, direct workers
// with their maps behind them, result. Tested by tests/unit/status/document_test.cc.
#include "status/document.h"

namespace jk::status {

namespace {

/// One walk: the visitor, and the object that is being shown.
class Walk {
public:
    Walk(const Document& document, Visitor& visitor) noexcept
        : document_(document), visitor_(visitor)
    {}

    void run()
    {
        header();
        balancers();
        workers();
        if (document_.is_dump) {
            leaf(Kind::configuration, {&document_});
        }
        leaf(Kind::result, {&document_});
    }

private:
    void leaf(Kind kind, const Subject& subject)
    {
        visitor_.begin(kind, subject);
        visitor_.end(kind);
    }

    void header()
    {
        if (document_.header == Header::none) {
            return;
        }
        leaf(Kind::server, {&document_});
        if (document_.header == Header::full) {
            leaf(Kind::time, {&document_});
            leaf(Kind::software, {&document_});
        }
    }

    void balancers()
    {
        const bool has_wrapper = document_.is_list && !document_.balancers.empty();
        if (has_wrapper) {
            visitor_.begin(Kind::balancers, {&document_});
        }
        for (const BalancerView* const balancer : document_.balancers) {
            this->balancer({.document = &document_, .balancer = balancer});
        }
        if (has_wrapper) {
            visitor_.end(Kind::balancers);
        }
    }

    void balancer(Subject subject)
    {
        visitor_.begin(Kind::balancer, subject);
        if (!document_.page.has(hide_members)) {
            members(subject);
        }
        maps(subject, subject.balancer->maps);
        visitor_.end(Kind::balancer);
    }

    void members(Subject subject)
    {
        for (const MemberView& member : subject.balancer->members) {
            if (document_.only_member == nullptr || document_.only_member == &member) {
                subject.member = &member;
                subject.worker = &member.worker;
                leaf(Kind::member, subject);
            }
        }
    }

    void maps(Subject subject, const std::vector<MapView>& maps)
    {
        if (document_.page.has(hide_maps)) {
            return;
        }
        for (const MapView& map : maps) {
            subject.map = &map;
            ++subject.map_id;
            leaf(Kind::map, subject);
        }
    }

    void workers()
    {
        const bool has_wrapper = document_.is_list && !document_.workers.empty();
        if (has_wrapper) {
            visitor_.begin(Kind::workers, {&document_});
        }
        for (const WorkerView* const worker : document_.workers) {
            const Subject subject{.document = &document_, .worker = worker};
            leaf(Kind::worker, subject);
            maps(subject, worker->maps);
        }
        if (has_wrapper) {
            visitor_.end(Kind::workers);
        }
    }

    const Document& document_;
    Visitor& visitor_;
};

}  // namespace

void walk(const Document& document, Visitor& visitor)
{
    Walk{document, visitor}.run();
}

}  // namespace jk::status
