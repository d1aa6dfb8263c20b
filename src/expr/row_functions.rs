//! The other half of the table of functions: those that have no column form and run row by row, those
//! that are more than a call of a kernel, and the Chinese names of all.

use super::FUNCTIONS;

/// A function that runs row by row only; the evaluator matches on these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each has a row in ROW_FUNCTIONS")]
pub enum Native {
    All,
    Any,
    Append,
    Chars,
    Chop,
    Clear,
    Contains,
    Dedup,
    Extract,
    Filter,
    Find,
    Get,
    IndexOf,
    Insert,
    IsEmpty,
    Keys,
    Len,
    Map,
    Max,
    Mean,
    Min,
    Pad,
    ParseFloat,
    ParseInt,
    Pop,
    Print,
    Push,
    Range,
    Reduce,
    Remove,
    Replace,
    Reverse,
    Set,
    Shift,
    Sort,
    Split,
    SubString,
    Sum,
    ToText,
    Truncate,
    Values,
    Zip,
}

/// A function without a column form.
#[derive(Clone, Copy, Debug)]
pub struct RowFunction {
    /// What rules call.
    pub name: &'static str,
    /// Which it is.
    pub native: Native,
    /// How it is called.
    pub signature: &'static str,
    /// The fewest and the most arguments, the value in front of the dot among them.
    pub arity: (usize, usize),
    /// True where it changes the list or map that it is called on.
    pub changes: bool,
    /// An expression that shows it.
    pub example: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
}

macro_rules! row {
    ($name:literal $native:ident $low:literal..=$high:literal $changes:literal, $signature:literal, $example:literal, $en:literal, $zh:literal) => {
        RowFunction {
            name: $name,
            native: Native::$native,
            signature: $signature,
            arity: ($low, $high),
            changes: $changes,
            example: $example,
            en: $en,
            zh: $zh,
        }
    };
}

