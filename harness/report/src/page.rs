//! Pages for a browser: one file each, nothing fetched, nothing run.

pub mod conformance;
pub mod index;
pub mod performance;

use record::Header;

use crate::day::day;
use crate::finding::Finding;
use crate::markup::{Element, element, link, prose, text};
use crate::plot::{self, Room, Words};
use crate::table::Table;

const SHEET: &str = include_str!("page/page.css");

/// The pages that belong together: file name and title.
const PAGES: [(&str, &str); 3] =
    [("index.html", "Runtimes"), ("performance.html", "Performance"), ("conformance.html", "Conformance")];

/// A whole page; `file` is its own name, `title` its first heading.
fn page(file: &str, title: &str, content: impl IntoIterator<Item = Element>) -> String {
    let meta = |name: &'static str, value: &str| element("meta").with("name", name).with("content", value);
    let head = element("head")
        .child(element("meta").with("charset", "utf-8"))
        .child(meta("viewport", "width=device-width, initial-scale=1"))
        .child(meta("color-scheme", "light dark"))
        .child(element("link").with("rel", "icon").with("href", ICON))
        .child(text("title", format!("{title} · Loadline")))
        .child(element("style").style(SHEET).style(plot::SHEET));
    let main = element("main").child(text("h1", title)).children(content);
    let body = element("body").child(top(file)).child(main).child(foot());
    format!("<!DOCTYPE html>\n{}\n", element("html").with("lang", "en").child(head).child(body))
}

/// An empty icon, so that a browser does not ask the server for one.
const ICON: &str = "data:,";

fn top(file: &str) -> Element {
    let entry = |(name, title): (&str, &str)| {
        let link = text("a", title).with("href", name);
        if name == file { link.with("aria-current", "page") } else { link }
    };
    element("header")
        .class("top")
        .child(mark())
        .child(text("span", "Loadline"))
        .child(element("nav").with("aria-label", "Reports").children(PAGES.map(entry)))
}

/// The mark on a hull: a circle, and the line that the water may reach.
fn mark() -> Element {
    let stroke =
        |name| element(name).with("stroke", "currentColor").with("stroke-width", "3").with("fill", "none");
    let letter = |x: &str| text("text", "L").with("x", x).with("y", "11");
    element("svg")
        .with("viewBox", "0 0 46 30")
        .with("aria-hidden", "true")
        .child(stroke("circle").with("cx", "23").with("cy", "15").with("r", "11"))
        .child(stroke("path").with("d", "M2 15H44"))
        .child(
            element("g")
                .with("fill", "currentColor")
                .with("font-size", "10")
                .with("font-weight", "700")
                .children([letter("3"), letter("37")]),
        )
}

fn foot() -> Element {
    text("footer", "Made from records by ")
        .child(text("code", "loadline report"))
        .text(". Figures compare within one machine and one run only.")
}

/// A part of a page; without content it is left out.
fn section(id: &str, title: &str, lead: &str, content: Vec<Element>) -> Option<Element> {
    (!content.is_empty()).then(|| {
        element("section")
            .with("aria-labelledby", id)
            .child(text("h2", title).with("id", id))
            .child(prose("p", lead).class("lead"))
            .children(content)
    })
}

/// What is to be told first, as a list of sentences.
fn findings(found: &[Finding]) -> Element {
    let item = |finding: &Finding| {
        element("li")
            .child(text("div", &finding.kind).class("kind"))
            .child(prose("p", &finding.headline).class("headline"))
            .child(prose("p", &finding.detail).class("detail"))
    };
    element("ul").class("findings").children(found.iter().map(item))
}

/// A plot in both sizes below its title, its conditions, and the figures behind it.
fn figure(plot: impl Fn(Room) -> Element, words: &Words, conditions: &str, behind: &Table) -> Element {
    element("figure")
        .child(text("h3", &words.title))
        .children([Room::Desk, Room::Phone].map(plot))
        .child(prose("figcaption", conditions))
        .child(element("details").child(text("summary", "The figures")).child(scroll(&words.title, behind)))
}

/// A table behind a line to click on.
fn folded(what: &str, table: &Table) -> Element {
    element("details").child(text("summary", what)).child(scroll(what, table))
}

/// A table that scrolls by itself where the screen is too narrow for it.
fn scroll(what: &str, table: &Table) -> Element {
    element("div")
        .class("scroll")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", what)
        .child(table.element())
}

/// Where the records lie that a page was made from.
fn raw(data: &[String]) -> Option<Element> {
    let entries = data.iter().map(|href| element("li").child(link(href, href)));
    let list = element("ul").children(entries);
    let head = || element("div").child(text("h3", "Raw data")).child(text("p", "One JSON line per fact."));
    (!data.is_empty()).then(|| head().child(list))
}

/// The machine and the day of a run, in a sentence.
fn machine(header: &Header) -> String {
    let host = &header.host;
    let place = if host.hypervisor { ", in a virtual machine" } else { "" };
    format!("{} × {}{place}, Linux {}, {}.", host.cpus, host.cpu, host.kernel, day(header.started_unix_s))
}

/// A text as the identifier of an element.
fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
