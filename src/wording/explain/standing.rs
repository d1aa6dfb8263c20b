//! Pages of what is said about waivers and baselines.

use super::{Page, page};

/// A waiver in a project whose ticket T-1 was passed on too often.
macro_rules! waiver {
    ($waiver:literal) => {
        concat!("# data/tickets.csv\ntransfers\n9\n1\n# waivers.toml\n[[waiver]]\n", $waiver)
    };
}

/// A waiver in a project with a dozen such tickets.
macro_rules! dozen {
    ($waiver:literal) => {
        concat!(
            "# data/tickets.csv\nticket_id,transfers\nT-1,9\nT-2,9\nT-3,9\nT-4,9\nT-5,9\nT-6,9\nT-7,9\nT-8,9\nT-9,9\nT-10,9\nT-11,9\nT-12,9\n# waivers.toml\n[[waiver]]\n",
            $waiver
        )
    };
}

/// A project with a rule over groups, and a waiver.
macro_rules! groups {
    ($waiver:literal) => {
        concat!(
            "id = \"passed-on\"\ntitle = \"Tickets are seldom passed on\"\nper = [\"agent\"]\nmin = 1\ncheck = 'mean(transfers) <= 5'\n# data/tickets.csv\ntransfers\n9\n1\n# waivers.toml\n[[waiver]]\n",
            $waiver
        )
    };
}

