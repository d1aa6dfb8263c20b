//! What is said about record files.
use super::{codes, wordings};

codes! { DATA_CODES;
    BAD_CELL "bad-cell" = "`{text}` cannot be read as {type~}", "“{text}”无法读作{type~}";
    NOT_A_CHOICE "bad-cell" = "`{text}` is none of the choices of `{field}`", "“{text}”不在“{field}”的可选值之内";
    FIELD_COUNT "rejected-row" = "this row is left out: it has {found} fields, the header has {expected}", "此行未纳入：有 {found} 个字段，而表头有 {expected} 个";
    BAD_JSON "rejected-row" = "this line is left out: it is no JSON object ({detail})", "此行未纳入：不是 JSON 对象（{detail}）";
    OPEN_QUOTE "rejected-row" = "this row is left out: a quote is opened and never closed", "此行未纳入：引号未闭合";
    TOO_LARGE "rejected-row" = "this record is left out: it is larger than {limit} MiB", "此记录未纳入：大于 {limit} MiB";
    DUPLICATE_KEY "duplicate-key" = "the key `{key}` stands more than once", "主键“{key}”出现多次";
    NO_FILES "no-files" = "no file matches `{pattern}`", "没有文件匹配“{pattern}”";
    BAD_PATTERN "bad-pattern" = "`{pattern}` is no valid path pattern: {reason}", "“{pattern}”不是有效的路径模式（{reason}）";
    OUTSIDE_PROJECT "outside-project" = "`{pattern}` leads out of the project folder", "“{pattern}”指向项目文件夹之外";
    UNREADABLE_FILE "unreadable-file" = "`{file}` cannot be read: {reason}", "无法读取“{file}”（{reason}）";
    CUT_OFF_FILE "cut-off-file" = "`{file}` ends too early: {reason}", "“{file}”内容不完整（{reason}）";
    UNKNOWN_ENDING "unknown-format" = "the ending of `{file}` does not tell its format", "无法从“{file}”的扩展名判断格式";
    UNKNOWN_ENCODING "unknown-encoding" = "there is no encoding called `{name}`", "没有名为“{name}”的编码";
    BAD_HEADER "bad-header" = "the header of `{file}` does not end: a quote is never closed, or the file is no table", "“{file}”的表头没有结束：有引号未闭合，或该文件不是表格";
    EMPTY_SOURCE "empty-source" = "there is neither a header nor a record in the files of `{source}`", "“{source}”的文件中既没有表头也没有记录";
    NO_COLUMN_FITS "unknown-column" = "the data of `{source}` have none of the {count} columns that its fields are read from", "“{source}”的字段对应的 {count} 列在数据中一列也没有";
    UNKNOWN_COLUMN "unknown-column" = "the data of `{source}` have no column `{name}`", "“{source}”的数据没有列“{name}”";
    UNSEEN_KEY "unseen-key" = "no sampled record of `{source}` has the key `{name}`", "“{source}”的抽样记录中没有键“{name}”";
    SAME_FIELD_NAME "same-field-name" = "two fields of `{source}` are called `{name}`", "“{source}”有两个字段都叫“{name}”";
    BAD_TIME_FORMAT "bad-time-format" = "`{name}` cannot be read as {type~} by the format `{format}`: {reason}", "无法按格式“{format}”将“{name}”读作{type~}（{reason}）";
    AMBIGUOUS_DATES "ambiguous-dates" = "`{name}` stays text: dates like `{example}` may have the day or the month first", "“{name}”按文本处理：“{example}”这样的日期可能是日在前，也可能是月在前";
    JSON_NOT_RECORDS "json-shape" = "`{file}` is neither an array of objects nor an object", "“{file}”既不是对象数组，也不是对象";
    JSON_MALFORMED "json-malformed" = "`{file}` is no valid JSON at element {row} of its array", "“{file}”的数组在第 {row} 个元素处不是有效的 JSON";
    JSON_CUT_OFF "json-cut-off" = "`{file}` ends within its array, at element {row}", "“{file}”在数组的第 {row} 个元素处中断";
    JSON_TRAILING "json-trailing" = "something follows the end of the JSON in `{file}`", "“{file}”的 JSON 结束之后还有内容";
    BAD_TOML "bad-toml" = "`{file}` does not hold exactly one array of tables {reason}", "“{file}”的内容不是唯一的一个表数组 {reason}";
}

