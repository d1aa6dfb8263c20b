//! The words of samples and of calibration.
use super::{codes, wordings};

codes! { REVIEW_CODES;
    NO_SAMPLING "no-sampling" = "the project does not say which records to draw", "项目没有说明抽取哪些记录";
    NO_CALIBRATION "no-calibration" = "the project does not say whose ratings to compare", "项目没有说明比较哪些评分";
    NO_SUCH_EVALUATOR "no-such-evaluator" = "nobody is called `{name}` among the evaluators", "评分人中没有“{name}”";
}

wordings! { REVIEW_TEXTS;
    HELP_NO_SAMPLING = "write it in audit.toml: `[sampling]` with `source`, `seed` and `strata = [{ when = 'true', rate = 0.03 }]`", "请在 audit.toml 中写上 `[sampling]`，包括 `source`、`seed` 和 `strata = [{ when = 'true', rate = 0.03 }]`";
    WANTS_RATE = "a number from 0 to 1 is wanted", "应为 0 到 1 之间的数字";
    WANTS_STRATA = "at least one stratum is wanted: `{ when = 'true', rate = 0.03 }`", "至少应有一层：`{ when = 'true', rate = 0.03 }`";
    HELP_NO_CALIBRATION = "write it in audit.toml: `[calibration]` with `source`, `record`, `evaluator` and `items`", "请在 audit.toml 中写上 `[calibration]`，包括 `source`、`record`、`evaluator` 和 `items`";
    WANTS_DISTANCE = "a number of 0 or more is wanted", "应为不小于 0 的数字";
    ABOUT_CALIBRATE = "Tell whether evaluators agree, and who is out of tolerance", "评分人是否一致，谁超出容许偏差";
    CALIBRATION_HEAD = "{records} records, {evaluators} evaluators", "{records} 条记录，{evaluators} 名评分人";
    CALIBRATION_AGAIN = "ratings of a record by somebody who had rated it before, left out: {count}", "同一人对同一记录的重复评分（不计）：{count}";
    CALIBRATION_NONE = "no record is rated by two", "没有记录由两人评分";
    CALIBRATION_AGREEMENT = "alike {share} % ({interval}) of {n} pairs", "一致率 {share} %（{interval}），共 {n} 对";
    CALIBRATION_BIAS = "{bias}, alike {alike} of {n}", "{bias}，{n} 次中一致 {alike} 次";
    CALIBRATION_OUT = "out of tolerance", "超出容许偏差";
    CALIBRATION_UNCLEAR = "beyond, perhaps by chance", "超出，或属偶然";
    ABOUT_SAMPLE = "Draw the records that people should review", "抽取应由人工复核的记录";
    OPTION_SAMPLE_OUTPUT = "Write the worklist to FILE: .csv, .ndjson or FORMAT:FILE (repeatable)", "把复核清单写入 FILE：.csv、.ndjson 或 FORMAT:FILE（可重复）";
    OPTION_SAMPLE_FORMAT = "What goes to standard output: terminal, csv or ndjson", "标准输出的格式：terminal、csv 或 ndjson";
    SAMPLE_HEAD = "{drawn} of {records} records are drawn, by stratum:", "共 {records} 条记录，抽取 {drawn} 条，各层：";
    SAMPLE_RATE = "{rate} of: {when}", "{when}：抽 {rate}";
    SAMPLE_MINIMUM = "at least {min} of {per} {name}", "{per} {name} 至少 {min} 条";
    SAMPLE_OUTSIDE = "records in no stratum: {count}", "不属于任何一层的记录：{count}";
    SAMPLE_KEYLESS = "records without a key, which cannot be drawn: {count}", "没有主键、无法抽取的记录：{count}";
    SAMPLE_BUDGET = "the budget allows {drawn} of {wanted}", "应抽 {wanted} 条，预算允许 {drawn} 条";
    SAMPLE_MARGIN = "an error rate among them is within ± {margin} of the truth (95 %, drawn alike)", "若等概率抽取，由此得到的差错率与实际相差不超过 ± {margin}（95 %）";
    SAMPLE_NEEDED = "for ± {margin}: {count} records", "若要达到 ± {margin}：需 {count} 条";
    SAMPLE_MORE = "… and {count} more; `-o worklist.csv` writes them all", "……另有 {count} 条；`-o worklist.csv` 可写出全部";
}
