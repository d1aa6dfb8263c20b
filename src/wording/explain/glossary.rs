//! The names of the examples in both languages.

use crate::wording::Lang;

/// English names and phrases of the examples with what stands for them in Chinese.
#[rustfmt::skip] // A table.
const GLOSSARY: &[(&str, &str)] = &[
    ("ticket_id", "工单编号"), ("ticket", "工单"), ("tikcet", "工单据"),
    ("channel", "渠道"), ("chanel", "渠到"), ("phone", "电话"), ("fone", "电活"), ("mail", "来信"), ("counter", "窗口"),
    ("tier", "客户等级"), ("vip", "贵宾"), ("gold", "金卡"), ("standard", "普通"),
    ("opened_at", "受理时间"), ("opend_at", "受理时刻"), ("first_reply_at", "首次回复时间"), ("closed_at", "办结时间"),
    ("closed at", "办结 时间"), ("due_on", "约定日期"), ("reply_minutes", "回复分钟数"), ("transfers", "转派次数"),
    ("output = \"amount\"", "output = \"amount\""), ("amount", "赔付金额"), ("rating", "评分"), ("signed", "已签字"), ("note", "备注"), ("agent", "承办人"),
    ("agnt", "承办"), ("tags", "标签"), ("handling", "办理时长"), ("tag_count", "标签数"),
    ("limit_hours", "上限小时"), ("limit", "上限"), ("limt", "上线"),
    ("reply-limit", "回复时限"), ("reply_limit", "回复时限"), ("grade-limit", "转派时限"), ("grade_limit", "转派时限"),
    ("taboo", "忌语"), ("tabo", "忌话"), ("no way", "没办法"), ("impossible", "不可能"),
    ("greeting", "问候"), ("answered-soon", "及时回复"), ("answered", "已回复"), ("night", "夜间"),
    ("Desk", "服务台"), ("New rules", "新规则"), ("The customer is greeted", "问候客户"), ("Answered soon", "及时回复"),
    ("was late", "超时"), ("more than once", "不止一次"), ("two", "两次"), ("many", "很多"), ("late, very late", "晚了, 太晚了"),
    ("no telephone here", "本处没有电话"), ("answered at once", "立即回复"),
];

/// `text` in `lang`: English as it stands, Chinese with each name of the glossary in its place.
pub(super) fn in_language(text: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside_word = out.ends_with(is_part) && is_part(first);
        let fits = |name: &str| rest.starts_with(name) && !rest[name.len()..].starts_with(is_part);
        let found = GLOSSARY.iter().filter(|it| !inside_word && fits(it.0)).max_by_key(|it| it.0.len());
        match found {
            Some((name, chinese)) => {
                rest = &rest[name.len()..];
                out.push_str(&if is_bare_key(&out, rest) {
                    format!("\"{chinese}\"")
                } else {
                    (*chinese).to_owned()
                });
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// True for a key of TOML without quotes: one that is Chinese must have them.
fn is_bare_key(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let in_script = before.matches("'''").count() % 2 == 1;
    let in_text = in_script || line.matches('\'').count() % 2 == 1 || line.matches('"').count() % 2 == 1;
    let after = after.trim_start_matches(['⟧', ' ']);
    !in_text && after.starts_with('=') && !after.starts_with("==")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_words() {
        let chinese = |text| in_language(text, Lang::Zh);
        assert_eq!(chinese("channel == \"phone\" && subchannel"), "渠道 == \"电话\" && subchannel");
        assert_eq!(chinese("params = { limit = 3 }"), "params = { \"上限\" = 3 }");
        assert_eq!(chinese("check = 'transfers == limit'"), "check = '转派次数 == 上限'");
        assert_eq!(chinese("check = '''\ntransfers = 1\n'''"), "check = '''\n转派次数 = 1\n'''");
        assert_eq!(chinese("path = \"data/tickets.csv\""), "path = \"data/tickets.csv\"");
        assert_eq!(in_language("channel", Lang::En), "channel");
    }
}
