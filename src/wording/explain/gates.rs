//! Pages of what is said about gates of one's own.

use super::{Page, page};

/// A gate in a project of one rule.
macro_rules! gate {
    ($gate:literal) => {
        concat!("# audit.toml\n[[gate]]\n", $gate)
    };
}

/// A gate in a project that switches a rule off.
macro_rules! disabled {
    ($gate:literal) => {
        concat!(
            "# audit.toml\n[rules.\"desk/basics\"]\nenabled = false\nreason = \"no counter\"\n",
            $gate,
            "# rules/desk/short.toml\n[[rule]]\nid = \"short\"\ntitle = \"Notes are short\"\non = \"ticket\"\nseverity = \"minor\"\ncheck = 'note.len() < 90'\n"
        )
    };
}

/// A gate in a project with a promise and a rule of one name.
macro_rules! namesake {
    ($gate:literal) => {
        concat!(
            "# audit.toml\n[[gate]]\nid = \"reply\"\n",
            $gate,
            "# rules/desk/reply.toml\n[[promise]]\nid = \"reply\"\ntitle = \"Replies within four hours\"\non = \"ticket\"\nstart = \"opened_at\"\nstop = \"first_reply_at\"\ntarget = \"4h\"\nseverity = \"minor\"\n[[rule]]\nid = \"reply\"\ntitle = \"There is a reply\"\non = \"ticket\"\nseverity = \"minor\"\ncheck = '!is_missing(first_reply_at)'\n"
        )
    };
}

pub(super) const PAGES: &[Page] = &[
    page(
        "gate-built-in",
        "Every audit has a gate `assessed`, which fails when a rule could assess nothing, and one for findings of a severity. Gates of your own have other ids, so that a report is clear.",
        "每次审核都有内置门禁 `assessed`（规则无一可判时不通过）和按严重程度的门禁。自定义门禁须用别的编号，报告才不会混淆。",
        gate!("id = ⟦\"assessed\"⟧\ncheck = 'coverage() >= 0.9'\n"),
        gate!("id = \"coverage\"\ncheck = 'coverage() >= 0.9'\n"),
    ),
    page(
        "figure-arguments",
        "A figure of the result is asked in one way: the name of what it is about stands in double quotes, and a standing is `new`, `known` or `waived`.",
        "结果数据有固定写法：所指对象写在双引号内，状态为 `new`、`known` 或 `waived`。",
        gate!("id = \"none\"\ncheck = '⟦findings(critical)⟧ == 0'\n"),
        gate!("id = \"none\"\ncheck = 'findings(\"critical\") == 0'\n"),
    ),
    page(
        "unknown-in-gate",
        "A gate names a severity, a dimension, a rule, a promise or a scorecard. This one names something that the project does not have, so it would never fail, or never hold.",
        "门禁引用严重程度、维度、规则、承诺或评分卡。此处引用的内容在项目中不存在，门禁将永远不通过或永远通过。",
        gate!("id = \"none\"\ncheck = '⟦findings(\"critcal\")⟧ == 0'\n"),
        gate!("id = \"none\"\ncheck = 'findings(\"critical\") == 0'\n"),
    ),
    page(
        "gate-of-disabled",
        "The project switches the rule off, so that the gate has no figure.",
        "项目已停用该规则，门禁得不到数据。",
        disabled!("[[gate]]\nid = \"greeted\"\ncheck = '⟦rate(\"desk/basics\")⟧ >= 0.9'\n"),
        disabled!("[[gate]]\nid = \"greeted\"\ncheck = 'rate(\"desk/short\") >= 0.9'\n"),
    ),
    page(
        "gate-ambiguous",
        "Several rules, promises or scorecards have this name. The full id, as reports show it, says which is meant.",
        "有多个规则、承诺或评分卡同名。写上报告中显示的完整编号即可区分。",
        namesake!("check = '⟦findings(\"reply\")⟧ == 0'\n"),
        namesake!("check = 'findings(\"desk/promise:reply\") == 0'\n"),
    ),
    page(
        "gate-without-figure",
        "The check reads nothing of the result: it says the same of every audit.",
        "该条件没有读取任何结果数据，对每次审核的结论都一样。",
        gate!("id = \"always\"\ncheck = '⟦1 > 0⟧'\n"),
        gate!("id = \"always\"\ncheck = 'records > 0'\n"),
    ),
];