/// Every function without a column form, by name.
#[rustfmt::skip] // A table.
pub const ROW_FUNCTIONS: &[RowFunction] = &[
    row!("all" All 1..=2 false, "list.all(|item| condition); all(list of bool)", "scores.all(|it| it >= 3)", "whether all elements are so; true of an empty list", "是否每个元素都满足；空列表为真"),
    row!("any" Any 1..=2 false, "list.any(|item| condition); any(list of bool)", "scores.any(|it| it < 3)", "whether any element is so", "是否有元素满足"),
    row!("some" Any 1..=2 false, "list.some(|item| condition)", "scores.some(|it| it < 3)", "the same as `any`", "同 any"),
    row!("append" Append 2..=2 true, "list.append(list)", "all.append(more)", "puts the elements of another list behind its own", "把另一列表的元素追加到末尾"),
    row!("chars" Chars 1..=1 false, "text.chars()", "note.chars().len() > 3", "the characters, as a list of texts", "字符列表"),
    row!("chop" Chop 2..=2 true, "list.chop(count)", "last.chop(3)", "keeps the last elements only", "只保留末尾若干元素"),
    row!("clear" Clear 1..=1 true, "list.clear()", "seen.clear()", "takes all elements out", "清空"),
    row!("contains" Contains 2..=2 false, "list.contains(value); map.contains(key)", "tags.contains(\"vip\")", "whether the list holds the value, or the map the key", "列表是否含有该值，或映射是否含有该键"),
    row!("dedup" Dedup 1..=1 true, "list.dedup()", "steps.dedup()", "takes out elements that equal the one before", "去除相邻重复元素"),
    row!("extract" Extract 2..=3 false, "list.extract(start, count)", "steps.extract(0, 2)", "some of the elements, as a new list", "取出部分元素组成新列表"),
    row!("filter" Filter 2..=2 false, "list.filter(|item| condition)", "scores.filter(|it| it < 3).len() == 0", "the elements that are so, as a new list", "满足条件的元素组成新列表"),
    row!("find" Find 2..=2 false, "list.find(|item| condition)", "scores.find(|it| it < 3)", "the first element that is so; missing where there is none", "第一个满足条件的元素；没有则为缺失"),
    row!("get" Get 2..=2 false, "list.get(index); map.get(key)", "scores.get(0) >= 3", "an element; missing where there is none", "取元素；没有则为缺失"),
    row!("index_of" IndexOf 2..=2 false, "list.index_of(value); list.index_of(|item| condition); text.index_of(part)", "steps.index_of(\"reply\") >= 0", "where the element or part first stands, from 0; -1 where it does not", "首次出现的位置，从 0 起；没有为 -1"),
    row!("insert" Insert 3..=3 true, "list.insert(index, value)", "steps.insert(0, \"start\")", "puts an element in", "插入元素"),
    row!("is_empty" IsEmpty 1..=1 false, "is_empty(list); is_empty(text); is_empty(map)", "!tags.is_empty()", "whether there is nothing in it", "是否为空"),
    row!("keys" Keys 1..=1 false, "map.keys()", "counts.keys().len() == 2", "the keys, sorted", "所有键，已排序"),
    row!("len" Len 1..=1 false, "len(list); len(map)", "tags.len() <= 3", "the number of elements", "元素个数"),
    row!("map" Map 2..=2 false, "list.map(|item| value)", "sum(scores.map(|it| it * 2)) > 9", "what becomes of each element, as a new list", "逐个变换，组成新列表"),
    row!("max" Max 1..=1 false, "max(list)", "max(scores) <= 5", "the largest element", "最大元素"),
    row!("mean" Mean 1..=1 false, "mean(list)", "mean(scores) >= 4.0", "the mean of the elements", "元素平均值"),
    row!("min" Min 1..=1 false, "min(list)", "min(scores) >= 3", "the smallest element", "最小元素"),
    row!("pad" Pad 3..=3 true, "list.pad(length, value)", "marks.pad(5, 0)", "puts the value behind until the list is so long", "以该值补足到指定长度"),
    row!("parse_float" ParseFloat 1..=1 false, "parse_float(text)", "parse_float(code) > 1.5", "the number that the text writes", "把文本读作小数"),
    row!("parse_int" ParseInt 1..=1 false, "parse_int(text)", "parse_int(code) > 15", "the whole number that the text writes", "把文本读作整数"),
    row!("pop" Pop 1..=1 true, "list.pop()", "steps.pop()", "takes the last element out and gives it; missing where there is none", "取出末尾元素；没有则为缺失"),
    row!("print" Print 1..=1 false, "print(value)", "print(note)", "says nothing to anybody: rules have no output but their verdict", "无任何输出：规则除结论外不输出"),
    row!("push" Push 2..=2 true, "list.push(value)", "late.push(step)", "puts an element behind the others", "追加元素"),
    row!("range" Range 2..=3 false, "range(from, to); range(from, to, step)", "range(0, 10, 2).len() == 5", "whole numbers, the end not among them", "整数序列，不含终点"),
    row!("reduce" Reduce 2..=3 false, "list.reduce(|total, item| value, start)", "scores.reduce(|all, it| all + it, 0) > 9", "one value out of all elements", "逐个累计成一个值"),
    row!("remove" Remove 2..=2 true, "list.remove(index); map.remove(key)", "steps.remove(0)", "takes an element out and gives it; missing where there is none", "移除并给出元素；没有则为缺失"),
    row!("replace" Replace 3..=3 false, "text.replace(part, other)", "phone.replace(\"-\", \"\").len() == 11", "the text with every such part replaced", "替换文本中的每一处"),
    row!("reverse" Reverse 1..=1 true, "list.reverse()", "steps.reverse()", "turns the order around", "倒序"),
    row!("set" Set 3..=3 true, "list.set(index, value); map.set(key, value)", "counts.set(\"vip\", 1)", "puts a value in an element's place", "设置元素"),
    row!("shift" Shift 1..=1 true, "list.shift()", "steps.shift()", "takes the first element out and gives it; missing where there is none", "取出首个元素；没有则为缺失"),
    row!("sort" Sort 1..=2 true, "list.sort(); list.sort(|a, b| a - b)", "scores.sort()", "sorts the list, smallest first", "从小到大排序"),
    row!("split" Split 1..=2 false, "text.split(separator)", "note.split(\";\").len() <= 3", "the parts between separators; between white space without one", "按分隔符拆分；不给分隔符则按空白拆分"),
    row!("sub_string" SubString 2..=3 false, "text.sub_string(start, count)", "id.sub_string(0, 2) == \"T-\"", "a part of the text, in characters from 0", "取部分文本，按字符从 0 起"),
    row!("sum" Sum 1..=1 false, "sum(list)", "sum(scores) >= 10", "the sum of the elements", "元素之和"),
    row!("to_string" ToText 1..=1 false, "to_string(value)", "to_string(floor) == \"3\"", "the value as text", "转为文本"),
    row!("truncate" Truncate 2..=2 true, "list.truncate(count)", "first.truncate(3)", "keeps the first elements only", "只保留开头若干元素"),
    row!("values" Values 1..=1 false, "map.values()", "sum(counts.values()) == 2", "the values, by their keys", "所有值，按键排序"),
    row!("zip" Zip 3..=3 false, "list.zip(list, |a, b| value)", "a.zip(b, |x, y| x + y)", "what becomes of pairs of elements, as a new list", "两列表成对变换，组成新列表"),
];

