//! Pages of what is said about joins to reference sources.

use super::{Page, page};

/// A reference of agents, a join, and a rule over what it brings in.
macro_rules! joined {
    ($join:literal, $check:literal) => {
        concat!(
            "# audit.toml\n[[ source ]]\nid = \"calls\"\npath = \"data/calls.csv\"\nkind = \"call\"\n[[source.join]]\n",
            $join,
            "\n[[ source]]\nid = \"agents\"\npath = \"data/agents.csv\"\nkind = \"person\"\nkey = \"person_id\"\n",
            "# data/calls.csv\ncall_id,person,minutes\nK-1,P-1,4\n# data/agents.csv\nperson_id,years\nP-1,3\n",
            "# rules/desk/calls.toml\n[[rule]]\nid = \"short\"\ntitle = \"Answered soon\"\non = \"call\"\nseverity = \"minor\"\n",
            $check
        )
    };
}

/// A join without a fault.
const RIGHT: &str = joined!(
    "source = \"agents\"\nas = \"person_of\"\non = \"person\"",
    "check = 'minutes < 9 || person_of.years < 2'"
);

pub(super) const PAGES: &[Page] = &[
    page(
        "unknown-join",
        "A join names another source of the project by its id.",
        "关联按 id 引用项目中的另一个数据源。",
        joined!("source = ⟦\"agent\"⟧\nas = \"person_of\"\non = \"person\"", "check = 'minutes < 9'"),
        RIGHT,
    ),
    page(
        "join-cycle",
        "A joined source gives its own fields. Were it joined back, in one step or several, each would have to be there before the other.",
        "被关联的数据源提供自己的字段。若它又（直接或间接）关联回来，两者就互为前提。",
        joined!("source = \"calls\"\nas = \"person_of\"\non = \"person\"", "check = 'minutes < 9'"),
        RIGHT,
    ),
    page(
        "join-name",
        "What a join is called stands before its fields in rules, `agent.years`: it is a name of its own.",
        "关联的名称在规则中写在其字段之前，如 `agent.years`，因此不能与其他名称相同。",
        joined!("source = \"agents\"\nas = ⟦\"minutes\"⟧\non = \"person\"", "check = 'person != \"x\"'"),
        RIGHT,
    ),
    page(
        "join-keys",
        "A partner is found by its whole key: a join on part of it would find several.",
        "对应记录按完整的键查找：只用一部分会找到多条。",
        joined!(
            "source = \"agents\"\nas = \"person_of\"\non = [\"person\", \"call_id\"]",
            "check = 'minutes < 9'"
        ),
        RIGHT,
    ),
    page(
        "join-types",
        "Keys meet where they are written alike. A number with decimals and a text are never sure to be.",
        "键按写法逐字比较。小数、日期等与文本的写法难以一致。",
        joined!(
            "source = \"agents\"\nas = \"person_of\"\non = { ⟦minutes⟧ = \"person_id\" }\n[ source.fields]\nminutes = { type = \"float\" }",
            "check = 'person_of.years < 9'"
        ),
        RIGHT,
    ),
    page(
        "join-field",
        "The fields that meet must be there, in the record and in the reference.",
        "对应的字段在记录和参考数据中都必须存在。",
        joined!("source = \"agents\"\nas = \"person_of\"\non = ⟦\"persn\"⟧", "check = 'minutes < 9'"),
        RIGHT,
    ),
    page(
        "join-twice",
        "Which of two partners is meant nobody can say: the reference must have each key once.",
        "有两条对应记录时无法判断以哪条为准：参考数据中每个键只能出现一次。",
        "",
        "",
    ),
    page(
        "join-without-partner",
        "These records name somebody whom the reference does not know. The fields of the partner are missing, so rules that need them have no evidence.",
        "这些记录指向参考数据中没有的对象。其字段视为缺失，需要这些字段的规则缺少证据。",
        "",
        "",
    ),
    page(
        "unknown-joined-field",
        "A join brings in the fields of its reference, by their names.",
        "关联带入参考数据的字段，按名称引用。",
        joined!(
            "source = \"agents\"\nas = \"person_of\"\non = \"person\"",
            "check = 'minutes < 9 || person_of.⟦year⟧ < 2'"
        ),
        RIGHT,
    ),
];
