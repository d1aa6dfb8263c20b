//! Records written as TOML: one array of tables, turned into JSON objects.

use ::toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use std::io::Write;

/// JSON objects one after the other, and where each of them stands.
pub(super) type Elements = (Vec<u8>, Vec<(u32, u32)>);

/// The tables of the only top-level array as JSON; the error is the parser's message.
pub(super) fn records(text: &str) -> Result<Elements, String> {
    let root = DeTable::parse(text).map_err(|it| it.to_string().trim_end().replace('\n', " "))?;
    let mut members = root.get_ref().iter();
    let (Some((_, only)), None) = (members.next(), members.next()) else {
        return if root.get_ref().is_empty() { Ok(Elements::default()) } else { Err(String::new()) };
    };
    let DeValue::Array(array) = only.get_ref() else { return Err(String::new()) };
    let (mut out, mut elements) = (Vec::new(), Vec::new());
    for element in array.iter() {
        if !matches!(element.get_ref(), DeValue::Table(_)) {
            return Err(String::new());
        }
        let start = out.len() as u32;
        write_value(element.get_ref(), &mut out).map_err(|it| it.to_string())?;
        elements.push((start, out.len() as u32));
    }
    Ok((out, elements))
}

fn write_value(value: &DeValue<'_>, out: &mut Vec<u8>) -> std::io::Result<()> {
    match value {
        DeValue::String(text) => serde_json::to_writer(&mut *out, text.as_ref())?,
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => write!(out, "{number}")?,
            Err(_) => serde_json::to_writer(&mut *out, number.as_str())?,
        },
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(parsed) if parsed.is_finite() => write!(out, "{}", number.as_str().trim_start_matches('+'))?,
            // JSON has no infinity: as text it becomes a bad cell.
            Ok(_) | Err(_) => serde_json::to_writer(&mut *out, number.as_str())?,
        },
        DeValue::Boolean(value) => write!(out, "{value}")?,
        DeValue::Datetime(time) => write!(out, "\"{time}\"")?,
        DeValue::Array(array) => {
            out.push(b'[');
            for (index, element) in array.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(element.get_ref(), out)?;
            }
            out.push(b']');
        }
        DeValue::Table(table) => {
            out.push(b'{');
            // The table is sorted by name; people expect the order in which they wrote.
            let mut members: Vec<(&Spanned<_>, &Spanned<DeValue<'_>>)> = table.iter().collect();
            members.sort_by_key(|(key, _)| key.span().start);
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key.get_ref().as_ref())?;
                out.push(b':');
                write_value(value.get_ref(), out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_objects_in_the_order_written() {
        let text = "[[call]]\nz = 1\na = 'x\"y'\nat = 2026-03-02T09:00:00\nn = [1.5, true]\n[[call]]\n";
        let (bytes, elements) = records(text).unwrap();
        let texts: Vec<&str> = elements
            .iter()
            .map(|(from, to)| std::str::from_utf8(&bytes[*from as usize..*to as usize]).unwrap())
            .collect();
        assert_eq!(texts, [r#"{"z":1,"a":"x\"y","at":"2026-03-02T09:00:00","n":[1.5,true]}"#, "{}"]);
        for bad in ["a = 1", "[[a]]\n[[b]]", "a = [1]", "a = "] {
            assert!(records(bad).is_err(), "{bad}");
        }
    }
}
