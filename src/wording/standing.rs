//! What is said about waivers and baselines.
use super::{codes, wordings};

codes! { STANDING_CODES;
    WAIVER_OF_WHAT "waiver-of-what" = "a waiver names one `key` or one condition `where`", "豁免须写明 `key`（主键）或 `where`（条件）之一";
    LIST_OPEN_QUOTE "open-quote" = "this quote is never closed", "此引号未闭合";
    WAIVER_DATE "waiver-date" = "`{text}` is no date", "“{text}”不是日期";
    WAIVER_OF_GROUPS "waiver-of-groups" = "`{name}` judges groups: a condition on records says nothing of them", "“{name}”判定的是分组，针对记录的条件对它没有意义";
    WAIVER_OF_UNKNOWN "waiver-of-unknown-rule" = "the waiver is for `{name}`, and there is no such rule or promise", "豁免针对“{name}”，但没有这样的规则或承诺";
    WAIVER_EXPIRED "waiver-expired" = "the waiver ended on {date}: it excuses nothing any more", "豁免已于 {date} 到期，不再有效";
    WAIVER_UNUSED "waiver-unused" = "the waiver excuses nothing: `{name}` has no finding on `{selector}`", "豁免没有用到：“{name}”在“{selector}”上没有发现项";
    WAIVER_BROAD "waiver-broad" = "the waiver excuses {count} of {all} findings of `{name}`", "豁免覆盖了“{name}”的 {all} 个发现项中的 {count} 个";
    BASELINE_LINE "baseline-line" = "this is no line of a baseline", "此行不是基线的内容";
    BASELINE_NOT_THERE "baseline-not-there" = "the baseline cannot be read: {reason}", "无法读取基线：{reason}";
    BASELINE_UNSTABLE "baseline-unstable" = "findings left out of the baseline, since their records have no key or share it: {count}", "未写入基线的发现项（其记录没有主键或主键重复）：{count}";
    BASELINE_GROWS "baseline-grows" = "the baseline would grow: {names}", "基线将会增加：{names}";
}

wordings! { STANDING_TEXTS;
    HELP_WAIVER = "such as `key = \"C-1042\"` or `where = 'site == \"north\"'`", "例如 `key = \"C-1042\"` 或 `where = 'site == \"north\"'`";
    HELP_LIST_QUOTE = "close it behind the cell; a quote within a cell in quotes is written twice", "请在单元格末尾闭合引号；引号内的引号须写两次";
    HELP_WAIVER_DATE = "write it as 2026-12-31", "请写成 2026-12-31";
    HELP_WAIVER_OF_GROUPS = "name the group: `key = \"north|2026-03\"`", "请写明分组：`key = \"north|2026-03\"`";
    HELP_WAIVER_EXPIRED = "take it out, or have it allowed anew with a later `expires`", "请删除，或经批准后写上新的 `expires`";
    HELP_WAIVER_UNUSED = "take it out, or mend its rule, key or condition", "请删除，或改正其规则、主键或条件";
    HELP_WAIVER_BROAD = "narrow its condition, or change the rule itself", "请收窄条件，或修改规则本身";
    HELP_BASELINE_LINE = "a line is: fingerprint, rule and key, with tabs between them; `touchstone baseline write` makes the file", "每行为：指纹、规则、主键，以制表符分隔；请用 `touchstone baseline write` 生成";
    HELP_BASELINE_WRITE = "`touchstone baseline write FILE` makes one", "可用 `touchstone baseline write FILE` 生成";
    HELP_BASELINE_UNSTABLE = "give the source a `key` that stands once, or take them in with --unstable", "请为数据源指定不重复的 `key`，或用 --unstable 写入";
    HELP_BASELINE_GROWS = "mend the new findings, or take them in with --allow-growth", "请处理新的发现项，或用 --allow-growth 写入";
    SARIF_BY_GROUP = "{count} findings: {title} ({name})", "{count} 个发现项：{title}（{name}）";
    SARIF_BY_RULE = "{count} findings: {title}", "{count} 个发现项：{title}";
    SARIF_OF_GROUPS = "rule and group", "每条规则和每个分组";
    SARIF_OF_RULES = "rule", "每条规则";
    SARIF_TOO_LARGE = "{count} findings take more than the 10 MB that code scanning takes: there is one result for each {unit}", "{count} 个发现项超过代码扫描 10 MB 的上限，因此{unit}只有一个结果";
    SARIF_TOO_MANY = "{count} findings are more than the {limit} that code scanning takes: there is one result for each {unit}", "发现项共 {count} 个，超过代码扫描的上限 {limit}，因此{unit}只有一个结果";
    SARIF_WAIVED = "{reason} ({approver}, until {date})", "{reason}（{approver}，有效至 {date}）";
    STANDINGS = "new {new} · known {known} · waived {waived}", "新增 {new} · 已知 {known} · 豁免 {waived}";
    STANDINGS_FIXED = "{line} · fixed {fixed}", "{line} · 已消除 {fixed}";
    ABOUT_BASELINE = "Write, show or prune a baseline of known findings", "生成、查看或清理已知发现项的基线";
    ABOUT_BASELINE_WRITE = "Audit, and write the findings to FILE as known", "审核并把发现项作为已知写入 FILE";
    ABOUT_BASELINE_SHOW = "Show what FILE holds, by rule", "按规则显示 FILE 的内容";
    ABOUT_BASELINE_PRUNE = "Audit, and take out of FILE what is no longer found", "审核并从 FILE 中去掉已消除的发现项";
    OPTION_BASELINE = "Findings that FILE holds are known: gates on severity count new ones only", "FILE 中的发现项视为已知，按严重程度的门禁只计新增";
    OPTION_BASELINE_FILE = "The baseline", "基线文件";
    OPTION_UNSTABLE = "Take in findings on records without a key of their own", "也写入没有独立主键的记录的发现项";
    OPTION_GROWTH = "Let a rule have more findings than in the file that is there", "允许某规则的发现项多于原有基线";
    BASELINE_TOTAL = "{count} findings of {rules} rules", "{rules} 条规则，{count} 个发现项";
    BASELINE_PRUNED = "{fixed} taken out, {left} left", "已去掉 {fixed} 个，剩余 {left} 个";
    BASELINE_WROTE = "{count} findings are known from now on", "{count} 个发现项今后视为已知";
}