/// A special form: it looks like a function and is more than a call of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct SpecialForm {
    /// What rules call.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// An expression that shows it.
    pub example: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
}

macro_rules! form {
    ($name:literal, $signature:literal, $example:literal, $en:literal, $zh:literal) => {
        SpecialForm { name: $name, signature: $signature, example: $example, en: $en, zh: $zh }
    };
}

/// Every special form.
#[rustfmt::skip] // A table.
pub const SPECIAL_FORMS: &[SpecialForm] = &[
    form!("is_missing", "is_missing(field)", "is_missing(reply_at)", "whether the value is not there", "值是否缺失"),
    form!("contains_any", "contains_any(text, \"phrases\")", "contains_any(note, \"taboo\")", "whether any phrase of the list stands in the text", "文本是否包含词表中的任一词"),
    form!("count_any", "count_any(text, \"phrases\")", "count_any(note, \"taboo\") <= 1", "how many phrases of the list stand in the text", "文本中出现词表用语的次数"),
    form!("matches", "matches(text, \"regex\")", "matches(id, \"^T-[0-9]+$\")", "whether the regular expression fits the text", "文本是否符合正则表达式"),
    form!("open_time", "open_time(from, to, \"calendar\")", "open_time(a, b, \"office\") <= hours(4)", "the time between two times that lies within the hours of the calendar; 0 where the second is not later", "两个时间之间落在工作日历时段内的时长；后者不晚于前者时为 0"),
    form!("time", "time(\"2026-03-02T09:00\")", "opened_at >= time(\"2026-03-02T09:00\")", "an instant, on the project's clock unless it gives an offset", "时间；未写时差的按项目时区"),
    form!("amount", "amount(\"3bd\")", "target == amount(\"3bd\")", "a promised time", "时限"),
    form!("pass", "pass()", "if tier == \"vip\" { pass() }", "ends the script: the record passes", "结束脚本：判为通过"),
    form!("fail", "fail(reason)", "if late { fail(\"late\") }", "ends the script: the record fails, for this reason", "结束脚本：判为不通过，并给出理由"),
    form!("not_applicable", "not_applicable()", "if closed { not_applicable() }", "ends the script: the rule does not look at the record", "结束脚本：判为不适用"),
    form!("call", "closure.call(value)", "late.call(wait)", "calls a closure", "调用闭包"),
];

/// Chinese names of functions, properties and constants: a rule may use either, anywhere.
#[rustfmt::skip] // A table.
pub const ALIASES: &[(&str, &str)] = &[
    ("缺失", "is_missing"), ("包含任一", "contains_any"), ("出现次数", "count_any"), ("匹配", "matches"),
    ("通过", "pass"), ("不通过", "fail"), ("不适用", "not_applicable"), ("调用", "call"),
    ("绝对值", "abs"), ("向下取整", "floor"), ("向上取整", "ceil"), ("四舍五入", "round"),
    ("最小", "min"), ("最大", "max"), ("限定", "clamp"), ("转小数", "to_float"), ("转整数", "to_int"),
    ("平方根", "sqrt"), ("指数", "exp"), ("自然对数", "ln"),
    ("长度", "len"), ("包含", "contains"), ("开头是", "starts_with"), ("结尾是", "ends_with"), ("小写", "lower"),
    ("大写", "upper"), ("去空白", "trim"), ("半角小写", "fold"),
    ("秒", "seconds"), ("分钟", "minutes"), ("小时", "hours"), ("天", "days"),
    ("日期", "date"), ("时间", "time"), ("时限", "amount"), ("工作时长", "open_time"), ("几点", "hour"), ("星期", "weekday"), ("哪天", "day"),
    ("哪周", "week"), ("哪月", "month"), ("哪季度", "quarter"), ("哪年", "year"),
    ("全部", "all"), ("任一", "any"), ("追加列表", "append"), ("字符", "chars"), ("保留末尾", "chop"), ("清空", "clear"),
    ("去邻重", "dedup"), ("截取列表", "extract"), ("筛选", "filter"), ("查找", "find"), ("取", "get"), ("位置", "index_of"),
    ("插入", "insert"), ("为空", "is_empty"), ("键", "keys"), ("变换", "map"), ("平均", "mean"), ("补足", "pad"),
    ("读小数", "parse_float"), ("读整数", "parse_int"), ("取出末尾", "pop"), ("输出", "print"), ("追加", "push"), ("序列", "range"),
    ("累计", "reduce"), ("移除", "remove"), ("替换", "replace"), ("倒序", "reverse"), ("设", "set"), ("取出开头", "shift"),
    ("存在", "some"), ("排序", "sort"), ("拆分", "split"), ("截取", "sub_string"), ("合计", "sum"), ("转文本", "to_string"),
    ("保留开头", "truncate"), ("值", "values"), ("成对", "zip"),
    ("审计时点", "as_of"), ("真", "true"), ("假", "false"),
    ("推荐分值", "nps_points"), ("占比下限", "wilson_low"), ("占比上限", "wilson_high"), ("卡诺类别", "kano"),
    ("期望比较", "expectation_class"),
];

