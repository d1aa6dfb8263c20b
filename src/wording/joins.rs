//! What is said about joins to reference sources.
use super::{codes, wordings};

codes! { JOIN_CODES;
    UNKNOWN_JOIN "unknown-join" = "there is no source `{name}` to join", "没有可关联的数据源“{name}”";
    JOIN_CYCLE "join-cycle" = "joins go round in a circle: {names}", "关联形成了环：{names}";
    JOIN_NAME "join-name" = "`{name}` is the name of something else", "“{name}”已被占用";
    JOIN_KEYS "join-keys" = "the join names {found} fields, and the key of `{source}` has {expected}", "关联写了 {found} 个字段，而“{source}”的键有 {expected} 个";
    JOIN_TYPES "join-types" = "`{first}` is {left~} and `{second}` is {right~}: they never meet", "“{first}”是{left~}，“{second}”是{right~}，永远无法对应";
    JOIN_FIELD "join-field" = "`{source}` has no field `{name}`", "“{source}”没有字段“{name}”";
    JOIN_TWICE "join-twice" = "two records of `{source}` have the key `{key}`", "“{source}”中有两条记录的键都是“{key}”";
    JOIN_PARTNERS "join-without-partner" = "records of `{source}` that find no partner in `{other}`: {without}, that name none: {unnamed}; their `{name}` fields are missing", "“{source}”中有 {without} 条记录在“{other}”中找不到对应、{unnamed} 条没有写明，其“{name}”字段视为缺失";
    UNKNOWN_JOINED "unknown-joined-field" = "`{source}` has no field `{name}`", "“{source}”没有字段“{name}”";
}

wordings! { JOIN_TEXTS;
    HELP_JOIN = "such as `[[source.join]]` with `source = \"agents\"`, `as = \"agent\"`, `on = \"agent_id\"`", "例如在 `[[source.join]]` 中写 `source = \"agents\"`、`as = \"agent\"`、`on = \"agent_id\"`";
    HELP_JOIN_CYCLE = "a joined source gives its own fields only: take one of the joins away", "被关联的数据源只提供自己的字段：请去掉其中一个关联";
    HELP_JOIN_NAME = "give the join another name with `as`", "请用 `as` 换一个名称";
    HELP_JOIN_KEYS = "name as many as the key has, or say which meet: `on = { agent_id = \"id\" }`", "字段数须与键一致，或写明对应关系：`on = { agent_id = \"id\" }`";
    HELP_JOIN_TYPES = "give both fields one type under `fields`", "请在 `fields` 中把两者设为同一类型";
    HELP_JOIN_TWICE = "a record has one partner: name more fields in `on`, or mend the reference", "一条记录只能有一个对应：请在 `on` 中写更多字段，或修正参考数据";
    HELP_JOINED_FIELDS = "fields of `{source}`: {names}", "“{source}”的字段：{names}";
}
