//! Pages of what is said about calendars and promises.

use super::{Page, page};

/// A calendar without a fault.
const OFFICE: &str = r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-12:00", "13:30-18:00"] }"#;

pub(super) const PAGES: &[Page] = &[
    page(
        "bad-hours",
        "Opening hours are written from–to on a 24-hour clock. What cannot be read would leave the desk closed, and every promise would look kept.",
        "营业时段按“开始-结束”书写，用 24 小时制。读不懂的时段会被当作不营业，期限就会算错。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = [⟦"9am-6pm"⟧] }"#,
        OFFICE,
    ),
    page(
        "impossible-hours",
        "These hours cannot be: they end when they begin, or lie beyond midnight.",
        "这个时段不成立：起止时刻相同，或者超出了一天。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = [⟦"09:00-09:00"⟧] }"#,
        OFFICE,
    ),
    page(
        "hours-overlap",
        "Two spans of hours cover the same time. It counts once; see whether one of them has a typing error.",
        "两个时段有一部分重叠。重叠的时间只算一次；请检查是否写错。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-14:00", ⟦"13:30-18:00"⟧] }"#,
        OFFICE,
    ),
    page(
        "bad-weekday",
        "Days of the week are written mon tue wed thu fri sat sun, runs of them `mon-fri`.",
        "星期写作 mon tue wed thu fri sat sun，连续几天写作 `mon-fri`。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { ⟦monday⟧ = ["09:00-12:00"] }"#,
        OFFICE,
    ),
    page(
        "weekday-twice",
        "A day of the week is given hours twice, and it is not clear which count.",
        "同一天的时段写了两次，不知道以哪个为准。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-12:00"], ⟦fri⟧ = ["09:00-15:00"] }"#,
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-thu = ["09:00-12:00"], fri = ["09:00-15:00"] }"#,
    ),
    page(
        "bad-holiday",
        "A holiday is a date, year-month-day, or `*-10-01` for one of every year. One that cannot be read would count as a working day.",
        "节假日写日期“年-月-日”，每年固定的写作 `*-10-01`。读不懂的日期会被算成工作日。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
holidays = [⟦"2026-02-30"⟧]"#,
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
holidays = ["2026-02-28"]"#,
    ),
    page(
        "calendar-never-opens",
        "No day of this calendar has hours, so no time would ever pass and no promise could be broken.",
        "这个日历没有任何工作时段，时间永远不走，期限也就永远不会超。",
        r#"# audit.toml
[[calendar]]
id = ⟦"office"⟧
hours = { sun = [] }"#,
        OFFICE,
    ),
    page(
        "unknown-region",
        "Touchstone has tables of holidays and make-up days for some regions only. For others list the holidays yourself.",
        "程序只内置了部分地区的节假日和调休安排。其他地区请自行列出节假日。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
region = ⟦"XX"⟧"#,
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
region = "CN""#,
    ),
    page(
        "holiday-file",
        "A line in the file of holidays cannot be read, so a day would be missing from the calendar.",
        "节假日文件中有一行读不懂，日历就会少一天。",
        "",
        "",
    ),
    page(
        "holiday-file-empty",
        "The file of holidays has none in it: every holiday would count as a working day.",
        "节假日文件里没有节假日，所有假日都会被算成工作日。",
        "",
        "",
    ),
    page(
        "holiday-file-kind",
        "Holidays are read from .toml, .csv and calendar (.ics) files. Export the file in one of these.",
        "节假日可以从 .toml、.csv 和日历文件（.ics）读取。请导出为其中一种格式。",
        "",
        "",
    ),
    page(
        "unknown-calendar",
        "There is no calendar of this id. The help line lists those of the project.",
        "没有这个 id 的日历。帮助中列出了项目已有的日历。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due --calendar offce 2026-03-02T09:00 4h"#,
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due --calendar office 2026-03-02T09:00 4h"#,
    ),
    page(
        "which-calendar",
        "The project has several calendars, and they give different answers.",
        "项目有几个日历，答案各不相同，请指定用哪一个。",
        "",
        "",
    ),
    page(
        "no-calendars",
        "The project has no calendar, so there are no working hours to reckon with.",
        "项目没有日历，也就没有可供计算的工作时间。",
        "$ touchstone calendar due 2026-03-02T09:00 4h",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due 2026-03-02T09:00 4h"#,
    ),
    page(
        "bad-time",
        "A time is written year-month-day, T, hours:minutes.",
        "时刻写作“年-月-日T时:分”。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due monday 4h"#,
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due 2026-03-02T09:00 4h"#,
    ),
    page(
        "bad-amount",
        "A promised time is a number with its unit: `4h` working hours, `3bd` business days, `30d` calendar days.",
        "时限由数字和单位组成：`4h` 为 4 个工作小时，`3bd` 为 3 个工作日，`30d` 为 30 个日历日。",
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due 2026-03-02T09:00 4hours"#,
        r#"# audit.toml
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
$ touchstone calendar due 2026-03-02T09:00 4h"#,
    ),
    page(
        "beyond-calendar",
        "The calendar knows the holidays of certain years only, and a time outside them was asked for: its holidays would count as working days.",
        "日历只有部分年份的节假日安排，而所问的时间超出了范围：那些年份的假日会被算成工作日。",
        "",
        "",
    ),
    page(
        "beyond-years",
        "The time asked for lies outside the years that calendars reach.",
        "所问的时间超出了日历能够计算的年份。",
        "",
        "",
    ),
];
