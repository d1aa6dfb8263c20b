//! The words of reports: terminal, Markdown, and messages of findings.
use super::wordings;

wordings! { SUMMARY;
    RECORDS = "records", "记录";
}
