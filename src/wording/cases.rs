//! What is said about cases put together from events.
use super::{codes, wordings};

codes! { CASE_CODES;
    STEP_ARGUMENTS "step-arguments" = "`{name}` does not ask about steps like this", "“{name}”不能这样询问步骤";
    UNKNOWN_EVENT_FIELD "unknown-event-field" = "events have no field `{name}`", "事件没有字段“{name}”";
    EVENTS_FIELD "events-field" = "`{key}` of events names `{name}`, and they have no such field", "事件的“{key}”指向“{name}”，但没有这个字段";
    EVENTS_TIME "events-time" = "`at` of events is a time, `{name}` is {found~}", "事件的 `at` 应为时间，“{name}”是{found~}";
    EVENTS_WITHOUT_KEY "events-without-key" = "a source of cases wants a `key`: the id that events name", "案件数据源需要 `key`：与事件对应的案件编号";
    UNKNOWN_STEP "unknown-step" = "no event has the step `{name}`", "没有事件的步骤是“{name}”";
    EVENTS_LEFT "events-left-out" = "events of `{source}` that belong to no case: {without_case} without a case id, {without_time} without a time", "“{source}”的事件中有 {without_case} 条缺少案件编号、{without_time} 条缺少时间，未归入任何案件";
    EVENTS_STRAY "events-without-record" = "cases of `{source}` that events tell of and no record does: {count}", "“{source}”中有 {count} 个案件只有事件、没有记录";
    EVENTS_TIES "events-at-one-moment" = "events of `{source}` at the moment of the one before, kept in the order of files and rows: {count}", "“{source}”中有 {count} 条事件与前一条同时发生，按文件和行的顺序排列";
}

wordings! { CASE_TEXTS;
    HELP_STEP_ARGUMENTS = "it is written `{text}`, with steps as texts", "写法：`{text}`，步骤须写成文本";
    HELP_EVENT_FIELDS = "fields of the events: {names}", "事件的字段：{names}";
    HELP_EVENTS = "such as `events = { path = \"events.csv\", case = \"case_id\", activity = \"step\", at = \"time\", actor = \"who\" }`", "例如 `events = { path = \"events.csv\", case = \"case_id\", activity = \"step\", at = \"time\", actor = \"who\" }`";
    HELP_EVENTS_KEY = "name the field of the case id: `key = \"case_id\"`", "请写明案件编号字段：`key = \"case_id\"`";
    HELP_EVENTS_TIME = "give it a type under `fields` of the events: `fields = { {name} = { type = \"time\" } }`", "请在事件的 `fields` 中写明类型：`fields = { {name} = { type = \"time\" } }`";
    HELP_STEPS_WANT_EVENTS = "it asks about the steps of a case: give the source its log, such as `events = { path = \"events.csv\", case = \"case_id\", activity = \"step\", at = \"time\" }`", "它询问案件的步骤：请为数据源指定事件日志，例如 `events = { path = \"events.csv\", case = \"case_id\", activity = \"step\", at = \"time\" }`";
    HELP_STRAY = "they are not judged: give the source their records, or leave `path` out so that a case is what its events say", "它们不参与判定：请补充记录，或省略 `path`，使案件由事件构成";
    HELP_STEPS = "steps of the events: {names}", "事件中的步骤：{names}";
    FUNCTION_STEPS = "over cases", "用于案件";
    STEPS_HEADING = "Steps of cases", "案件的步骤";
}