wordings! { DATA_HELP;
    HELP_FIELD_COUNT = "a cell that holds the delimiter or a line break must stand in quotes", "含有分隔符或换行的单元格必须加引号";
    HELP_ONE_OBJECT = "write one JSON object a line", "每行写一个 JSON 对象";
    HELP_CLOSE_QUOTE = "close the quote, or set the source's `quote`", "请闭合引号，或设置该数据源的 `quote`";
    HELP_ADD_CHOICE = "choices: {names}", "可选值：{names}";
    HELP_MISSING_TOKENS = "if `{text}` means that there is no value, add it to `missing = [...]` of the source", "如果“{text}”表示没有值，请加入该数据源的 `missing = [...]`";
    HELP_NO_FILES = "paths are looked up below the project folder; `**` stands for any folders, hidden files are passed over", "路径在项目文件夹下查找；`**` 代表任意层文件夹，隐藏文件会被略过";
    HELP_PATTERN = "`*`, `?`, `[abc]`, `{a,b}` and `**` are understood", "可以使用 `*`、`?`、`[abc]`、`{a,b}` 和 `**`";
    HELP_OUTSIDE_PROJECT = "move or copy the data into the project folder, or name the files on the command line", "请将数据移动或复制到项目文件夹，或在命令行上指定文件";
    HELP_PERMISSION = "check who may read the file", "请检查该文件的读取权限";
    HELP_CUT_OFF = "copy or download the file again: its compressed data stop before their end", "请重新复制或下载该文件：压缩数据不完整";
    HELP_DAMAGED = "the compressed data are damaged: copy or download the file again", "压缩数据已损坏：请重新复制或下载该文件";
    HELP_FILE_CHANGED = "check that the file exists and does not change while it is read", "请确认文件存在，且读取期间没有变化";
    HELP_UNKNOWN_ENDING = "give the source a `format`: csv, tsv, ndjson, json or toml", "请为该数据源指定 `format`：csv、tsv、ndjson、json 或 toml";
    HELP_ENCODINGS = "leave `encoding` out to have it detected, or give a label such as utf-8, utf-16, gb18030, big5 or windows-1252", "省略 `encoding` 可自动检测，也可指定 utf-8、utf-16、gb18030、big5 或 windows-1252 等";
    HELP_HEADER = "close the quote, or set `quote` and `skip_lines` of the source to fit the file", "请闭合引号，或设置该数据源的 `quote` 和 `skip_lines`";
    HELP_OTHER_FILE = "see whether this is the right file, and whether its `delimiter`, `quote` and `encoding` are what the source says", "请确认文件是否正确，`delimiter`、`quote` 和 `encoding` 是否与数据源的设置一致";
    HELP_COLUMNS = "the data have: {names}", "数据中有：{names}";
    HELP_SAME_FIELD_NAME = "give one of them another name, and its own in the data as `from`", "请为其中之一另取名称，并用 `from` 给出它在数据中的名称";
    HELP_TIME_FORMAT = "a format is made of %Y %m %d %H %M %S, %I with %p, %z, %b, %a and plain characters; a time needs year, month, day and an hour", "格式由 %Y %m %d %H %M %S、%I 与 %p、%z、%b、%a 以及普通字符组成；时间需要年、月、日和小时";
    HELP_AMBIGUOUS_DATES = "give the field a type and `format = \"{first}\"` or `format = \"{second}\"`", "请为该字段指定类型以及 `format = \"{first}\"` 或 `format = \"{second}\"`";
    HELP_JSON_SHAPE = "records are objects: `[{ … }, { … }]`, or one object a line with `format = \"ndjson\"`", "记录应为对象：`[{ … }, { … }]`，或使用 `format = \"ndjson\"` 每行一个对象";
    HELP_NDJSON = "if every line is an object of its own, give the source `format = \"ndjson\"`", "如果每行是一个独立的对象，请为该数据源指定 `format = \"ndjson\"`";
    HELP_JSON_CHECK = "check the file near this element with any JSON tool; records before it are sound", "请用 JSON 工具检查该元素附近的内容；其之前的记录没有问题";
    HELP_TOML_SHAPE = "write each record as a table of the same array: `[[record]]`", "每条记录写成同一数组的一个表：`[[record]]`";
}
