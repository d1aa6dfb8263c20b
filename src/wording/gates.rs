//! What is said about gates of one's own.
use super::{codes, wordings};

codes! { GATE_CODES;
    GATE_BUILT_IN "gate-built-in" = "every audit has a gate called `{name}`", "“{name}”是内置门禁的名称";
    FIGURE_ARGUMENTS "figure-arguments" = "`{name}` is not asked like this", "“{name}”的写法不对";
    UNKNOWN_IN_GATE "unknown-in-gate" = "the gate asks for `{name}`, and there is none", "门禁引用了“{name}”，但它不存在";
    GATE_OF_DISABLED "gate-of-disabled" = "the gate asks for `{name}`, which the project switches off", "门禁引用了“{name}”，但项目已将其停用";
    GATE_AMBIGUOUS "gate-ambiguous" = "several are called `{name}`: {names}", "有多个“{name}”：{names}";
    GATE_WITHOUT_FIGURE "gate-without-figure" = "the gate looks at no figure of the result", "门禁没有用到任何结果数据";
}

wordings! { GATE_TEXTS;
    HELP_GATE_BUILT_IN = "give it another id", "请换一个编号";
    HELP_FIGURE = "write it as: {text}", "写法：{text}";
    HELP_IN_GATE = "there are: {names}", "现有：{names}";
    HELP_GATE_DISABLED = "switch it on again, or take it out of the gate", "请重新启用，或从门禁中去掉";
    HELP_GATE_AMBIGUOUS = "write the full id, such as `{name}`", "请写完整编号，例如“{name}”";
    HELP_GATE_FIGURE = "such as `findings(\"critical\") == 0`, `kept(\"first-response\") >= 0.95`, `coverage() >= 0.9`", "例如 `findings(\"critical\") == 0`、`kept(\"first-response\") >= 0.95`、`coverage() >= 0.9`";
    HELP_GATE_NAMES = "a gate reads figures of the result: {names}", "门禁只能读取结果数据：{names}";
    FUNCTION_GATES = "in gates", "用于门禁";
    GATES_HEADING = "Figures of the result, in gates", "结果数据（用于门禁）";
    LIMIT = "limit", "界限";
    GATE_MISSING = "nothing to reckon {name} from", "缺少计算 {name} 的依据";
    CHECKED_GATES = "Gates: {count}.", "门禁：{count} 项。";
}
