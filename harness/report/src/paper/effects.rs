//! What others have published, beside our records, in Markdown.

use super::{data, joined, section};
use crate::document::Report;

/// One table, and the records behind it; `addresses` are those of the records.
#[must_use]
pub fn effects(report: &Report, addresses: &[String]) -> String {
    let (title, note, table) = report.published();
    let conditions = crate::table::Table::of(&report.conditions);
    joined([
        format!("# {title}, and whether it is seen here\n"),
        section("Effects", note, &table),
        section("Conditions", "", &conditions),
        data(addresses),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn each_effect_stands_with_its_source_and_what_became_of_it() {
        let text = effects(&Report::of(&[example::performance(30)]), &["data/io.jsonl.gz".into()]);
        let line = text.lines().find(|line| line.contains("containers/crun")).unwrap();
        assert!(line.contains("0.506 ×") && line.contains("| reproduced | https://"), "{line}");
        assert!(
            text.contains("[data/io.jsonl.gz](data/io.jsonl.gz)") && text.contains("| kernel |"),
            "{text}"
        );
    }
}
