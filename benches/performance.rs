//! `cargo bench`: what a container costs, what a union mount costs, what layers save; the tables once, at the end.

mod io;
mod start;
mod store;

use std::path::PathBuf;

use benches::{BenchError, FAMILIES, chosen, tell};

/// Measures one family; where its record is.
type Measure = fn() -> Result<PathBuf, BenchError>;

/// In this order: images are made on the host itself, before it is left for a mount namespace of our own.
const MEASURES: [Measure; FAMILIES.len()] = [store::measure, start::measure, io::measure];

fn main() -> Result<(), BenchError> {
    let chosen = chosen()?;
    let wanted = FAMILIES.into_iter().zip(MEASURES).filter(|(name, _)| chosen.contains(name));
    let (mut paths, mut failed) = (Vec::new(), None);
    for (name, measure) in wanted {
        match measure() {
            Ok(path) => paths.push(path),
            Err(error) => {
                eprintln!("{name}: {error}");
                failed.get_or_insert(error);
            }
        }
    }
    if !paths.is_empty() {
        tell(&paths)?;
    }
    failed.map_or(Ok(()), Err)
}
