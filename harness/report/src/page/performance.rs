//! The page of figures: what a container, a union mount and layers cost and save.

mod crowd;
mod effects;
mod files;
mod images;
pub(crate) mod start;
mod trust;

use record::Record;

use super::{findings, page, section};
use crate::document::Report;
use crate::finding;
use crate::markup::{Element, prose};
use crate::source::Source;

/// Name of the page's file.
pub const FILE: &str = "performance.html";

/// The page of `records`, whose report is `report`; `data` are addresses of the records, relative to the page.
#[must_use]
pub fn performance(records: &[Record], report: &Report, data: &[String]) -> String {
    let sources: Vec<Source> = records.iter().map(Source::of).filter(Source::has_samples).collect();
    let (published, note, _) = report.published();
    let sections = [
        section("start", "Starting a container", start::LEAD, start::content(&sources, report)),
        section("files", "Files through a union mount", files::LEAD, files::content(report)),
        section("images", "Keeping images", images::LEAD, images::content(report)),
        section("published", published, note, effects::content(report)),
        section("trust", "Can these runs tell differences?", trust::LEAD, trust::content(report)),
        section("conditions", "Conditions", trust::CONDITIONS, trust::conditions(report, data)),
    ];
    let found = finding::performance(report);
    let shown = (!found.is_empty()).then(|| findings(&found));
    let content = std::iter::once(subtitle(&sources)).chain(shown).chain(sections.into_iter().flatten());
    page(FILE, "What a container costs", content)
}

/// Machine and day, so that nobody takes the figures for those of another.
fn subtitle(sources: &[Source]) -> Element {
    let mut machines: Vec<String> =
        sources.iter().map(|source| super::machine(&source.record.header)).collect();
    machines.dedup();
    prose("p", &machines.join(" ")).class("sub")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::document::{FOOTPRINT_TITLE, ORIGIN_TITLE};
    use crate::example;

    fn parse(page: &str) -> roxmltree::Document<'_> {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        roxmltree::Document::parse_with_options(page, options).unwrap()
    }

    fn drawn(record: Record, data: &[String]) -> String {
        let records = [record];
        performance(&records, &Report::of(&records), data)
    }

    #[test]
    fn the_page_is_well_formed_and_fetches_nothing() {
        let page = drawn(example::performance(12), &["data/bench.jsonl".to_owned()]);
        let parsed = parse(&page);
        let names = |name| parsed.descendants().filter(|node| node.has_tag_name(name)).count();
        assert_eq!((names("script"), names("img"), names("h1")), (0, 0, 1));
        let fetched = parsed.descendants().flat_map(|node| node.attributes().collect::<Vec<_>>());
        let fetched =
            fetched.filter(|a| ["src", "srcset", "style"].contains(&a.name()) || a.name().starts_with("on"));
        assert_eq!(fetched.count(), 0);
        assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("NaN"));
        assert!(page.contains("<a href=\"data/bench.jsonl\">"));
        assert!(page.contains(&format!("<h3>{ORIGIN_TITLE}</h3>")) && page.contains("overlay [ms]"));
        assert!(page.contains(&format!("<h3>{FOOTPRINT_TITLE}</h3>")) && page.contains("peak RSS [MiB]"));
    }

    #[test]
    fn identifiers_are_unique_and_every_plot_tells_itself() {
        let page = drawn(example::performance(12), &[]);
        let parsed = parse(&page);
        let ids: Vec<&str> = parsed.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len());
        let plots = parsed.descendants().filter(|node| node.attribute("role") == Some("img"));
        let told = plots
            .map(|plot| plot.attribute("aria-labelledby").unwrap().split(' ').all(|id| unique.contains(id)));
        let told: Vec<bool> = told.collect();
        assert_eq!((told.len(), told.iter().all(|told| *told)), (20, true));
    }

    #[test]
    fn what_was_not_measured_has_no_section() {
        let page = drawn(example::bench(example::header(record::Kind::Bench, &[]), &[]), &[]);
        assert!(!page.contains("<figure>") && !page.contains("Files through a union mount"));
        assert!(!page.contains(ORIGIN_TITLE));
        assert!(page.contains("youki") && page.contains("not installed"));
    }

    #[test]
    fn a_hostile_name_stays_text_wherever_it_stands() {
        let name = "</title></style></svg><script>alert('`x`')</script>";
        let header = example::header(record::Kind::Bench, &[(name, name)]);
        let samples = example::series(("start", "run/hot"), 12, &[(name, 1e6), ("floor", 1e5)]);
        let page = drawn(example::bench(header, &samples), &[name.to_owned()]);
        let parsed = parse(&page);
        assert_eq!(parsed.descendants().filter(|node| node.has_tag_name("script")).count(), 0);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    }
}
