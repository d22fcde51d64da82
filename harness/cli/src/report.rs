//! `loadline report`: records in, one format out.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use record::Record;
use report::{File, Format};

use crate::arguments;
use crate::exit::{Answer, Failure};

/// Reads the records and prints or writes the report.
pub(crate) fn report(options: &arguments::Report) -> Result<Answer, Failure> {
    let format: Format = options.format.parse().map_err(Failure::usage)?;
    let records = options.records.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let files = match format {
        Format::Folder => report::folder(&records, &addresses(options)),
        _ => report::render(&records, format).map_err(Failure::host)?,
    };
    match &options.out {
        None => files.iter().for_each(|file| print!("{}", file.text)),
        Some(directory) => write(directory, &files)?,
    }
    options.front_page.iter().try_for_each(|page| insert(page, &records))?;
    Ok(Answer::Held)
}

/// Puts the tables of the front page between its marks.
fn insert(page: &Path, records: &[Record]) -> Result<(), Failure> {
    let host = |what: &str| format!("{what} `{}`", page.display());
    let old = fs::read_to_string(page).with_context(|| host("read")).map_err(Failure::Usage)?;
    let tables = report::render(records, Format::Readme).map_err(Failure::host)?;
    let text: String = tables.into_iter().map(|file| file.text).collect();
    let [first, last] = report::paper::MARKS;
    let unmarked =
        || anyhow!("`{}` has nowhere to put tables; write `{first}` and below it `{last}`", page.display());
    let new = report::paper::insert(&old, &text).ok_or_else(unmarked).map_err(Failure::Usage)?;
    fs::write(page, new).with_context(|| host("write")).map_err(Failure::Host)?;
    println!("{}", page.display());
    Ok(())
}

/// Where the records lie, seen from the pages, so that these can link to them; those elsewhere are not linked.
fn addresses(options: &arguments::Report) -> Vec<String> {
    let below = |path: &PathBuf| Some(path.strip_prefix(options.out.as_deref()?).ok()?.display().to_string());
    options.records.iter().filter_map(below).collect()
}

/// Reads one record; one that is cut or is none is the caller's matter.
pub(crate) fn read(path: &Path) -> Result<Record, Failure> {
    let record = record::read(path).with_context(|| format!("the record `{}`", path.display()));
    record.map_err(Failure::Usage)
}

/// Writes the files into `directory`, and says where each is.
pub(crate) fn write(directory: &Path, files: &[File]) -> Result<(), Failure> {
    files.iter().try_for_each(|file| {
        let path = directory.join(&file.name);
        let parent = path.parent().unwrap_or(directory);
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, &file.text));
        written.with_context(|| format!("write `{}`", path.display())).map_err(Failure::Host)?;
        println!("{}", path.display());
        Ok(())
    })
}