/// The English name of a function or constant that has a Chinese one; any other name as it is.
#[must_use]
pub fn canonical(name: &str) -> &str {
    if name.is_ascii() {
        return name;
    }
    ALIASES.iter().find(|(zh, _)| *zh == name).map_or(name, |(_, en)| en)
}

/// The function without a column form that is called `name`.
#[must_use]
pub(crate) fn row_function(name: &str) -> Option<&'static RowFunction> {
    ROW_FUNCTIONS.iter().find(|it| it.name == name)
}

/// One way to call a function, as handbooks and editors show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What rules call.
    pub name: &'static str,
    /// What Chinese rules may call.
    pub alias: &'static str,
    /// How it is called, and for functions of fixed types what it gives.
    pub signature: String,
    /// An expression that shows it.
    pub example: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// Whether it runs over columns.
    pub by_columns: bool,
}

/// Everything that rules can call, by name: all three tables in one.
#[must_use]
pub fn described() -> Vec<Described> {
    let alias = |name: &str| ALIASES.iter().find(|(_, en)| *en == name).map_or("", |(zh, _)| zh);
    let typed = FUNCTIONS.iter().map(|it| {
        let params = it.params.iter().map(|ty| ty.name()).collect::<Vec<_>>().join(", ");
        let call =
            if it.property { format!("{params}.{}", it.name) } else { format!("{}({params})", it.name) };
        let signature = format!("{call} -> {}", it.returns.name());
        let (name, alias) = (it.name, alias(it.name));
        Described { name, alias, signature, example: it.example, en: it.en, zh: it.zh, by_columns: true }
    });
    let forms = SPECIAL_FORMS.iter().map(|it| Described {
        name: it.name,
        alias: alias(it.name),
        signature: it.signature.to_owned(),
        example: it.example,
        en: it.en,
        zh: it.zh,
        by_columns: !matches!(it.name, "pass" | "fail" | "not_applicable" | "call"),
    });
    let rows = ROW_FUNCTIONS.iter().map(|it| Described {
        name: it.name,
        alias: alias(it.name),
        signature: it.signature.to_owned(),
        example: it.example,
        en: it.en,
        zh: it.zh,
        // Over a list of the record's they are reckoned in columns.
        by_columns: matches!(it.name, "len" | "sum" | "mean" | "min" | "max" | "contains"),
    });
    let mut all: Vec<Described> = typed.chain(forms).chain(rows).collect();
    all.sort_by_key(|it| it.name);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_one_chinese_name() {
        let typed = FUNCTIONS.iter().map(|it| it.name);
        let names =
            typed.chain(ROW_FUNCTIONS.iter().map(|it| it.name)).chain(SPECIAL_FORMS.iter().map(|it| it.name));
        for name in names.clone().chain(["as_of", "true", "false"]) {
            assert_eq!(ALIASES.iter().filter(|(_, en)| *en == name).count(), 1, "{name}");
        }
        for (index, (zh, en)) in ALIASES.iter().enumerate() {
            assert!(names.clone().any(|it| it == *en) || matches!(*en, "as_of" | "true" | "false"), "{en}");
            assert!(ALIASES[..index].iter().all(|it| it.0 != *zh), "{zh} stands twice");
            assert_eq!(canonical(zh), *en);
        }
    }

    #[test]
    fn rows_of_the_table_are_whole() {
        for (index, one) in ROW_FUNCTIONS.iter().enumerate() {
            assert!(ROW_FUNCTIONS[..index].iter().all(|it| it.name != one.name), "{} stands twice", one.name);
            assert!(one.example.contains(one.name) && one.signature.contains(one.name), "{}", one.name);
            assert!(one.arity.0 <= one.arity.1 && !one.zh.is_empty());
        }
    }
}