pub(super) const PAGES: &[Page] = &[
    page(
        "waiver-of-what",
        "A waiver excuses the finding on one record, by its key, or on every record for which a condition is true. It says one of the two.",
        "豁免针对一条记录（写明主键），或针对满足条件的所有记录，两者写其一。",
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-1\"\nwhere = 'transfers > 8'\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
    ),
    page(
        "waiver-date",
        "A waiver is good up to and including the day `expires`, written year-month-day.",
        "豁免有效至 `expires` 当天（含），写作 年-月-日。",
        "# data/tickets.csv\ntransfers\n9\n1\n# waivers.csv\nrule,key,reason,approver,expires\ndesk/basics,T-1,outage,quality,⟦next year⟧\n",
        "# data/tickets.csv\ntransfers\n9\n1\n# waivers.csv\nrule,key,reason,approver,expires\ndesk/basics,T-1,outage,quality,2099-12-31\n",
    ),
    page(
        "open-quote",
        "A cell that holds commas, quotes or line breaks stands in quotes. This one opens with a quote and nothing closes it, so that all that follows would belong to the cell.",
        "含有逗号、引号或换行的单元格须加引号。此处引号打开后没有闭合，其后的内容都会被当作该单元格。",
        "# data/tickets.csv\ntransfers\n9\n1\n# waivers.csv\nrule,key,reason,approver,expires\ndesk/basics,T-1,⟦\"⟧an outage, as told,quality,2099-12-31\n",
        "# data/tickets.csv\ntransfers\n9\n1\n# waivers.csv\nrule,key,reason,approver,expires\ndesk/basics,T-1,\"an outage, as told\",quality,2099-12-31\n",
    ),
    page(
        "waiver-of-groups",
        "The rule judges groups, not records, so that a condition on the fields of a record cannot tell which finding is meant. The key of the group can: its values in the order of `per`, with `|` between them.",
        "该规则判定的是分组而非记录，针对记录字段的条件无法指明发现项。请写分组的键：按 `per` 的顺序，用 `|` 连接。",
        groups!(
            "rule = \"desk/passed-on\"\nwhere = '⟦agent == \"A-1\"⟧'\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
        groups!(
            "rule = \"desk/passed-on\"\nkey = \"A-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n[[waiver]]\nrule = \"desk/basics\"\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
    ),
    page(
        "waiver-of-unknown-rule",
        "A waiver names a rule or promise by its full id, as findings show it. There is none of this name, so that the waiver would excuse nothing.",
        "豁免须写规则或承诺的完整编号（与发现项中相同）。没有这个编号，豁免不会起作用。",
        waiver!(
            "rule = ⟦\"desk/basic\"⟧\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
    ),
    page(
        "waiver-expired",
        "The day of the audit lies behind the last day of the waiver. Its findings count again. `waivers(\"expired\") == 0` as the check of a gate fails on such waivers.",
        "审核日期已超过豁免的最后一天，相关发现项重新计入。门禁可写 `waivers(\"expired\") == 0`。",
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2026-01-31\n"
        ),
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
    ),
    page(
        "waiver-unused",
        "No finding of the rule is on what the waiver names: it was mended, or rule, key or condition are mistyped. Waivers that excuse nothing today may hide something tomorrow. `waivers(\"unused\") == 0` as the check of a gate fails on them.",
        "该规则没有符合此豁免的发现项：问题已解决，或规则、主键、条件写错。闲置的豁免以后可能掩盖问题。门禁可写 `waivers(\"unused\") == 0`。",
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-2\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
        waiver!(
            "rule = \"desk/basics\"\nkey = \"T-1\"\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
    ),
    page(
        "waiver-broad",
        "A condition excuses more than ten findings, and at least half of all that the rule has. That is less a waiver than another rule. `waivers(\"broad\") == 0` as the check of a gate fails on such waivers.",
        "一个条件豁免了十个以上的发现项，且不少于该规则发现项的一半，这更像是修改了规则。门禁可写 `waivers(\"broad\") == 0`。",
        dozen!(
            "rule = \"desk/basics\"\nwhere = 'transfers > 8'\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
        dozen!(
            "rule = \"desk/basics\"\nwhere = 'transfers > 8 && ticket_id == \"T-1\"'\nreason = \"outage\"\napprover = \"quality\"\nexpires = 2099-12-31\n"
        ),
    ),
    page(
        "baseline-line",
        "The file is no baseline, or it was changed by hand: each line has a fingerprint, a rule and a key with tabs between them.",
        "文件不是基线，或被手工改动：每行应为指纹、规则、主键，以制表符分隔。",
        "# known.txt\n⟦ticket T-1 is fine⟧\n$ touchstone audit --quiet --baseline known.txt",
        "# known.txt\nt1-00000000000000000000000000000001\tdesk/basics\tT-1\n$ touchstone audit --quiet --baseline known.txt",
    ),
    page(
        "baseline-not-there",
        "The baseline that the command names is not there or cannot be read. `touchstone baseline write FILE` makes one from the findings of today.",
        "命令所指的基线不存在或无法读取。`touchstone baseline write FILE` 可由当前发现项生成。",
        "$ touchstone audit --quiet --baseline known.txt",
        "$ touchstone baseline write --quiet known.txt",
    ),
    page(
        "baseline-unstable",
        "A baseline knows findings by the keys of their records. Records without a key, or with one that stands twice, may not be met again, so that their findings are left out unless `--unstable` takes them in.",
        "基线按记录主键识别发现项。没有主键或主键重复的记录无法可靠地再次识别，其发现项不写入基线，除非使用 `--unstable`。",
        "# data/tickets.csv\ntransfers\n9\n1\n# audit.toml (the whole file)\n[project]\nname = \"Desk\"\npacks = [\"./rules/desk\"]\n[[source]]\nid = \"tickets\"\npath = \"data/tickets.csv\"\nkind = \"ticket\"\n$ touchstone baseline write --quiet known.txt",
        "# data/tickets.csv\ntransfers\n9\n1\n$ touchstone baseline write --quiet known.txt",
    ),
    page(
        "baseline-grows",
        "A rule has more findings than the baseline that is there holds of it. A baseline is to shrink: mend what is new, or say with `--allow-growth` that it is to be taken in.",
        "某规则的发现项多于原有基线。基线只应减少：请处理新的发现项，或用 `--allow-growth` 明确写入。",
        "# data/tickets.csv\ntransfers\n9\n1\n# known.txt\n# touchstone baseline 1\n$ touchstone baseline write --quiet known.txt",
        "# data/tickets.csv\ntransfers\n9\n1\n# known.txt\n# touchstone baseline 1\n$ touchstone baseline write --quiet --allow-growth known.txt",
    ),
];
