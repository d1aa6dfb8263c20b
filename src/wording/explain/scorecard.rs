//! Pages of what is said about scorecards.

use super::{Page, page};

/// A scorecard with one section and these items.
macro_rules! card {
    ($items:literal) => {
        card!("", "weight = 100", $items)
    };
    ($keys:literal, $weight:literal, $items:literal) => {
        concat!(
            "# rules/desk/cards.toml\n[[scorecard]]\nid = \"month\"\nsubject = \"agent\"\nperiod = \"all\"\n",
            $keys,
            "[[scorecard.section]]\nid = \"behaviour\"\n",
            $weight,
            "\nitems = [",
            $items,
            "]"
        )
    };
}

/// A scorecard without a fault.
const RIGHT: &str = card!("{ rule = \"desk/basics\", deduct = 5 }");

pub(super) const PAGES: &[Page] = &[
    page(
        "weights-not-100",
        "The weight of a section is its share of the score. Where the shares do not make a whole, nobody can say what a point is worth.",
        "权重是各部分占总分的比例。合计不是 100，就说不清一分值多少。",
        r#"# rules/desk/cards.toml
⟦[[scorecard]]⟧
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 90
items = [{ rule = "desk/basics", deduct = 5 }]"#,
        RIGHT,
    ),
    page(
        "item-unclear",
        "An item costs or earns points for one thing, so that each point can be led back to it.",
        "每个评分项只针对一样，这样每一分都说得清来处。",
        card!("⟦{ rule = \"desk/basics\", field = \"rating\", on = \"ticket\" }⟧"),
        RIGHT,
    ),
    page(
        "item-without-points",
        "A rule says what is a fault, the scorecard what a fault costs. Without points, a bonus or `critical` the item would never show.",
        "规则判定是否有错，评分卡规定错误扣几分。既无扣分、加分，也不是一票否决，该项就没有作用。",
        card!("⟦{ rule = \"desk/basics\" }⟧"),
        RIGHT,
    ),
    page(
        "item-key-unfit",
        "Rules cost points, metrics and fields are measured on a scale. A key of the other kind would be read by nobody.",
        "规则按扣分计，指标和字段按标尺计。用错的键不会起作用。",
        card!("{ rule = \"desk/basics\", deduct = 5, ⟦scale⟧ = [[0, 0], [1, 100]] }"),
        RIGHT,
    ),
    page(
        "scale-unreadable",
        "A scale says what values are worth: pairs of a value and its worth in percent of full marks. Between two pairs the worth goes in proportion.",
        "标尺说明取值值多少分：每对为取值与得分百分比，其间按比例。",
        card!("{ field = \"rating\", on = \"ticket\", scale = ⟦[1, 5]⟧ }"),
        card!("{ field = \"rating\", on = \"ticket\", scale = [[1, 0], [5, 100]] }"),
    ),
    page(
        "scale-not-monotone",
        "More is either better or worse. A scale that rises and falls would let a worse result earn more, and its pairs must stand in the order of values.",
        "取值越大要么越好，要么越差。忽高忽低的标尺会让较差的结果得分更高；各对还须按取值从小到大排列。",
        card!("{ field = \"rating\", on = \"ticket\", scale = ⟦[[1, 0], [3, 100], [5, 50]]⟧ }"),
        card!("{ field = \"rating\", on = \"ticket\", scale = [[1, 0], [5, 100]] }"),
    ),
    page(
        "grades-not-falling",
        "The first grade whose score is reached is given: they stand from the highest down.",
        "按顺序取第一个达到分数的等级，因此须从高到低排列。",
        card!(
            "grades = ⟦[[0, \"C\"], [85, \"B\"]]⟧\n",
            "weight = 100",
            "{ rule = \"desk/basics\", deduct = 5 }"
        ),
        card!(
            "grades = [[85, \"B\"], [0, \"C\"]]\n",
            "weight = 100",
            "{ rule = \"desk/basics\", deduct = 5 }"
        ),
    ),
    page(
        "bad-points",
        "A deduction takes its points away: with a sign it would add them.",
        "扣分本身就是减去，带负号反而成了加分。",
        card!("{ rule = \"desk/basics\", deduct = ⟦-5⟧ }"),
        RIGHT,
    ),
    page(
        "unknown-scored",
        "What a scorecard looks at must be there, or points would silently never be lost.",
        "评分卡引用的对象必须存在，否则永远不会扣分，也无人知道。",
        card!("⟦{ rule = \"desk/basic\", deduct = 5 }⟧"),
        RIGHT,
    ),
    page(
        "groups-scored",
        "A rule over groups judges a team or a month, not one record: it cannot say which record lost a point. Its figure can be scored as a metric.",
        "分组规则判定的是班组或月份，不是单条记录，说不出哪条记录扣了分。可以把它的数值作为指标评分。",
        r#"# rules/desk/cards.toml
[[rule]]
id = "answered"
title = "Answered soon"
on = "ticket"
severity = "major"
per = ["agent"]
check = 'rate(signed) >= 0.9'
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [⟦{ rule = "desk/answered", deduct = 5 }⟧]"#,
        card!("{ metric = 'rate(signed)', on = \"ticket\", scale = [[0.5, 0], [0.9, 100]] }"),
    ),
    page(
        "unknown-subject",
        "A score is somebody's. Sources say who: `subject` gives each level, such as agent, team and branch, the field that holds its name.",
        "得分总要归于某人。数据源的 `subject` 写明各层级（如承办人、班组、网点）对应的字段。",
        r#"# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = ⟦"agnt"⟧
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]"#,
        RIGHT,
    ),
    page(
        "scored-without-subject",
        "All records that an item looks at must say whose they are: a source without that level would leave its faults with nobody.",
        "评分项所针对的记录都须说明归属：缺少该层级的数据源，其中的错误就不会算到任何人头上。",
        r#"# audit.toml
[[ source ]]
id = "calls"
path = "data/tickets.csv"
kind = "call"
# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [⟦{ metric = 'count()', on = "call", max = 10 }⟧]"#,
        card!("{ metric = 'count()', on = \"ticket\", max = 10 }"),
    ),
    page(
        "scorecard-without-date",
        "A score of a month is made of the records of that month: which these are, the date of the source says.",
        "按月评分须知道记录属于哪个月，由数据源的 `date` 说明。",
        r#"# rules/desk/cards.toml
⟦[[scorecard]]⟧
id = "month"
subject = "agent"
period = "month"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]"#,
        RIGHT,
    ),
    page(
        "metric-of-several-sources",
        "A metric is one figure over one set of records. Two sources of a kind may count differently, so their figures cannot be put together.",
        "指标是对一批记录算出的一个数值。两个同类数据源口径可能不同，数值不能合并。",
        r#"# audit.toml
[[ source ]]
id = "more"
path = "data/tickets.csv"
kind = "ticket"
key = "ticket_id"
subject = { agent = "agent" }
# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [⟦{ metric = 'mean(rating)', on = "ticket", max = 5 }⟧]"#,
        card!("{ metric = 'mean(rating)', on = \"ticket\", max = 5 }"),
    ),
    page(
        "levels-differ",
        "Scores are put together level by level: of agents to teams, of teams to branches. Sources that do not agree on who holds whom would give one person two places.",
        "得分逐级汇总：由承办人到班组，由班组到网点。数据源的层级不一致，同一人就会有两个归属。",
        r#"# audit.toml
[[ source ]]
id = "more"
path = "data/tickets.csv"
kind = "ticket"
key = "ticket_id"
subject = { agent = "agent", team = "note" }
# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = ⟦"agent"⟧
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]"#,
        RIGHT,
    ),
    page(
        "field-of-what",
        "A rule says which records it looks at; a field and a metric do not, so the item does.",
        "规则写明针对哪类记录；字段和指标没有，须在评分项中写明。",
        card!("⟦{ field = \"rating\", max = 5 }⟧"),
        card!("{ field = \"rating\", on = \"ticket\", max = 5 }"),
    ),
    page(
        "field-no-number",
        "Points follow from numbers. What evaluators write in words wants a rule that says which words are a fault.",
        "得分来自数字。用文字填写的内容，请写一条规则说明哪些算错。",
        card!("⟦{ field = \"note\", on = \"ticket\", max = 5 }⟧"),
        card!("{ field = \"rating\", on = \"ticket\", max = 5 }"),
    ),
    page(
        "unknown-scorecard",
        "Scorecards are called by their pack and id: `appraisal/agent-month`.",
        "评分卡按规则包和 id 引用：`appraisal/agent-month`。",
        r#"# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]
$ touchstone explain . --scorecard desk/moth --subject A1"#,
        r#"# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]
$ touchstone explain . --scorecard desk/month --subject *"#,
    ),
    page(
        "unknown-score",
        "A score is one subject's in one period. Names are those of the data, periods are written as in the report: 2026-03-02, 2026-W10, 2026-03, 2026-Q1, 2026.",
        "得分属于一个对象和一个周期。名称以数据为准，周期写法与报告相同：2026-03-02、2026-W10、2026-03、2026-Q1、2026。",
        r#"# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]
$ touchstone explain . --scorecard desk/month --subject nobody"#,
        r#"# rules/desk/cards.toml
[[scorecard]]
id = "month"
subject = "agent"
period = "all"
[[scorecard.section]]
id = "behaviour"
weight = 100
items = [{ rule = "desk/basics", deduct = 5 }]
$ touchstone explain . --scorecard desk/month --subject *"#,
    ),
    page(
        "records-without-subject",
        "These records were judged and their findings stand, but they count in nobody's score. Either the field is empty where it should not be, or another one says whose they are.",
        "这些记录已经判定，发现项照常列出，但不计入任何人的得分。请检查字段为何缺失，或改用别的字段说明归属。",
        "",
        "",
    ),
];
